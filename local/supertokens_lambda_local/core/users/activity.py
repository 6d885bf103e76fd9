"""When each user was last active, which is what "monthly active users" are counted by."""

from dataclasses import dataclass
from typing import ClassVar

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.tables import Row, Table

DAY = 24 * 3600 * 1000


@dataclass(frozen=True)
class LastActive(Row):
    """When a user last signed in or used a session, in milliseconds since the epoch."""

    KEY: ClassVar = ("user_id",)

    user_id: str
    time: int


class Activity:
    """The last activity of all users."""

    def __init__(self, config: CoreConfig, table: Table[LastActive]) -> None:
        self._config = config
        self._table = table

    def note(self, user_id: str) -> None:
        """Write that a user is active now."""
        self._table.put(LastActive(user_id, self._config.now()))

    def join(self, user_id: str, other_id: str) -> None:
        """Count a user that is linked to another as that one, which is active now."""
        self._table.remove(other_id)
        self.note(user_id)

    def forget(self, user_id: str) -> None:
        """Remove a user."""
        self._table.remove(user_id)

    def count(self, since: int) -> int:
        """Return how many users have been active since a time in milliseconds since the epoch."""
        return sum(row.time >= since for row in self._table)

    def by_days(self, days: int) -> list[int]:
        """Return how many users were active in the last 0, 1, 2... days."""
        now = self._config.now()
        return [self.count(now - day * DAY) for day in range(days)]
