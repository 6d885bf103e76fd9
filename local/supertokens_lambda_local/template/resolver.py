"""The values of CloudFormation's intrinsic functions, as far as one machine can know them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from supertokens_lambda_local.template.cloudformation import MalformedValueError, UnknownValueError, as_text, section

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):")


class Resolver:
    """Gives the values of a template's intrinsic functions.

    Parameters
    ----------
    template : mapping
        The template, in the long form.
    parameters : mapping of str to str
        Values of the template's parameters, instead of their defaults.
    """

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._declared = section(template, "Parameters")
        self._given = parameters
        self._mappings = section(template, "Mappings")
        self._conditions = section(template, "Conditions")
        self._deciding: set[str] = set()
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.condition,
            "Fn::And": lambda parts: all(self._truth(part) for part in parts),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": lambda parts: self.value(self._if(parts)),
            "Fn::Join": self._join,
            "Fn::Not": lambda parts: not self._truth(parts[0]),
            "Fn::Or": lambda parts: any(self._truth(part) for part in parts),
            "Fn::Select": self._select,
            "Fn::Split": lambda parts: as_text(self.value(parts[1])).split(parts[0]),
            "Fn::Sub": self._sub,
        }

    def value(self, node: Any) -> Any:
        """Resolve a value, and what is inside it.

        Raises
        ------
        UnknownValueError
            For what this machine has no value for.
        MalformedValueError
            For an intrinsic function that is used wrongly.
        """
        if isinstance(node, list):
            return [self.value(item) for item in node]
        if isinstance(node, str) and (match := _DYNAMIC_REFERENCE.search(node)):
            store = "Secrets Manager" if match[1] == "secretsmanager" else "the Parameter Store"
            raise UnknownValueError(f"it is kept in {store}")
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name in self._functions:
                return _used(name, self._functions[name], argument)
            if str(name).startswith("Fn::"):
                raise UnknownValueError(f"{_told(name, argument)} has no value on this machine")
        return {name: self.value(item) for name, item in node.items()}

    def chosen(self, node: Any) -> Any:
        """Follow an ``Fn::If`` to the value it chooses, which is left as it is.

        Raises
        ------
        UnknownValueError, MalformedValueError
            As `value`.
        """
        while isinstance(node, dict) and node.keys() == {"Fn::If"}:
            node = _used("Fn::If", self._if, node["Fn::If"])
        if node == {"Ref": "AWS::NoValue"}:
            raise UnknownValueError("the template gives it no value")
        return node

    def condition(self, name: Any) -> bool:
        """Decide one of the template's conditions by its name.

        Raises
        ------
        UnknownValueError, MalformedValueError
            As `value`.
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

    def _truth(self, node: Any) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            raise MalformedValueError("a condition is neither true nor false")
        return value

    def _ref(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            raise UnknownValueError("the template gives it no value")
        if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
        if name in self._given:
            return self._given[name]
        declared = self._declared.get(name)
        if declared is None:
            raise UnknownValueError(f"{name} has no value on this machine")
        if str(declared.get("Type", "")).startswith("AWS::SSM::"):
            raise UnknownValueError(f"the parameter {name} is kept in the Parameter Store")
        if "Default" not in declared:
            raise UnknownValueError(f"the parameter {name} has no default")
        return declared["Default"]

    def _equals(self, parts: Any) -> bool:
        left, right = parts
        return as_text(self.value(left)) == as_text(self.value(right))

    def _if(self, parts: Any) -> Any:
        name, met, unmet = parts
        return met if self.condition(name) else unmet

    def _find_in_map(self, parts: Any) -> Any:
        name, first, second = (as_text(self.value(part)) for part in parts[:3])
        return self.value(self._mappings[name][first][second])

    def _join(self, parts: Any) -> str:
        separator, items = parts
        return str(separator).join(as_text(item) for item in self.value(items))

    def _select(self, parts: Any) -> Any:
        index, items = parts
        return self.value(items)[int(self.value(index))]

    def _sub(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})

        def substitute(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return as_text(self.value(variables[name]))
            if "." in name:
                raise UnknownValueError(f"{name} has no value on this machine")
            return as_text(self._ref(name))

        return as_text(self.value(_PLACEHOLDER.sub(substitute, text)))


def _used(name: str, function: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return function(argument)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        raise MalformedValueError(f"{name.removeprefix('Fn::')} is used wrongly") from None


def _told(name: str, argument: Any) -> str:
    if name == "Fn::GetAtt" and isinstance(argument, list):
        return ".".join(map(str, argument))
    return str(name).removeprefix("Fn::")
