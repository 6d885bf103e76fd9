"""The rows of the sessions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from supertokens_lambda_local.core.access_tokens import reject_protected_props
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import UnauthorisedError
from supertokens_lambda_local.core.jwt import JsonObject


@dataclass
class Session:
    """A session.

    Parameters
    ----------
    handle, user_id
        Its name, and whose it is.
    user_data_in_jwt, user_data_in_database
        JSON objects: what new access tokens carry, and what stays with the core.
    refresh_token_hash2
        SHA-256 of the SHA-256 of the refresh token that was last seen in use.
    expiry, time_created
        Milliseconds since the epoch.
    use_static_key
        Whether the static key signs its access tokens.
    """

    handle: str
    user_id: str
    user_data_in_jwt: JsonObject = field(repr=False)
    user_data_in_database: JsonObject = field(repr=False)
    refresh_token_hash2: str = field(repr=False)
    expiry: int
    time_created: int
    use_static_key: bool


class Sessions:
    """All sessions, those that are over included: SuperTokens core deletes these now and then, this one never."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._rows: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        """Keep a new session."""
        self._rows[session.handle] = session

    def find(self, handle: str) -> Session | None:
        """Return a session, though it be over."""
        return self._rows.get(handle)

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

    def handles(self, user_id: str) -> list[str]:
        """Return the handles of a user's sessions that are not over."""
        now = self._config.now()
        return [row.handle for row in self._rows.values() if row.user_id == user_id and row.expiry > now]

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
        self.get(handle).user_data_in_jwt = data

    def update_database_data(self, handle: str, data: JsonObject) -> None:
        """Replace what stays with the core.

        Raises
        ------
        UnauthorisedError
            There is no such session, or it is over.
        """
        self.get(handle).user_data_in_database = data

    def remove(self, handles: Iterable[str]) -> list[str]:
        """End sessions, and return the handles of those that there were."""
        return [handle for handle in handles if self._rows.pop(handle, None) is not None]
