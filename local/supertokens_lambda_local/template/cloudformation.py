"""CloudFormation's YAML: short tags, scalars, and what can be wrong with them."""

from collections.abc import Mapping
from typing import Any

import yaml


class UnknownValueError(Exception):
    """A value that only the cloud has; the message says why, as the end of a sentence."""


class MalformedValueError(Exception):
    """An intrinsic function that is used wrongly."""


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, which become the long form: ``!Ref X`` is ``{"Ref": "X"}``."""


def _construct_tag(loader: TemplateLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


TemplateLoader.add_multi_constructor("!", _construct_tag)


def load_yaml(text: str) -> dict[str, Any]:
    """Parse a template.

    Raises
    ------
    MalformedValueError
        If it is not YAML, or no map.
    """
    try:
        template = yaml.load(text, TemplateLoader)  # noqa: S506 - a SafeLoader with more tags
    except yaml.YAMLError as error:
        raise MalformedValueError(" ".join(str(error).split())) from None
    if not isinstance(template, dict):
        raise MalformedValueError("it is not a CloudFormation template")
    return template


def section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give a map of a template, empty where it is left out.

    Raises
    ------
    MalformedValueError
        If it is something else than a map.
    """
    found = template.get(name) or {}
    if not isinstance(found, dict):
        raise MalformedValueError(f"{name} is not a map")
    return found


def as_text(value: Any) -> str:
    """Write a scalar as CloudFormation does where a string is wanted (``true``, ``3600``)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
