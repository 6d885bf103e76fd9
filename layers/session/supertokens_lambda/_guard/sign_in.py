"""What a sign-in page needs so that nobody goes in circles between it and the page that wants a session.

A sign-in that succeeded leads to the sign-in page once more, which finds the session and sends the visitor on, or sees
that the browser did not keep its cookies, and says so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from supertokens_lambda._guard.answers import SIGN_IN_AGAIN, redirect
from supertokens_lambda._guard.loop import why_not_sent_back
from supertokens_lambda._guard.loop_page import CAUSES
from supertokens_lambda._http.redirects import redirect_location
from supertokens_lambda._log import log_outcome

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response
    from supertokens_lambda._settings import Settings

_SIGNED_IN = ("signIn", "done")


class SignInReason(StrEnum):
    """Why a sign-in by a form is logged. The values are as stable as a verdict's reasons."""

    SIGNED_IN = "signed-in"


def wants_form(request: Request) -> bool:
    """Check whether a page that cannot use the visitor's session led here, so that the form is shown again."""
    return SIGN_IN_AGAIN in request.parameters.items()


def to_cookie_check(target: str, settings: Settings) -> Response:
    """Redirect a visitor who has just signed in to the sign-in page, which checks whether the session comes back.

    The sign-in is logged: it is what the loops after it are compared with.

    Parameters
    ----------
    target : str
        Where the visitor goes from there; empty for nowhere in particular.
    settings : Settings
        Application settings.
    """
    log_outcome("signed-in", SignInReason.SIGNED_IN)
    return redirect(redirect_location(settings.sign_in_path, target, (_SIGNED_IN,)), status=303)


def cookie_problem(request: Request, settings: Settings) -> str | None:
    """Tell a visitor without a session, in one sentence, why the sign-in that has just succeeded is lost.

    The reason is logged. Anybody can open this page: what is logged here is no proof that somebody has signed in.

    Returns
    -------
    str or None
        None where nobody has just signed in.
    """
    if _SIGNED_IN not in request.parameters.items():
        return None
    reason = why_not_sent_back(request, settings)
    log_outcome("looping", reason)
    return CAUSES[reason].for_visitor
