"""The transforms before SAM's: ``AWS::Include`` and ``AWS::LanguageExtensions``.

cfn-lint expands loops too, but takes any entry of a mapping whose key depends on a parameter: here a loop and a mapping
have the values that the parameters give them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.template.syntax import MalformedValueError, as_text, load_file
from supertokens_lambda_local.template.unknown import Unknown, mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supertokens_lambda_local.template.values import Values

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
SAM = "AWS::Serverless-2016-10-31"
INCLUDE = "AWS::Include"
_LOOP = "Fn::ForEach::"
_RESOLVED = {"Fn::FindInMap", "Fn::Length", "Fn::ToJsonString"}

Omit = Callable[[str, str], None]


def transforms(template: Mapping[str, Any]) -> list[Any]:
    """Return the transforms that a template names: their names, or maps with a name and parameters."""
    named = template.get("Transform") or []
    return named if isinstance(named, list) else [named]


def included(node: Any, folder: Path, values: Values, omit: Omit) -> Any:
    """Return a part of a template with the local files in it that ``AWS::Include`` names.

    Parameters
    ----------
    node : any
        The part.
    folder : Path
        Where the template is.
    values : Values
        The template's values.
    omit : callable
        Called with what is not looked at, and the reason.

    Raises
    ------
    TemplateError
        If a file cannot be read.
    MalformedValueError
        If a location is used wrongly.
    """
    if isinstance(node, list):
        return [included(item, folder, values, omit) for item in node]
    if not isinstance(node, dict):
        return node
    parts = {name: included(part, folder, values, omit) for name, part in node.items() if name != "Fn::Transform"}
    transform = node.get("Fn::Transform")
    if not isinstance(transform, dict):
        return parts
    found = _file(transform, folder, values, omit)
    if not parts:
        return found
    return {**found, **parts} if isinstance(found, dict) else parts


def _file(transform: Mapping[str, Any], folder: Path, values: Values, omit: Omit) -> Any:
    if transform.get("Name") != INCLUDE:
        omit(f"what the macro {transform.get('Name')} makes", "it runs in the cloud")
        return {}
    location = values.value(mapping(transform.get("Parameters")).get("Location"))
    if isinstance(location, str) and "://" not in location:
        return included(load_file(folder / location), folder, values, omit)
    omit(f"the included file {location.text if isinstance(location, Unknown) else location}", "it is in the cloud")
    return {}


def expanded(template: Mapping[str, Any], values: Values, omit: Omit) -> dict[str, Any]:
    """Return a template with its loops written out, and the functions that only language extensions have.

    Raises
    ------
    MalformedValueError
        If a loop is malformed.
    """
    if LANGUAGE_EXTENSIONS not in transforms(template):
        return dict(template)
    kept = {name: part for name, part in template.items() if name in {"Mappings", "Parameters"}}
    return {**_expand(template, {}, values, omit), **kept}


def _expand(node: Any, bound: Mapping[str, str], values: Values, omit: Omit) -> Any:
    if isinstance(node, str):
        return _replaced(node, bound)
    if isinstance(node, list):
        return [_expand(item, bound, values, omit) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"Ref"} and isinstance(node["Ref"], str) and node["Ref"] in bound:
        return bound[node["Ref"]]
    parts: dict[str, Any] = {}
    for key, part in node.items():
        if str(key).startswith(_LOOP):
            parts |= _loop(str(key), part, bound, values, omit)
        else:
            parts[_replaced(key, bound) if isinstance(key, str) else key] = _expand(part, bound, values, omit)
    if (len(parts) == 1 and not _RESOLVED.isdisjoint(parts)) or _is_settled(parts.get("Fn::Sub")):
        value = values.value(parts)
        return parts if _has_unknown(value) else value
    return parts


def _is_settled(substitution: Any) -> bool:
    """Check whether a loop has put in all that a text substitutes."""
    return isinstance(substitution, str) and "${" not in substitution


def _loop(key: str, loop: Any, bound: Mapping[str, str], values: Values, omit: Omit) -> dict[str, Any]:
    if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[0], str) and isinstance(loop[2], dict)):
        raise MalformedValueError(f"{key} is not a list of a name, a collection and a map")
    name, collection, output = loop
    items = values.value(_expand(collection, bound, values, omit))
    if isinstance(items, Unknown):
        omit(key, items.reason)
        return {}
    if not isinstance(items, list):
        raise MalformedValueError(f"{key}: the collection is not a list")
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, Unknown):
            omit(key, item.reason)
            continue
        found |= _expand(output, {**bound, name: as_text(item)}, values, omit)
    return found


def _replaced(text: str, bound: Mapping[str, str]) -> str:
    for name, value in bound.items():
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", re.sub(r"[^0-9A-Za-z]", "", value))
    return text


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    return any(map(_has_unknown, value)) if isinstance(value, list) else isinstance(value, Unknown)
