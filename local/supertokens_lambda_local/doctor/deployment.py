"""What is examined: the settings of each function, the template they stand in, and where it runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from supertokens_lambda.settings import Settings, SettingsError
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template import model
from supertokens_lambda_local.template.api_model import Api
from supertokens_lambda_local.template.parameters import DEFAULT_CONFIG_ENV
from supertokens_lambda_local.template.reader import read_template
from supertokens_lambda_local.template.values import NO_VALUE

PREFIX = "SUPERTOKENS_"
TABLE = "SUPERTOKENS_REFRESH_TABLE"
# Of these one function may have others than the next.
_OWN = {
    "api_key": None,
    "api_key_parameter": None,
    "api_key_secret": None,
    "app_name": "",
    "refresh_table": None,
    "refresh_reuse_interval": 0,
    "jwks_file": None,
}


@dataclass(frozen=True)
class Function:
    """A function of the toolkit's, or the environment of this process as that of one.

    Attributes
    ----------
    name : str
        Its logical id; empty for the environment.
    settings : Settings
        Its settings.
    of_template : model.Function or None
        What the template says of it; None for the environment.
    """

    name: str
    settings: Settings
    of_template: model.Function | None = None


@dataclass(frozen=True)
class Deployment:
    """What is known of a deployment.

    Attributes
    ----------
    functions : tuple of Function
        Those whose settings could be read.
    application : Application or None
        The template.
    url : str or None
        Where it runs.
    outcomes : tuple of Outcome
        What came up while it was read.
    """

    functions: tuple[Function, ...]
    application: model.Application | None = None
    url: str | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def settings(self) -> Settings | None:
        """The settings that all functions share."""
        return self.functions[0].settings if self.functions else None


def from_environment(environment: Mapping[str, str], url: str | None = None) -> Deployment:
    """Read the settings of this process's environment; with a URL none need be there."""
    if url and not any(name.startswith(PREFIX) for name in environment):
        return Deployment(
            (), url=url, outcomes=(Unknown("settings", "neither a template nor the environment has any"),)
        )
    try:
        return Deployment((Function("", Settings.from_environment(environment)),), url=url)
    except SettingsError as error:
        return Deployment((), url=url, outcomes=(_malformed("", error),))


def from_template(
    file: Path, parameters: Mapping[str, str], url: str | None = None, config_env: str = DEFAULT_CONFIG_ENV
) -> Deployment:
    """Read a template.

    Raises
    ------
    LocalError
        If it cannot be read, or none of its functions has settings of the toolkit's.
    """
    application = read_template(file, parameters, config_env)
    functions: list[Function] = []
    outcomes: list[Outcome] = [Unknown(what, why) for what, why in application.not_looked_at]
    outcomes += [Unknown(f"the routes of {api.name}", api.unknown) for api in application.apis if api.unknown]
    ours = [function for function in application.functions if is_ours(function)]
    for function in ours:
        found = _function(function)
        if isinstance(found, Function):
            functions.append(found)
        else:
            outcomes.append(found)
    if not ours:
        raise TemplateError(file, "", "no function has an environment variable SUPERTOKENS_...")
    outcomes.extend(_differences(functions))
    return Deployment(tuple(functions), application, url, tuple(dict.fromkeys(outcomes)))


def is_ours(function: model.Function) -> bool:
    """Check whether a function has settings of the toolkit."""
    return any(variable.startswith(PREFIX) for variable in (*function.environment, *function.unset))


def serves(deployment: Deployment, api: Api) -> bool:
    """Check whether an API leads to a function of the toolkit."""
    ours = {function.name for function in deployment.functions}
    routes = deployment.application.routes if deployment.application else ()
    return any(route.api == api.name and route.function in ours for route in routes)


def _function(function: model.Function) -> Function | Finding | Unknown:
    values = dict(function.environment)
    unknown: list[str] = []
    for variable, reason in function.unset.items():
        if variable == TABLE:
            # The cloud makes the name up, and whether there is a table does not depend on it.
            values[variable] = function.references.get(TABLE, "table")
        elif variable.startswith(PREFIX) and reason != NO_VALUE.reason:
            unknown.append(f"{variable}: {reason}")
    if unknown:
        why = "; ".join(unknown) + " (--parameter NAME=VALUE gives a value)"
        return Unknown("settings of the functions", why)
    try:
        return Function(function.name, Settings.from_environment(values), function)
    except SettingsError as error:
        return _malformed(function.name, error)


def _malformed(name: str, error: SettingsError) -> Finding:
    whose = f"{name} does" if name else "A function does"
    return Finding(
        Code.SETTING_MALFORMED, f"{whose} not start: {error}.", "Set it as the README's table of settings says."
    )


def _differences(functions: list[Function]) -> Iterator[Finding]:
    # What a function leaves to a default is the default's value, so they are compared as they are read.
    for function in functions[1:]:
        first, other = (Settings(**vars(each.settings) | _OWN) for each in (functions[0], function))
        names = [name for name in Settings.__annotations__ if getattr(first, name) != getattr(other, name)]
        if names:
            variables = ", ".join(f"{PREFIX}{name.upper()}" for name in names)
            yield Finding(
                Code.SETTINGS_DIFFER,
                f"{function.name} and {functions[0].name} differ in {variables}: what one sets or asks for, the "
                "other refuses.",
                "Set them once, in Globals.",
            )
