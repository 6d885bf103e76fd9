"""What only the cloud knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Unknown:
    """A value that this machine cannot know.

    Attributes
    ----------
    reason : str
        Why, as the end of a sentence.
    text : str
        The value as far as it is known: ``${Table}`` and ``${Table.Arn}`` stand for what the cloud fills in.
    """

    reason: str
    text: str = ""


def text_of(value: Any) -> str:
    """Return a value's text, or of an unknown one what is known of it; empty for what is neither."""
    if isinstance(value, Unknown):
        return value.text
    return value if isinstance(value, str) else ""


def known(value: Any, default: Any = None) -> Any:
    """Return a value, or a default for an unknown one and for none."""
    return default if value is None or isinstance(value, Unknown) else value


def mapping(value: Any) -> dict[str, Any]:
    """Return a map, empty where there is none or it is unknown."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return a list, of one item where there is one, empty where there is none or it is unknown."""
    if value is None or isinstance(value, Unknown):
        return []
    return value if isinstance(value, list) else [value]


def as_definition(properties: Any) -> dict[str, Any]:
    """Return a resource's properties with the names that OpenAPI definitions have."""
    return {lower_first(str(name)): value for name, value in mapping(properties).items()}


def lower_first(name: str) -> str:
    """Return a name as OpenAPI definitions write it: ``payloadFormatVersion``."""
    return name[:1].lower() + name[1:]
