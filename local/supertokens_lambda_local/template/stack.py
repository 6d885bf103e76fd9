"""A template as plain CloudFormation: its resources, looked up by type, and their values."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.extensions import SAM, expanded, included, transforms
from supertokens_lambda_local.template.parameters import Parameters
from supertokens_lambda_local.template.sam import translated
from supertokens_lambda_local.template.syntax import MalformedValueError, load_file, section
from supertokens_lambda_local.template.unknown import Unknown, mapping, text_of
from supertokens_lambda_local.template.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_STACK = "AWS::CloudFormation::Stack"
_SYMBOL = re.compile(r"\$\{(\w+)(?:\.[\w.]+)?\}")
_OUR_TRANSFORMS = {SAM, "AWS::LanguageExtensions", "AWS::Include"}
_DEPTH = 8


class Stack:
    """A template and the local templates nested in it.

    Parameters
    ----------
    file : Path
        The template.
    given : mapping of str to str or Unknown
        Values of its parameters, instead of their defaults.
    depth : int, optional
        How many templates it is nested in.

    Attributes
    ----------
    values : Values
        The values of its intrinsic functions.
    not_looked_at : list of tuple
        What is in the cloud, and why it is not looked at.
    children : mapping of str to Stack
        The nested ones.
    source : mapping
        The template before SAM's transform.

    Raises
    ------
    TemplateError
        If the file cannot be read, or AWS would refuse it.
    """

    def __init__(self, file: Path, given: Mapping[str, Any], depth: int = 0) -> None:
        self.file = file
        self.not_looked_at: list[tuple[str, str]] = []
        self.children: dict[str, Stack] = {}
        template = load_file(file)
        with self.at():
            self._resources = self._read(template, given)
        for name in self.names(_STACK):
            self._nest(name, depth)

    @contextmanager
    def at(self, *place: str) -> Iterator[None]:
        """Add the place of a value that turns out to be malformed.

        Raises
        ------
        TemplateError
            Instead of `MalformedValueError`.
        """
        try:
            yield
        except MalformedValueError as error:
            raise TemplateError(self.file, ": ".join(place), str(error)) from None

    def names(self, *types: str) -> list[str]:
        """Return the logical ids of the resources of some types, less those whose condition is not met."""
        found = []
        for name, resource in self._resources.items():
            if resource["Type"] in types:
                with self.at(name):
                    condition = resource.get("Condition")
                    if condition is None or self.values.condition(condition) is not False:
                        found.append(name)
        return found

    def type_of(self, name: str) -> str | None:
        """Return the type of a resource, or None if there is no such resource."""
        return self._resources[name]["Type"] if name in self._resources else None

    def source_name(self, name: str) -> str:
        """Return the logical id that a resource has in the template; SAM adds a hash to a layer's."""
        resources = self.source["Resources"]
        return name if name in resources else max((each for each in resources if name.startswith(each)), default=name)

    def order_of(self, name: str) -> int:
        """Return the place of a resource in the template, one after all of them for what SAM makes up."""
        names = list(self.source["Resources"])
        own = self.source_name(name)
        return names.index(own) if own in names else len(names)

    def node(self, name: str, *path: str) -> Any:
        """Return a property of a resource without its intrinsic functions' values, or None."""
        found = self._resources[name].get("Properties")
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def property(self, name: str, *path: str) -> Any:
        """Return the value of a property of a resource, or None; it may be an `Unknown`.

        Raises
        ------
        TemplateError
            If it is used wrongly.
        """
        found = self._resources[name].get("Properties")
        with self.at(name, *path):
            for part in path:
                if isinstance(found, dict) and part not in found and len(found) == 1:
                    found = self.values.value(found)
                found = found.get(part) if isinstance(found, dict) else found if isinstance(found, Unknown) else None
            return self.values.value(found)

    def resource_of(self, value: Any, *types: str) -> str | None:
        """Return the resource of some types that a value refers to, like ``${Table}`` or ``${Table.Arn}``."""
        text = text_of(value)
        names = _SYMBOL.findall(text) or [text]
        return next((name for name in names if self.type_of(name) in types), None)

    def _read(self, template: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(template, dict):
            raise MalformedValueError("it is not a CloudFormation template")
        parameters = Parameters(template, given)
        template = self._included(template, Values(template, parameters))
        parameters = Parameters(template, given)
        template = expanded(template, Values(template, parameters), self._omit)
        self.values = Values(template, parameters)
        _check_resources(template)
        plain = translated(template, parameters.for_translator(), self.values, self.file)
        self.values = Values(plain, parameters)
        self.source = template
        return section(plain, "Resources")

    def _included(self, template: dict[str, Any], values: Values) -> dict[str, Any]:
        found = {
            name: part if name in {"Parameters", "Transform"} else included(part, self.file.parent, values, self._omit)
            for name, part in template.items()
        }
        for transform in transforms(template):
            if isinstance(transform, dict) and transform.get("Name") not in _OUR_TRANSFORMS - {"AWS::Include"}:
                snippet = included({"Fn::Transform": transform}, self.file.parent, values, self._omit)
                for name, part in mapping(snippet).items():
                    found[name] = {**part, **found.get(name, {})} if isinstance(part, dict) else part
            elif isinstance(transform, str) and transform not in _OUR_TRANSFORMS:
                self._omit(f"what the macro {transform} makes", "it runs in the cloud")
        return found

    def _nest(self, name: str, depth: int) -> None:
        location = self.property(name, "TemplateURL")
        if not isinstance(location, str) or "://" in location or depth >= _DEPTH:
            self._omit(f"the nested stack {name}", "its template is in the cloud")
            return
        file = self.file.parent / location
        if not file.is_file():
            self._omit(f"the nested stack {name}", f"there is no file {location}")
            return
        given = {key: _passed(value) for key, value in mapping(self.property(name, "Parameters")).items()}
        child = Stack(file.resolve(), given, depth + 1)
        self.children[name] = child
        self.not_looked_at += child.not_looked_at
        for output, value in child.outputs().items():
            self.values.outputs[f"{name}.Outputs.{output}"] = value

    def outputs(self) -> dict[str, Any]:
        """Return what the template puts out; what names its resources means nothing elsewhere."""
        outputs = section(self.source, "Outputs")
        with self.at("Outputs"):
            values = {name: self.values.value(mapping(output).get("Value")) for name, output in outputs.items()}
        return {name: _passed(value) for name, value in values.items()}

    def _omit(self, what: str, why: str) -> None:
        if (what, why) not in self.not_looked_at:
            self.not_looked_at.append((what, why))


def _passed(value: Any) -> Any:
    """Return a value as another template gets it: as text, and without names of resources."""
    if isinstance(value, Unknown):
        return Unknown(value.reason)
    return ",".join(map(text_of, value)) if isinstance(value, list) else value


def _check_resources(template: Mapping[str, Any]) -> None:
    for name, resource in section(template, "Resources").items():
        if not isinstance(resource, dict):
            raise MalformedValueError(f"{name}: is not a map")
        if not isinstance(resource.get("Type"), str):
            raise MalformedValueError(f"{name}: Type is missing")
        if not isinstance(resource.get("Properties", {}), dict | None):
            raise MalformedValueError(f"{name}: Properties is not a map")
    if not section(template, "Resources"):
        raise MalformedValueError("Resources is missing")
