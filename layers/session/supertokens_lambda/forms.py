"""Tools for pages with forms: signing in, up and out without JavaScript, and the way back to the visitor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._guard import sign_in
from supertokens_lambda._guard.answers import OPTIONAL_SESSION
from supertokens_lambda._guard.sign_in import wants_form
from supertokens_lambda._http import origin, redirects
from supertokens_lambda._http.message import Additions, Response
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.api_answer import ApiAnswer
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Failed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._guard.guard import Admitted
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._verification.verdict import Fault

__all__ = [
    "OPTIONAL_SESSION",
    "Additions",
    "ApiAnswer",
    "Failed",
    "Unavailable",
    "after_sign_in",
    "call_api",
    "came_from",
    "cookie_problem",
    "find_session",
    "is_same_origin",
    "link",
    "sign_out",
    "wants_form",
]


def is_same_origin(request: Request) -> bool:
    """Check whether a page of this origin sent a request; call it before any change.

    Browsers say so in Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin (RFC 6454). A request with neither
    header passes: no browser sent it, so it cannot carry the cookies of another person.
    """
    return origin.is_same_origin(request, current().settings.origins)


def came_from(request: Request) -> str:
    """Return the page to which a visitor returns, from ``redirectBack``; empty if it is not a local path."""
    return redirects.redirect_back(request.query, never=current().settings.refresh_paths) or ""


def link(page: str, target: str, *parameters: tuple[str, str]) -> str:
    """Return the address of a page with the page to go to afterwards in its query.

    Parameters
    ----------
    page : str
        Path or URL.
    target : str
        Path and query of the page to go to afterwards; empty for none.
    *parameters : tuple of (str, str)
        Further parameters.
    """
    return redirects.redirect_location(page, target, parameters)


def find_session(request: Request) -> Admitted | Response:
    """Return the session of a visitor, for a page that does not require one.

    Returns
    -------
    Admitted or Response
        An object with the `session`, or None, and the method `additions`, whose result to add to the response. Or the
        answer to a refused request.
    """
    return current().guard.admit(request, VerifyOptions(session_required=False))


def call_api(request: Request, path: str, content: Mapping[str, Any]) -> ApiAnswer | Fault:
    """Call SuperTokens' API as the browser would.

    Validators, overrides and hooks of the application's recipes apply. The session is returned in cookies.

    Parameters
    ----------
    request : Request
        The request of the page, whose headers and cookies are sent along.
    path : str
        A path of the API, like ``/signin``.
    content : mapping
        The JSON to post.

    Returns
    -------
    ApiAnswer, Unavailable or Failed
        `Unavailable` or `Failed` if there is no answer; the fault is logged.
    """
    return current().api.call(request, path, content)


def sign_out(request: Request) -> Additions | Fault:
    """Revoke the session of a request.

    Returns
    -------
    Additions, Unavailable or Failed
        What clears the session's cookies, for the page that is the answer; or a fault, and the session goes on.
    """
    from supertokens_lambda._sdk.sign_out import sign_out as end_session

    runtime = current()
    return end_session(runtime.api, runtime.sdk, request)


def after_sign_in(target: str) -> Response:
    """Return the answer to a successful sign-in: a redirect to the sign-in page, which checks the new cookies.

    Parameters
    ----------
    target : str
        The page to go to afterwards; empty for the default page.
    """
    return sign_in.to_cookie_check(target, current().settings)


def cookie_problem(request: Request) -> str | None:
    """Return one sentence on why the session of the sign-in seconds ago is lost; None if there was no sign-in.

    The reason is logged.
    """
    return sign_in.cookie_problem(request, current().settings)
