"""User ids that an application chooses, which replace those of the core in all answers."""

from dataclasses import dataclass
from typing import ClassVar

from supertokens_lambda_local.core.tables import Row, Table


@dataclass(frozen=True)
class IdMapping(Row):
    """A user's id in the core, the id in the application, and what the application notes of it."""

    KEY: ClassVar = ("internal",)

    internal: str
    external: str
    info: str | None = None


class UserIds:
    """All mappings of ids."""

    def __init__(self, table: Table[IdMapping]) -> None:
        self.table = table

    def external(self, user_id: str) -> str:
        """Return the id that callers see."""
        mapping = self.table.get(user_id)
        return user_id if mapping is None else mapping.external

    def internal(self, user_id: str) -> str:
        """Return the id within the core, of either id."""
        mapping = self.find(user_id)
        return user_id if mapping is None else mapping.internal

    def find(self, user_id: str, kind: str = "ANY") -> IdMapping | None:
        """Return the mapping of an id that is of the kind SUPERTOKENS, EXTERNAL or ANY."""
        mapping = self.table.get(user_id) if kind in {"SUPERTOKENS", "ANY"} else None
        if mapping is None and kind in {"EXTERNAL", "ANY"}:
            mapping = next(iter(self.table.where(external=user_id)), None)
        return mapping
