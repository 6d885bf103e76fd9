"""A request as the core's handlers read it (SuperTokens core, InputParser)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.json_text import parse_json
from supertokens_lambda_local.core.jwt import JsonObject

T = TypeVar("T")


class Body:
    """The JSON object that a request carries; every reader raises InputError where a field is not of its type."""

    def __init__(self, raw: bytes) -> None:
        try:
            fields = parse_json(raw)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise InputError("Invalid Json Input")
        self._fields = fields

    def text(self, name: str) -> str:
        """Return a string."""
        return _encodable(self._typed(name, str), name)

    def optional_text(self, name: str) -> str | None:
        """Return a string, or None where the field is missing."""
        return self.text(name) if name in self._fields else None

    def boolean(self, name: str) -> bool:
        """Return a boolean."""
        return self._typed(name, bool)

    def optional_boolean(self, name: str) -> bool | None:
        """Return a boolean, or None where the field is missing."""
        return self.boolean(name) if name in self._fields else None

    def json(self, name: str) -> JsonObject:
        """Return a JSON object."""
        return self._typed(name, dict)

    def optional_json(self, name: str) -> JsonObject | None:
        """Return a JSON object, or None where the field is missing."""
        return self.json(name) if name in self._fields else None

    def optional_texts(self, name: str) -> list[str] | None:
        """Return a list of strings, or None where the field is missing."""
        if name not in self._fields:
            return None
        texts: list[Any] = self._typed(name, list)
        if not all(isinstance(text, str) for text in texts):
            raise _invalid(name)
        return texts

    def _typed(self, name: str, kind: type[T]) -> T:
        value = self._fields.get(name)
        if not isinstance(value, kind):
            raise _invalid(name)
        return value


class Query:
    """The query of a request; every reader raises InputError where a field is missing or not of its type."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """Return a field."""
        value = self._fields.get(name)
        if value is None:
            raise InputError(f"Field name '{name}' is missing in GET request")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a field, or None where it is missing."""
        return self._fields.get(name)

    def optional_integer(self, name: str) -> int | None:
        """Return a field as a number, or None where it is missing."""
        value = self._fields.get(name)
        try:
            return None if value is None else int(value)
        except ValueError:
            raise InputError(f"Field name '{name}' must be an int in the GET request") from None

    def tags(self, name: str, separator: str) -> list[str]:
        """Return the parts of a field that holds several, less the empty ones."""
        return [tag for part in self._fields.get(name, "").split(separator) if (tag := part.strip())]


@dataclass(frozen=True)
class Call:
    """One request.

    Parameters
    ----------
    tenant_id
        The tenant that its path names.
    query
        Its query.
    raw_body
        Its body as it came.
    """

    tenant_id: str
    query: Query
    raw_body: bytes = field(repr=False)

    @cached_property
    def body(self) -> Body:
        """Its body, read as JSON.

        Raises
        ------
        InputError
            It is not a JSON object.
        """
        return Body(self.raw_body)


def _encodable(text: str, name: str) -> str:
    # JSON can spell half a surrogate pair, which has no bytes to be hashed.
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _invalid(name) from None
    return text


def _invalid(name: str) -> InputError:
    return InputError(f"Field name '{name}' is invalid in JSON input")
