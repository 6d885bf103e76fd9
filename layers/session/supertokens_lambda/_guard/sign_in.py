"""The end of loops between the sign-in page and the page that requires a session.

A successful sign-in redirects to the sign-in page again. If the browser kept the cookies, that page finds the session
and sends the visitor on. If not, it says why.
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
    """The result of a sign-in by a form. The values are as stable as those of `Reason`."""

    SIGNED_IN = "signed-in"


def wants_form(request: Request) -> bool:
    """Check whether the sign-in page must show its form because the page before could not use the session.

    Examples
    --------
    >>> from supertokens_lambda import Request
    >>> from supertokens_lambda.forms import wants_form
    >>> wants_form(Request(method="GET", seen_path="/auth", path="/auth", query="signIn=again"))
    True
    """
    return SIGN_IN_AGAIN in request.parameters.items()


def to_cookie_check(target: str, settings: Settings) -> Response:
    """Return a redirect to the sign-in page, which checks whether the browser kept the new session's cookies.

    The sign-in is logged, so that loops can be compared with the number of sign-ins.

    Parameters
    ----------
    target : str
        The page to go to afterwards; empty for the default page.
    settings : Settings
        Application settings.
    """
    log_outcome("signed-in", SignInReason.SIGNED_IN)
    return redirect(redirect_location(settings.sign_in_path, target, (_SIGNED_IN,)), status=303)


def cookie_problem(request: Request, settings: Settings) -> str | None:
    """Return one sentence, for a visitor, on why the session of the sign-in seconds ago is lost.

    The reason is logged. Anybody can open this page, so the log record does not prove that anybody has signed in.

    Returns
    -------
    str or None
        None if the request does not come from a sign-in.
    """
    if _SIGNED_IN not in request.parameters.items():
        return None
    reason = why_not_sent_back(request, settings)
    log_outcome("looping", reason)
    return CAUSES[reason].for_visitor
