"""A SAM template as a document: its resources, with the globals merged in, and its values."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.cloudformation import (
    MalformedValueError,
    UnknownValueError,
    as_text,
    load_yaml,
    section,
)
from supertokens_lambda_local.template.resolver import Resolver

FUNCTION = "AWS::Serverless::Function"
HTTP_API = "AWS::Serverless::HttpApi"
REST_API = "AWS::Serverless::Api"

_GLOBALS = {FUNCTION: "Function", HTTP_API: "HttpApi", REST_API: "Api"}


class Document:
    """A template whose parts are looked up by name.

    Parameters
    ----------
    file : Path
        The template.
    parameters : mapping of str to str
        Values of the template's parameters, instead of their defaults.

    Raises
    ------
    TemplateError
        If the file cannot be read or is no template.
    """

    def __init__(self, file: Path, parameters: Mapping[str, str]) -> None:
        self.file = file
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise TemplateError(file, "", f"cannot be read: {reason}") from None
        with self.at():
            template = load_yaml(text)
            self.resolver = Resolver(template, parameters)
            self._resources = section(template, "Resources")
            self._globals = section(template, "Globals")

    @contextmanager
    def at(self, *place: str) -> Iterator[None]:
        """Say where it was, if a value turns out to be malformed or unknown.

        Raises
        ------
        TemplateError
            Instead of `MalformedValueError` and `UnknownValueError`.
        """
        try:
            yield
        except (MalformedValueError, UnknownValueError) as error:
            raise TemplateError(self.file, ": ".join(place), str(error)) from None

    def names(self, resource_type: str) -> Iterator[str]:
        """Give the logical ids of the resources of a type whose condition, if any, is met."""
        for name, resource in self._resources.items():
            with self.at(name):
                if not isinstance(resource, dict):
                    raise MalformedValueError("is not a map")
                if resource.get("Type") == resource_type and self._is_wanted(resource):
                    yield name

    def type_of(self, name: str) -> str | None:
        """Give the type of a resource, or None if there is no such resource."""
        resource = self._resources.get(name)
        return resource.get("Type") if isinstance(resource, dict) else None

    def properties(self, name: str) -> Mapping[str, Any]:
        """Give a resource's properties over those of `Globals`, their values not yet resolved."""
        with self.at(name):
            return self.with_globals(str(self.type_of(name)), section(self._resources[name], "Properties"))

    def with_globals(self, resource_type: str, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Lay properties over those that `Globals` has for a type ("Globals section of the AWS SAM template")."""
        if resource_type not in _GLOBALS:
            return properties
        merged: Mapping[str, Any] = _merge(section(self._globals, _GLOBALS[resource_type]), properties)
        return merged

    def text(self, node: Any) -> str:
        """Resolve a value that has to be a scalar.

        Raises
        ------
        UnknownValueError, MalformedValueError
            As `Resolver.value`.
        """
        value = self.resolver.value(node)
        if value is None or isinstance(value, list | dict):
            raise MalformedValueError("is not a string")
        return as_text(value)

    def setting(self, place: str, properties: Mapping[str, Any], name: str, default: str | None = None) -> str:
        """Give a property that is a scalar.

        Raises
        ------
        TemplateError
            If it is something else, or missing where there is no default.
        """
        if name not in properties:
            if default is None:
                raise self.error(place, f"{name} is missing")
            return default
        with self.at(place, name):
            return self.text(properties[name])

    def error(self, place: str, problem: str) -> TemplateError:
        """Make the error of a place in this template."""
        return TemplateError(self.file, place, problem)

    def _is_wanted(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self.resolver.condition(resource["Condition"])


def _merge(common: Any, own: Any) -> Any:
    if isinstance(common, dict) and isinstance(own, dict):
        return {**common, **{name: _merge(common.get(name), value) for name, value in own.items()}}
    if isinstance(common, list) and isinstance(own, list):
        return [*common, *own]
    return own
