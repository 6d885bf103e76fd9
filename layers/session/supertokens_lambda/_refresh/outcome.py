"""The results of a refresh and their log records: for navigations and calls, with the SDK and without."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from supertokens_lambda._log import log_outcome
from supertokens_lambda._verification.session_tokens import REFRESH_TOKEN
from supertokens_lambda._verification.verdict import Failed

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Additions, Request, Response
    from supertokens_lambda._verification.verdict import Fault


class RefreshReason(StrEnum):
    """The result of a refresh, and why. The values are as stable as those of `Reason`."""

    REFRESHED = "refreshed"
    REUSED = "reused"
    NOT_A_NAVIGATION = "not-a-navigation"
    REFRESH_TOKEN_MISSING = "refresh-token-missing"
    REFRESH_TOKEN_REFUSED = "refresh-token-refused"
    TOKEN_THEFT = "token-theft"


class Theft(NamedTuple):
    """The use of a refresh token after its successor was used.

    Attributes
    ----------
    session_handle, user_id, recipe_user_id : str
        The session that the core named.
    """

    session_handle: str
    user_id: str
    recipe_user_id: str


class Refreshed(NamedTuple):
    """The result of a refresh that got new tokens.

    Attributes
    ----------
    response : Response
        The answer to a call, without the session's cookies.
    written : Additions
        The session's cookies and headers.
    is_reused : bool
        Whether the tokens are those of an earlier refresh.
    """

    response: Response
    written: Additions
    is_reused: bool


class Ended(NamedTuple):
    """The result of a refresh that ended the session.

    Attributes
    ----------
    response : Response
        The answer to a call, without the session's cookies.
    written : Additions
        The session's cookies and headers, cleared.
    theft : Theft or None
        The theft that ended the session.
    """

    response: Response
    written: Additions
    theft: Theft | None = None


def log_refreshed(refreshed: Refreshed) -> None:
    """Log a refresh that got new tokens, or those of an earlier refresh."""
    log_outcome("refreshed", RefreshReason.REUSED if refreshed.is_reused else RefreshReason.REFRESHED)


def log_ended(ended: Ended, request: Request) -> None:
    """Log why a session ended.

    A token theft is logged with the user id and the session handle, and with nothing else of the session.
    """
    if ended.theft:
        log_outcome(
            "token-theft",
            RefreshReason.TOKEN_THEFT,
            user_id=ended.theft.user_id,
            session_handle=ended.theft.session_handle,
        )
        return
    has_token = request.cookies.get(REFRESH_TOKEN) or request.headers.get("authorization")
    reason = RefreshReason.REFRESH_TOKEN_REFUSED if has_token else RefreshReason.REFRESH_TOKEN_MISSING
    log_outcome("refresh-failed", reason)


def log_refresh_fault(fault: Fault) -> None:
    """Log that the session cannot be refreshed right now."""
    if isinstance(fault, Failed):
        log_outcome("refresh-error", fault.reason)
    else:
        log_outcome("refresh-unavailable", fault.reason)
