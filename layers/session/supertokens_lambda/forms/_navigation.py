"""The way of a visitor through pages with forms: where a request came from, and where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._guard import sign_in
from supertokens_lambda._http import origin, redirects
from supertokens_lambda._runtime import current
from supertokens_lambda._verification.options import VerifyOptions, no_validators

if TYPE_CHECKING:
    from supertokens_lambda._guard.guard import Admitted
    from supertokens_lambda._http.message import Request, Response


def is_same_origin(request: Request) -> bool:
    """Check whether a page of this origin sent a request; call it before any change.

    Browsers say so in Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin (RFC 6454). A request with neither
    header passes: no browser sent it, so it cannot carry the cookies of another person.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response
    >>> from supertokens_lambda.forms import is_same_origin
    >>> from supertokens_lambda.pages import page
    >>> def save(request: Request) -> Response:
    ...     if not is_same_origin(request):
    ...         return page("Forbidden", "<p>Open the form on this site.</p>", status=403)
    ...     return page("Saved", f"<p>{len(request.form())} fields</p>")
    """
    return origin.is_same_origin(request, current().settings.origins)


def came_from(request: Request) -> str:
    """Return the page to which a visitor returns, from ``redirectBack``; empty if it is not a local path.

    Examples
    --------
    >>> from supertokens_lambda import Request
    >>> from supertokens_lambda.forms import came_from
    >>> came_from(Request(method="GET", seen_path="/auth", path="/auth", query="redirectBack=/dashboard"))
    '/dashboard'
    """
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

    Examples
    --------
    >>> from supertokens_lambda.forms import link
    >>> link("/auth", "/dashboard", ("show", "signup"))
    '/auth?redirectBack=/dashboard&show=signup'
    """
    return redirects.redirect_location(page, target, parameters)


def find_session(request: Request) -> Admitted | Response:
    """Return the session of a visitor, for a page that does not require one.

    No claim is checked: the pages that mend a refused claim are for visitors whose session lacks it. Such a visitor may
    lack the second factor, so a page that shows data of the account needs `supertokens_lambda.verify_session` instead.

    Returns
    -------
    Admitted or Response
        An object with the `session`, or None, and the method `additions`, whose result to add to the response. Or the
        answer to a refused request.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response, http_handler
    >>> from supertokens_lambda.forms import find_session
    >>> from supertokens_lambda.pages import page
    >>> @http_handler
    ... def handler(request: Request) -> Response:
    ...     found = find_session(request)
    ...     if isinstance(found, Response):
    ...         return found
    ...     return page("Welcome", "<p>Hello</p>").plus(found.additions())
    """
    options = VerifyOptions(session_required=False, override_global_claim_validators=no_validators)
    return current().guard.admit(request, options)


def after_sign_in(target: str) -> Response:
    """Return the answer to a successful sign-in: a redirect to the sign-in page, which checks the new cookies.

    Parameters
    ----------
    target : str
        The page to go to afterwards; empty for the default page.

    Examples
    --------
    >>> from supertokens_lambda.forms import after_sign_in
    >>> after_sign_in("/dashboard")
    Response(303)
    """
    return sign_in.to_cookie_check(target, current().settings)


def cookie_problem(request: Request) -> str | None:
    """Return one sentence on why the session of the sign-in seconds ago is lost; None if there was no sign-in.

    The reason is logged.

    Examples
    --------
    >>> from supertokens_lambda import Request
    >>> from supertokens_lambda.forms import cookie_problem
    >>> bool(cookie_problem(Request(method="GET", seen_path="/auth", path="/auth", query="signIn=done")))
    True
    """
    return sign_in.cookie_problem(request, current().settings)
