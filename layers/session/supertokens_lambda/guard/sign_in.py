"""What a sign-in page needs so that nobody goes in circles between it and the page that wants a session.

A sign-in that succeeded leads to the sign-in page once more, which finds the session and sends the visitor on, or sees
that the browser did not keep its cookies, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda.guard.answers import SIGN_IN_AGAIN, redirect
from supertokens_lambda.guard.loop import why_not_sent_back
from supertokens_lambda.guard.loop_page import CAUSES
from supertokens_lambda.http.redirects import redirect_location
from supertokens_lambda.log import log_outcome

if TYPE_CHECKING:
    from supertokens_lambda.http.message import Request, Response
    from supertokens_lambda.settings import Settings

_SIGNED_IN = ("signIn", "done")


def wants_form(request: Request) -> bool:
    """Tell whether a page that cannot use the session there is has led here: for the form, not to be sent on."""
    return SIGN_IN_AGAIN in request.parameters.items()


def to_cookie_check(request: Request, target: str) -> Response:
    """Answer a sign-in that succeeded: lead to the sign-in page, which sees whether the session comes back.

    Parameters
    ----------
    request : Request
        Of the form.
    target : str
        Where the visitor is to go from there; empty for nowhere in particular.
    """
    return redirect(redirect_location(request.seen_path, target, (_SIGNED_IN,)), status=303)


def cookie_problem(request: Request, settings: Settings) -> str | None:
    """Tell a visitor without a session, in one sentence, why the sign-in that has just succeeded is lost.

    The reason is logged.

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
