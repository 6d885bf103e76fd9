"""What is examined: the settings of each function, the template they stand in, and where it runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supertokens_lambda.settings import Settings, SettingsError
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.application import Route
from supertokens_lambda_local.template.cloudformation import MalformedValueError, UnknownValueError, section
from supertokens_lambda_local.template.document import Document
from supertokens_lambda_local.template.reader import read_template

FUNCTION = "AWS::Serverless::Function"
_PREFIX = "SUPERTOKENS_"
_TABLE = "SUPERTOKENS_REFRESH_TABLE"
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
    properties : mapping
        Its properties in the template, not resolved.
    variables : mapping
        Its environment variables in the template, not resolved.
    """

    name: str
    settings: Settings
    properties: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Deployment:
    """What is known of a deployment.

    Attributes
    ----------
    functions : tuple of Function
        Those whose settings could be read.
    document : Document or None
        The template.
    routes : tuple of Route
        The template's routes; empty where there are none, or none that can be read.
    url : str or None
        Where it runs.
    outcomes : tuple of Outcome
        What came up while it was read.
    """

    functions: tuple[Function, ...]
    document: Document | None = None
    routes: tuple[Route, ...] = ()
    url: str | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def settings(self) -> Settings | None:
        """The settings that all functions share."""
        return self.functions[0].settings if self.functions else None


def from_environment(environment: Mapping[str, str], url: str | None = None) -> Deployment:
    """Read the settings of this process's environment; with a URL none need be there."""
    if url and not any(name.startswith(_PREFIX) for name in environment):
        return Deployment(
            (), url=url, outcomes=(Unknown("settings", "neither a template nor the environment has any"),)
        )
    try:
        return Deployment((Function("", Settings.from_environment(environment)),), url=url)
    except SettingsError as error:
        return Deployment((), url=url, outcomes=(_malformed("", error),))


def from_template(file: Path, parameters: Mapping[str, str], url: str | None = None) -> Deployment:
    """Read a template.

    Raises
    ------
    TemplateError
        If it cannot be read, or none of its functions has settings of the toolkit's.
    """
    document = Document(file.resolve(), parameters)
    functions: list[Function] = []
    outcomes: list[Outcome] = []
    known = False
    for name in document.names(FUNCTION):
        properties = document.properties(name)
        with document.at(name, "Environment"):
            variables = section(document.resolver.chosen(section(properties, "Environment")), "Variables")
        if not any(variable.startswith(_PREFIX) for variable in variables):
            continue
        known = True
        found = _function(document, name, properties, variables)
        if isinstance(found, Function):
            functions.append(found)
        else:
            outcomes.append(found)
    if not known:
        raise TemplateError(document.file, "", "no function has an environment variable SUPERTOKENS_...")
    try:
        routes = read_template(file, parameters).routes
    except TemplateError as error:
        routes = ()
        outcomes.append(Unknown("the routes", str(error)))
    outcomes.extend(_differences(functions))
    return Deployment(tuple(functions), document, routes, url, tuple(dict.fromkeys(outcomes)))


def _function(
    document: Document, name: str, properties: Mapping[str, Any], variables: Mapping[str, Any]
) -> Function | Finding | Unknown:
    values: dict[str, str] = {}
    unknown: list[str] = []
    for variable, node in variables.items():
        try:
            values[variable] = document.text(node)
        except UnknownValueError as error:
            if variable == _TABLE:
                # The cloud makes the name up, and whether there is a table does not depend on it.
                values[variable] = name_of_resource(node) or "table"
            elif variable.startswith(_PREFIX):
                unknown.append(f"{variable}: {error}")
        except MalformedValueError as error:
            raise TemplateError(document.file, f"{name}: {variable}", str(error)) from None
    if unknown:
        why = "; ".join(unknown) + " (--parameter NAME=VALUE gives a value)"
        return Unknown("settings of the functions", why)
    try:
        return Function(name, Settings.from_environment(values), properties, variables)
    except SettingsError as error:
        return _malformed(name, error)


def name_of_resource(node: Any) -> str | None:
    """Give the logical id that a ``Ref`` names."""
    name = node.get("Ref") if isinstance(node, dict) else None
    return name if isinstance(name, str) else None


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
            variables = ", ".join(f"{_PREFIX}{name.upper()}" for name in names)
            yield Finding(
                Code.SETTINGS_DIFFER,
                f"{function.name} and {functions[0].name} differ in {variables}: what one sets or asks for, the "
                "other refuses.",
                "Set them once, in Globals.",
            )
