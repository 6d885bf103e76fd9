"""CloudFormation's syntax: JSON and YAML with short tags, and scalars as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from supertokens_lambda_local.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class MalformedValueError(Exception):
    """A part of a template that is used wrongly; the message says how, as the end of a sentence."""


class TemplateLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # whichever there is
    """YAML with CloudFormation's short tags, which become the long form: ``!Ref X`` is ``{"Ref": "X"}``."""

    # These are text to CloudFormation: the date of a policy's Version, the 2.0 of a payload format.
    yaml_implicit_resolvers = {  # noqa: RUF012 - as in the base class
        first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in {"timestamp", "float"}]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _construct_tag(loader: Any, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


TemplateLoader.add_multi_constructor("!", _construct_tag)


def load_file(file: Path) -> Any:
    """Read a file of JSON or YAML, whatever its line ends, with a byte order mark or without.

    Raises
    ------
    TemplateError
        If it cannot be read.
    """
    try:
        return load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise TemplateError(file, "", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TemplateError(file, "", "cannot be read: it is not UTF-8") from None
    except MalformedValueError as error:
        raise TemplateError(file, "", str(error)) from None


def load(text: str) -> Any:
    """Parse JSON or YAML.

    Raises
    ------
    MalformedValueError
        If it is neither.
    """
    if text.lstrip().startswith("{"):
        # Tabs, which JSON may be indented with, are an error in YAML; and a flow mapping of YAML is no JSON.
        try:
            return json.loads(text)
        except ValueError:
            pass
    try:
        return yaml.load(text, TemplateLoader)  # noqa: S506 - a SafeLoader with more tags
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise MalformedValueError(" ".join(str(error).split())) from None


def section(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a map of a template, empty where it is left out.

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
