"""The body of a request, read as the core reads it (SuperTokens core, InputParser)."""

import re
from contextlib import suppress
from typing import Any, Final

from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.java import trimmed
from supertokens_lambda_local.core.json_text import read_json

INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_LENIENT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'((?:[^\'\\]|\\.)*)\'|//[^\n]*|#[^\n]*|/\*.*?\*/', re.DOTALL)
"""What JSON does not have and Gson reads: strings in single quotes, and comments; or a string, which is left alone."""


class Body:
    """A JSON object; every reader raises InputError where a field is not of its type.

    A list of one value is read as that value, and a number as a boolean that is false, as Gson does.
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    @classmethod
    def parse(cls, text: str) -> "Body":
        """Read a text.

        Raises
        ------
        InputError
            It is not a JSON object.
        """
        fields = _read(text)
        if fields is None:
            fields = _read(_LENIENT.sub(_strict, text))
        if not isinstance(fields, dict):
            raise InputError("Invalid Json Input")
        return cls(fields)

    def text(self, name: str) -> str:
        """Return a string."""
        return _string(self._fields.get(name), name)

    def optional_text(self, name: str) -> str | None:
        """Return a string, or None where the field is missing."""
        return self.text(name) if name in self._fields else None

    def nullable_text(self, name: str) -> str | None:
        """Return a string, or None where the field is missing or null."""
        return None if self._fields.get(name) is None else self.text(name)

    def name(self, name: str) -> str:
        """Return a string without space around it that is not empty."""
        return filled(self.text(name), name)

    def optional_name(self, name: str) -> str | None:
        """Return a string without space around it that is not empty, or None where the field is missing."""
        return self.name(name) if name in self._fields else None

    def nullable_name(self, name: str) -> str | None:
        """Return a string without space around it that is not empty, or None where the field is missing or null."""
        return None if self._fields.get(name) is None else self.name(name)

    def boolean(self, name: str) -> bool:
        """Return a boolean."""
        value = _single(self._fields.get(name))
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return False
        raise _invalid(name)

    def optional_boolean(self, name: str) -> bool | None:
        """Return a boolean, or None where the field is missing."""
        return self.boolean(name) if name in self._fields else None

    def integer(self, name: str) -> int:
        """Return a number, or a string that is one, without its fraction."""
        value = _single(self._fields.get(name))
        if isinstance(value, str) and INTEGER.fullmatch(value):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _invalid(name)
        return int(value)

    def json(self, name: str) -> dict[str, Any]:
        """Return a JSON object."""
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise _invalid(name)
        return value

    def optional_json(self, name: str) -> dict[str, Any] | None:
        """Return a JSON object, or None where the field is missing."""
        return self.json(name) if name in self._fields else None

    def texts(self, name: str) -> list[str]:
        """Return a list of strings."""
        values = self._fields.get(name)
        if not isinstance(values, list):
            raise _invalid(name)
        return [_string(value, name) for value in values]

    def optional_texts(self, name: str) -> list[str] | None:
        """Return a list of strings, or None where the field is missing."""
        return self.texts(name) if name in self._fields else None

    def is_null(self, name: str) -> bool:
        """Check whether a field is there and null."""
        return name in self._fields and self._fields[name] is None


def _read(text: str) -> Any:
    with suppress(ValueError):
        return read_json(text)
    return None


def _strict(found: re.Match[str]) -> str:
    if found[1] is not None:
        text = found[1].replace("\\'", "'").replace('"', '\\"')
        return f'"{text}"'
    return found[0] if found[0].startswith('"') else " "


def _single(value: Any) -> Any:
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def _string(value: Any, name: str) -> str:
    text = _single(value)
    if not isinstance(text, str):
        raise _invalid(name)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can spell, has no bytes to be hashed
        raise _invalid(name) from None
    return text


def filled(text: str, name: str) -> str:
    """Return a text without space around it, refusing one that is empty."""
    if not (filled := trimmed(text)):
        raise InputError(f"Field name '{name}' cannot be an empty String")
    return filled


def _invalid(name: str) -> InputError:
    return InputError(f"Field name '{name}' is invalid in JSON input")
