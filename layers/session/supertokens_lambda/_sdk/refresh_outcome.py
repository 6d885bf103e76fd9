"""What a refresh came to, in the log: the same for both ways in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from supertokens_python.recipe.session.exceptions import TokenTheftError

from supertokens_lambda._log import log_outcome
from supertokens_lambda._sdk.reuse import ReusedSession
from supertokens_lambda._verification.session_tokens import REFRESH_TOKEN
from supertokens_lambda._verification.verdict import Failed

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._verification.verdict import Fault


class RefreshReason(StrEnum):
    """What a refresh came to, and why. The values are as stable as a verdict's reasons."""

    REFRESHED = "refreshed"
    REUSED = "reused"
    NOT_A_NAVIGATION = "not-a-navigation"
    REFRESH_TOKEN_MISSING = "refresh-token-missing"
    REFRESH_TOKEN_REFUSED = "refresh-token-refused"
    TOKEN_THEFT = "token-theft"


def log_refreshed(session: Any) -> None:
    """Log that the session goes on, and whether with the tokens of an earlier refresh."""
    log_outcome("refreshed", RefreshReason.REUSED if isinstance(session, ReusedSession) else RefreshReason.REFRESHED)


def log_refused(error: Exception, request: Request) -> None:
    """Log why a session is over.

    A refresh token that was used after its successor is logged with the user's id and the session's handle alone.
    """
    if isinstance(error, TokenTheftError):
        log_outcome(
            "token-theft", RefreshReason.TOKEN_THEFT, user_id=error.user_id, session_handle=error.session_handle
        )
        return
    has_token = request.cookies.get(REFRESH_TOKEN) or request.headers.get("authorization")
    reason = RefreshReason.REFRESH_TOKEN_REFUSED if has_token else RefreshReason.REFRESH_TOKEN_MISSING
    log_outcome("refresh-failed", reason)


def log_refresh_fault(fault: Fault) -> None:
    """Log that a refresh came to nothing, and changed nothing."""
    if isinstance(fault, Failed):
        log_outcome("refresh-error", fault.reason)
    else:
        log_outcome("refresh-unavailable", fault.reason)
