"""The tokens that a refresh gets from the core, or from the record of an earlier refresh."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._verification.session_tokens import TransferMethod
    from supertokens_lambda._verification.session_writer import SessionWriter


class RefreshToken(NamedTuple):
    """A refresh token.

    Attributes
    ----------
    token : str
        The token itself.
    expiry, created_time : int
        Milliseconds since 1970.
    """

    token: str
    expiry: int
    created_time: int

    def __repr__(self) -> str:
        return "RefreshToken()"


class Tokens(NamedTuple):
    """The tokens of a session that was refreshed.

    Attributes
    ----------
    access_token, front_token : str
        The access token, and the part of it that scripts may read.
    refresh_token : RefreshToken or None
        None if an override of the application returns none.
    anti_csrf_token : str or None
        The anti-CSRF token, if ``SUPERTOKENS_ANTI_CSRF`` is ``VIA_TOKEN``.
    session_handle, user_id, recipe_user_id, tenant_id : str
        The session.
    payload : dict
        The claims of the access token.
    """

    access_token: str
    front_token: str
    refresh_token: RefreshToken | None
    anti_csrf_token: str | None
    session_handle: str
    user_id: str
    recipe_user_id: str
    tenant_id: str
    payload: Mapping[str, Any]

    def write(self, writer: SessionWriter, method: TransferMethod) -> None:
        """Write the tokens into an answer."""
        writer.set_access_token(self.access_token, self.front_token, method)
        if self.refresh_token is not None:
            writer.set_refresh_token(self.refresh_token.token, self.refresh_token.expiry / 1000, method)
        if self.anti_csrf_token is not None:
            writer.set_anti_csrf_token(self.anti_csrf_token)

    def __repr__(self) -> str:
        return f"Tokens(session_handle={self.session_handle!r})"


def to_record(tokens: Tokens, at: float) -> bytes:
    """Return the tokens as JSON; `at` is the time of the refresh, in seconds since 1970."""
    refresh_token = tokens.refresh_token
    content = tokens._asdict() | {
        "at": at,
        "refresh_token": refresh_token
        and {
            "token": refresh_token.token,
            "expiry": refresh_token.expiry,
            "createdTime": refresh_token.created_time,
        },
    }
    return json.dumps(content).encode()


def from_record(content: bytes) -> tuple[Tokens, float]:
    """Return the tokens and the time that were passed to `to_record`.

    Raises
    ------
    ValueError, LookupError, TypeError
        The content is malformed.
    """
    found = json.loads(content)
    at, refresh_token = found.pop("at"), found.pop("refresh_token")
    if refresh_token is not None:
        refresh_token = RefreshToken(refresh_token["token"], refresh_token["expiry"], refresh_token["createdTime"])
    return Tokens(refresh_token=refresh_token, **found), at
