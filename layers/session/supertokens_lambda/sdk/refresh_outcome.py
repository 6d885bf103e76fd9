"""What a refresh came to, in the log: the same for both ways in."""

from typing import Any

from supertokens_python.recipe.session.exceptions import TokenTheftError

from supertokens_lambda.http.message import Request
from supertokens_lambda.log import log_outcome
from supertokens_lambda.sdk.reuse import ReusedSession
from supertokens_lambda.verification.session_tokens import REFRESH_TOKEN
from supertokens_lambda.verification.verdict import Reason


def log_refreshed(session: Any) -> None:
    """Log that the session goes on, and whether with the tokens of an earlier refresh."""
    log_outcome("refreshed", Reason.REUSED if isinstance(session, ReusedSession) else Reason.REFRESHED)


def log_refused(error: Exception, request: Request) -> None:
    """Log why a session is over.

    A refresh token that was used after its successor is logged with the user's id and the session's handle alone.
    """
    if isinstance(error, TokenTheftError):
        log_outcome("token-theft", Reason.TOKEN_THEFT, user_id=error.user_id, session_handle=error.session_handle)
        return
    has_token = request.cookies.get(REFRESH_TOKEN) or request.headers.get("authorization")
    log_outcome("refresh-failed", Reason.REFRESH_TOKEN_REFUSED if has_token else Reason.REFRESH_TOKEN_MISSING)


def log_unavailable() -> None:
    """Log that nobody can tell now."""
    log_outcome("refresh-unavailable", Reason.CORE_UNREACHABLE)
