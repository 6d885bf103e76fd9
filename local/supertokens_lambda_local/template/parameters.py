"""The values of a template's parameters: those given, then those of samconfig.toml, then the defaults."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.errors import LocalError, TemplateError
from supertokens_lambda_local.template.syntax import MalformedValueError, as_text, section
from supertokens_lambda_local.template.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_CONFIG_ENV = "default"
_KEYED = re.compile(r"ParameterKey=(?P<key>[^,]+),ParameterValue=(?P<value>.*)", re.DOTALL)


class Parameters:
    """The parameters that a template declares.

    Parameters
    ----------
    template : mapping
        The template.
    given : mapping of str to str or Unknown
        Values that come before the defaults.
    """

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self.declared = section(template, "Parameters")
        self._given = given

    def __contains__(self, name: object) -> bool:
        """Check whether there is a parameter of a name."""
        return name in self.declared

    def value(self, name: str) -> Any:
        """Return the value of a parameter: text, a list of texts, or an `Unknown`.

        Raises
        ------
        MalformedValueError
            If its declaration is malformed.
        """
        declared = section(self.declared, name)
        kind = str(declared.get("Type", "String"))
        if name in self._given:
            value = self._given[name]
        elif kind.startswith("AWS::SSM::"):
            return Unknown(f"the parameter {name} is kept in the Parameter Store", f"${{{name}}}")
        elif declared.get("Default") is None:
            return Unknown(f"the parameter {name} has no default", f"${{{name}}}")
        else:
            value = declared["Default"]
        if isinstance(value, Unknown):
            return value
        if isinstance(value, list | dict):
            raise MalformedValueError(f"the Default of the parameter {name} is not a string")
        text = as_text(value)
        if kind == "CommaDelimitedList" or "List<" in kind:
            return [item.strip() for item in text.split(",")]
        return text

    def for_translator(self) -> dict[str, Any]:
        """Return the parameters whose values are known, as the SAM translator of AWS takes them: a default as it is."""
        values = {name: self.value(name) for name in self.declared}
        return {
            name: self._given.get(name, self.declared[name].get("Default")) if isinstance(value, str) else value
            for name, value in values.items()
            if not isinstance(value, Unknown)
        }


def check_declared(file: Path, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """Raise an error if a parameter is given that a template does not have.

    Raises
    ------
    TemplateError
        Naming the parameter, and those that there are.
    """
    declared = section(template, "Parameters")
    for name in given:
        if name not in declared:
            there_are = f"there are {', '.join(sorted(declared))}" if declared else "it has none"
            raise TemplateError(file, "", f"has no parameter {name}; {there_are}")


def from_samconfig(folder: Path, config_env: str = DEFAULT_CONFIG_ENV) -> dict[str, str]:
    """Read the parameters that ``sam deploy`` takes from the samconfig.toml of a folder.

    Parameters
    ----------
    folder : Path
        Where the template is.
    config_env : str
        The table of the file.

    Raises
    ------
    LocalError
        If the file cannot be read, or a table is named that it does not have.
    """
    file = folder / "samconfig.toml"
    try:
        config = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if config_env == DEFAULT_CONFIG_ENV:
            return {}
        raise LocalError(f"there is no {file.name} with {config_env}; leave --config-env out") from None
    except (OSError, ValueError) as error:
        raise LocalError(f"{file.name} cannot be read: {error}") from None
    if config_env not in config and config_env != DEFAULT_CONFIG_ENV:
        raise LocalError(f"{file.name} has no table {config_env}; choose another one with --config-env")
    found: dict[str, str] = {}
    for command in ("global", "deploy"):
        table: Any = config
        for name in (config_env, command, "parameters", "parameter_overrides"):
            table = table.get(name) if isinstance(table, dict) else None
        found |= _overrides(table)
    return found


def _overrides(written: Any) -> dict[str, str]:
    """Read one text or a list of texts like ``A=1 B=2``, or ``ParameterKey=A,ParameterValue=1``."""
    if isinstance(written, dict):
        return {name: as_text(value) for name, value in written.items()}
    try:
        parts = shlex.split(written) if isinstance(written, str) else [str(part) for part in written or []]
    except ValueError as error:
        raise LocalError(f"parameter_overrides in samconfig.toml cannot be read: {error}") from None
    pairs = (
        (match["key"], match["value"].strip('"')) if (match := _KEYED.fullmatch(part)) else part.split("=", 1)
        for part in parts
        if "=" in part
    )
    return {pair[0]: pair[1] for pair in pairs}
