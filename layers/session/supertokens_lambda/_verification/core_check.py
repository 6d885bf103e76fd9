"""Verification of a session by the core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._verification.faults import fault_of
from supertokens_lambda._verification.verdict import Reason, TryRefresh, Unauthorised, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._settings import AntiCsrf, Settings
    from supertokens_lambda._verification.verdict import Fault
    from supertokens_lambda._verification.verified_session import VerifiedSession


def core_refusal(
    session: VerifiedSession,
    anti_csrf: AntiCsrf | None,
    settings: Settings,
    verify_in_core: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    check_database: bool,
) -> TryRefresh | Unauthorised | Fault | None:
    """Return why the core does not accept a session; None if it does, after updating the session with its answer.

    Parameters
    ----------
    session : VerifiedSession
        The session, whose token is valid.
    anti_csrf : AntiCsrf or None
        The anti-CSRF protection that the request must have.
    settings : Settings
        Application settings.
    verify_in_core : callable
        Posts to the core's ``/recipe/session/verify``; raises `OSError` if no core answers.
    check_database : bool
        Whether the core looks up if the session was revoked.
    """
    content: dict[str, Any] = {
        "accessToken": session.token.raw,
        "doAntiCsrfCheck": anti_csrf in ("VIA_TOKEN", "NONE"),
        "enableAntiCsrf": settings.anti_csrf == "VIA_TOKEN",
        "checkDatabase": check_database,
    }
    anti_csrf_token = session.request.headers.get("anti-csrf")
    if anti_csrf_token is not None:
        content["antiCsrfToken"] = anti_csrf_token
    try:
        answer = verify_in_core(content)
        match answer["status"]:
            case "OK":
                session.update(answer)
                return None
            case "UNAUTHORISED" if "message" in answer:
                # Imported late: few requests end a session.
                from supertokens_lambda._verification.session_writer import cleared_session

                return Unauthorised(Reason.SESSION_ENDED, cleared_session(settings))
            case "TRY_REFRESH_TOKEN" if "message" in answer:
                return TryRefresh(Reason.CORE_ASKS_FOR_REFRESH)
    except Exception as error:  # noqa: BLE001 - an invalid answer may raise any error
        return fault_of(error)
    return Unavailable(Reason.CORE_UNREACHABLE)
