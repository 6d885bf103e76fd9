"""What is said at the start of the functions' settings: those that differ here, and those that are malformed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda_local.gateway.environment import process_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from supertokens_lambda_local.template.model import Application

_PREFIX = "SUPERTOKENS_"


def remarks(application: Application, environment: Mapping[str, str]) -> Iterator[str]:
    """Return lines for the terminal.

    Parameters
    ----------
    application : Application
        The application.
    environment : mapping of str to str
        Variables that come before the functions' own.
    """
    differ = {
        name
        for function in application.functions
        for name, value in environment.items()
        if function.environment.get(name, value) != value
    }
    if differ:
        yield f"Set for this machine, and not as in the template: {', '.join(sorted(differ))}"
    try:
        from supertokens_lambda.settings import Settings, SettingsError
    except ModuleNotFoundError:
        return  # It is in a layer alone, and the functions that have it say so themselves.
    problems: dict[str, list[str]] = {}
    for function in application.functions:
        variables = process_environment(function, environment)
        if any(name.startswith(_PREFIX) for name in (*function.environment, *function.unset)):
            try:
                Settings.from_environment(variables)
            except SettingsError as error:
                problems.setdefault(str(error), []).append(function.name)
    for problem, names in problems.items():
        yield f"{', '.join(names)} will not start: {problem}"
