"""The query of a request, read as the core reads it (SuperTokens core, InputParser)."""

from collections.abc import Mapping

from supertokens_lambda_local.core.body import INTEGER, filled
from supertokens_lambda_local.core.errors import InputError


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

    def name(self, name: str) -> str:
        """Return a field without space around it that is not empty."""
        return filled(self.text(name), name)

    def optional_name(self, name: str) -> str | None:
        """Return a field without space around it that is not empty, or None where it is missing."""
        return self.name(name) if name in self._fields else None

    def flag(self, name: str, *, default: bool) -> bool:
        """Return whether a field is ``true``."""
        value = self._fields.get(name)
        return default if value is None else value.lower() == "true"

    def integer(self, name: str, *, kind: str = "an int") -> int:
        """Return a field as a number."""
        value = self.text(name)
        if not INTEGER.fullmatch(value):
            raise InputError(f"Field name '{name}' must be {kind} in the GET request")
        return int(value)

    def optional_integer(self, name: str) -> int | None:
        """Return a field as a number, or None where it is missing."""
        return self.integer(name) if name in self._fields else None

    def tags(self, name: str, separator: str) -> list[str]:
        """Return the parts of a field that holds several, less the empty ones."""
        return [tag for part in self._fields.get(name, "").split(separator) if (tag := part.strip())]
