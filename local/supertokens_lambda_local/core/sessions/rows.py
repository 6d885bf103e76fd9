"""The rows of the sessions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import UnauthorisedError
from supertokens_lambda_local.core.sessions.access_tokens import reject_protected_props
from supertokens_lambda_local.core.sessions.jwt import JsonObject
from supertokens_lambda_local.core.tables import Row, Table


@dataclass(frozen=True)
class Session(Row):
    """A session.

    Parameters
    ----------
    handle, recipe_user_id, tenant_id
        Its name, who signed in, and where.
    user_data_in_jwt, user_data_in_database
        JSON objects: what new access tokens carry, and what stays with the core.
    refresh_token_hash2
        SHA-256 of the SHA-256 of the refresh token that was last seen in use.
    expiry, time_created
        Milliseconds since the epoch.
    use_static_key
        Whether the static key signs its access tokens.
    """

    KEY: ClassVar = ("handle",)

    handle: str
    recipe_user_id: str
    tenant_id: str
    user_data_in_jwt: JsonObject = field(repr=False)
    user_data_in_database: JsonObject = field(repr=False)
    refresh_token_hash2: str = field(repr=False)
    expiry: int
    time_created: int
    use_static_key: bool


class Sessions:
    """All sessions, those that are over included: SuperTokens core deletes these now and then, this one never."""

    def __init__(self, config: CoreConfig, table: Table[Session]) -> None:
        self._config = config
        self.table = table

    def find(self, handle: str) -> Session | None:
        """Return a session, even if it is over."""
        return self.table.get(handle)

    def get(self, handle: str) -> Session:
        """Return a session.

        Raises
        ------
        UnauthorisedError
            There is none of that handle, or it is over.
        """
        session = self.find(handle)
        if session is None or session.expiry <= self._config.now():
            raise UnauthorisedError("Session does not exist.")
        return session

    def change(self, session: Session, **fields: object) -> Session:
        """Replace fields of a session, and return it."""
        changed = replace(session, **fields)  # type: ignore[arg-type]
        self.table.put(changed)
        return changed

    def handles(self, recipe_user_ids: Iterable[str], tenant_id: str | None = None) -> list[str]:
        """Return the handles of some users' sessions that are not over, at one tenant or, if it is None, at all."""
        wanted, now = set(recipe_user_ids), self._config.now()
        return [
            row.handle
            for row in self.table
            if row.recipe_user_id in wanted and row.expiry > now and tenant_id in (None, row.tenant_id)
        ]

    def update_jwt_data(self, handle: str, data: JsonObject) -> None:
        """Replace what new access tokens carry.

        Raises
        ------
        PayloadError
            The data has a key that the core keeps for itself.
        UnauthorisedError
            There is no such session, or it is over.
        """
        reject_protected_props(data)
        self.change(self.get(handle), user_data_in_jwt=data)

    def update_database_data(self, handle: str, data: JsonObject) -> None:
        """Replace what stays with the core.

        Raises
        ------
        UnauthorisedError
            There is no such session, or it is over.
        """
        self.change(self.get(handle), user_data_in_database=data)

    def remove(self, handles: Iterable[str]) -> list[str]:
        """Remove sessions, and return the handles of those that existed, a repeated one as often as it is given."""
        existing = [handle for handle in handles if self.table.get(handle) is not None]
        for handle in existing:
            self.table.remove(handle)
        return existing
