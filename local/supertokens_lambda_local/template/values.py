"""The values of CloudFormation's intrinsic functions, as far as one machine can know them."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.template.syntax import MalformedValueError, as_text, section
from supertokens_lambda_local.template.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supertokens_lambda_local.template.parameters import Parameters

REGION = "us-east-1"
NO_VALUE = Unknown("the template gives it no value")
_PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::NoValue": NO_VALUE,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):")


class Values:
    """Finds the values of a template's intrinsic functions.

    Parameters
    ----------
    template : mapping
        The template, in the long form.
    parameters : Parameters
        Its parameters.
    """

    def __init__(self, template: Mapping[str, Any], parameters: Parameters) -> None:
        self._parameters = parameters
        self._mappings = section(template, "Mappings")
        self._conditions = section(template, "Conditions")
        self._deciding: set[str] = set()
        # What a nested stack puts out, by ``Stack.Outputs.Name``.
        self.outputs: dict[str, Any] = {}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Condition": self.condition,
            "Fn::And": lambda parts: self._every(parts, met=True),
            "Fn::Base64": self._base64,
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Length": self._length,
            "Fn::Not": self._not,
            "Fn::Or": lambda parts: self._every(parts, met=False),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": self._to_json,
            "Ref": lambda name: self._ref(self.value(name)),
        }

    def value(self, node: Any) -> Any:
        """Return a value, and what is inside it; what only the cloud knows is an `Unknown`.

        Raises
        ------
        MalformedValueError
            For an intrinsic function that is used wrongly.
        """
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NO_VALUE]
        if isinstance(node, str) and (match := _DYNAMIC_REFERENCE.search(node)):
            store = "Secrets Manager" if match[1] == "secretsmanager" else "the Parameter Store"
            return Unknown(f"it is kept in {store}")
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name in self._functions:
                return self._used(name, argument)
            if str(name).startswith("Fn::"):
                return Unknown(f"{str(name).removeprefix('Fn::')} has no value on this machine")
        values = {name: self.value(item) for name, item in node.items()}
        return {name: value for name, value in values.items() if value is not NO_VALUE}

    def condition(self, name: Any) -> bool | Unknown:
        """Return whether one of the template's conditions is met.

        Raises
        ------
        MalformedValueError
            If there is no such condition, or it is used wrongly.
        """
        if name not in self._conditions:
            raise MalformedValueError(f"there is no condition {name}")
        if name in self._deciding:
            raise MalformedValueError(f"the condition {name} depends on itself")
        self._deciding.add(name)
        try:
            return self._truth(self._conditions[name])
        finally:
            self._deciding.remove(name)

    def _used(self, name: str, argument: Any) -> Any:
        try:
            return self._functions[name](argument)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            raise MalformedValueError(f"{name.removeprefix('Fn::')} is used wrongly") from None

    def _truth(self, node: Any) -> bool | Unknown:
        value = self.value(node)
        if not isinstance(value, bool | Unknown):
            raise MalformedValueError("a condition is neither true nor false")
        return value

    def _every(self, parts: list[Any], *, met: bool) -> bool | Unknown:
        truths = [self._truth(part) for part in parts]
        if (not met) in truths:
            return not met
        return next((truth for truth in truths if isinstance(truth, Unknown)), met)

    def _not(self, parts: Any) -> bool | Unknown:
        [part] = parts
        truth = self._truth(part)
        return truth if isinstance(truth, Unknown) else not truth

    def _equals(self, parts: Any) -> bool | Unknown:
        left, right = (self.value(part) for part in parts)
        for side in (left, right):
            if isinstance(side, Unknown):
                return side
        if isinstance(left, list | dict) or isinstance(right, list | dict):
            return bool(left == right)
        return as_text(left) == as_text(right)

    def _if(self, parts: Any) -> Any:
        name, met, unmet = parts
        truth = self.condition(name)
        return truth if isinstance(truth, Unknown) else self.value(met if truth else unmet)

    def _ref(self, name: Any) -> Any:
        if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
        if name in self._parameters:
            return self._parameters.value(name)
        return Unknown(f"{name} has no value on this machine", f"${{{name}}}")

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".") if isinstance(argument, str) else argument
        name = ".".join(as_text(self.value(part)) for part in parts)
        if name in self.outputs:
            return self.outputs[name]
        return Unknown(f"{name} has no value on this machine", f"${{{name}}}")

    def _find_in_map(self, parts: Any) -> Any:
        *keys, default = parts if len(parts) == 4 else (*parts, None)
        found: Any = self._mappings
        for part in keys:
            key = self.value(part)
            if isinstance(key, Unknown):
                return key
            # A key may be a number in YAML.
            found = next((value for name, value in found.items() if as_text(name) == as_text(key)), None)
            if found is None:
                if default is not None:
                    return self.value(default["DefaultValue"])
                return Unknown(f"the mapping {as_text(self.value(keys[0]))} has no {as_text(key)}")
        return self.value(found)

    def _join(self, parts: Any) -> Any:
        separator, items = parts[0], self.value(parts[1])
        return items if isinstance(items, Unknown) else _text(items, str(separator))

    def _select(self, parts: Any) -> Any:
        index, items = (self.value(part) for part in parts)
        for part in (index, items):
            if isinstance(part, Unknown):
                return part
        return items[int(index)]

    def _split(self, parts: Any) -> Any:
        text = self.value(parts[1])
        return text if isinstance(text, Unknown) else as_text(text).split(parts[0])

    def _length(self, argument: Any) -> Any:
        items = self.value(argument)
        return items if isinstance(items, Unknown) else len(items)

    def _to_json(self, argument: Any) -> Any:
        unknown: list[Unknown] = []

        def symbol(part: Unknown) -> str:
            unknown.append(part)
            return part.text

        text = json.dumps(self.value(argument), separators=(",", ":"), default=symbol)
        return Unknown(unknown[0].reason, text) if unknown else text

    def _base64(self, argument: Any) -> Any:
        text = self.value(argument)
        return text if isinstance(text, Unknown) else base64.b64encode(as_text(text).encode()).decode()

    def _sub(self, argument: Any) -> Any:
        text, variables = argument if isinstance(argument, list) else (argument, {})
        parts: list[Any] = []
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            literal, name = match[1], match[2].strip()
            parts.append(text[end : match.start()])
            end = match.end()
            if literal:
                parts.append(f"${{{name}}}")
            elif name in variables:
                parts.append(self.value(variables[name]))
            else:
                parts.append(self._get_att(name) if "." in name else self._ref(name))
        joined = _text([*parts, text[end:]])
        return joined if isinstance(joined, Unknown) else self.value(joined)


def _text(parts: list[Any], separator: str = "") -> str | Unknown:
    """Join texts, of which some may be unknown."""
    text = separator.join(part.text if isinstance(part, Unknown) else as_text(part) for part in parts)
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    return Unknown(unknown.reason, text) if unknown else text
