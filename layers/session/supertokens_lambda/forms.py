"""Tools for pages with forms: signing in, up and out without JavaScript, and the way back to the visitor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._guard import flow_cookie, sign_in
from supertokens_lambda._guard.answers import OPTIONAL_SESSION
from supertokens_lambda._guard.sign_in import wants_form
from supertokens_lambda._http import origin, redirects
from supertokens_lambda._http.message import Additions, Response
from supertokens_lambda._log import log_outcome
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.api_answer import ApiAnswer
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Failed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from supertokens_lambda._guard.guard import Admitted
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._sdk.recipes import Recipes
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
    "forget",
    "is_same_origin",
    "keep",
    "kept",
    "link",
    "link_code_in_query",
    "recipes",
    "sign_out",
    "wants_form",
]


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

    No claim is checked: the pages that mend a refused claim are for visitors whose session lacks it.

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
    options = VerifyOptions(session_required=False, override_global_claim_validators=_no_validators)
    return current().guard.admit(request, options)


def recipes() -> Recipes | Fault:
    """Return what the recipes of `backend_config` offer: a page shows no form that they do not serve.

    Returns
    -------
    Recipes, Unavailable or Failed
        With the `ids` of the recipes, the `first_factors` that a visitor may begin with, and the `providers` of social
        sign-in; or why the SDK does not start, which is logged.

    Examples
    --------
    >>> from supertokens_lambda.forms import Failed, Unavailable, recipes
    >>> def has_social_sign_in() -> bool:
    ...     found = recipes()
    ...     return not isinstance(found, Unavailable | Failed) and bool(found.providers)
    """
    runtime = current()
    fault = runtime.sdk.fault_at_start()
    if fault is not None:
        log_outcome(fault.name, fault.reason)
        return fault
    from supertokens_lambda._sdk.recipes import configured

    return configured()


def call_api(
    request: Request,
    path: str,
    content: Mapping[str, Any] | None = None,
    *,
    method: str = "POST",
    parameters: Mapping[str, str] | None = None,
) -> ApiAnswer | Fault:
    """Call SuperTokens' API as the browser would.

    Validators, overrides and hooks of the application's recipes apply. The session is returned in cookies. For a POST,
    check `is_same_origin` first: the anti-CSRF token is sent along, as a script of this site would do it.

    Parameters
    ----------
    request : Request
        The request of the page, whose headers and cookies are sent along.
    path : str
        A path of the API, like ``/signin``.
    content : mapping, optional
        The JSON to send.
    method : str
        The method, in capitals.
    parameters : mapping of str to str, optional
        Parameters of the query, not encoded.

    Returns
    -------
    ApiAnswer, Unavailable or Failed
        `Unavailable` or `Failed` if there is no answer; the fault is logged.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response
    >>> from supertokens_lambda.forms import Failed, Unavailable, after_sign_in, call_api, is_same_origin
    >>> from supertokens_lambda.pages import answer_to_fault, page
    >>> def sign_in(request: Request) -> Response:
    ...     if not is_same_origin(request):
    ...         return page("Forbidden", "<p>Open the form on this site.</p>", status=403)
    ...     fields = [{"id": name, "value": value} for name, value in request.form().items()]
    ...     answer = call_api(request, "/signin", {"formFields": fields})
    ...     if isinstance(answer, Unavailable | Failed):
    ...         return answer_to_fault(answer, as_page=True)
    ...     if answer.content.get("status") != "OK":
    ...         return page("Sign in", "<p>Wrong address or password.</p>", status=401)
    ...     return after_sign_in("").plus(answer.additions)
    """
    return current().api.call(request, path, content, method=method, parameters=parameters)


def keep(name: str, content: Mapping[str, str]) -> str:
    """Return the Set-Cookie value that keeps something for the next pages of a sign-in, for an hour.

    Scripts cannot read the cookie, and over HTTPS no other host can set it.

    Parameters
    ----------
    name : str
        Of the sign-in, like ``passwordless``.
    content : mapping of str to str
        What to keep; ``redirectBack`` is left out if it makes the cookie too long.

    Examples
    --------
    >>> from supertokens_lambda.forms import keep
    >>> from supertokens_lambda.pages import redirect
    >>> redirect("/auth/code", status=303, cookies=(keep("passwordless", {"deviceId": "d"}),))
    Response(303)
    """
    return flow_cookie.keep(name, content, current().settings)


def kept(request: Request, name: str) -> Mapping[str, str]:
    """Return what `keep` keeps; empty if there is nothing, or two of it.

    Examples
    --------
    >>> from supertokens_lambda import Request
    >>> from supertokens_lambda.forms import kept
    >>> kept(Request(method="GET", seen_path="/auth/code", path="/auth/code"), "passwordless")
    {}
    """
    return flow_cookie.kept(request, name, current().settings)


def forget(name: str) -> str:
    """Return the Set-Cookie value that ends what `keep` began.

    Examples
    --------
    >>> from supertokens_lambda.forms import forget
    >>> from supertokens_lambda.pages import redirect
    >>> redirect("/dashboard", status=303, cookies=(forget("passwordless"),))
    Response(303)
    """
    return flow_cookie.forget(name, current().settings)


def link_code_in_query(original: Any) -> Any:
    """Return a delivery whose magic links have their code in the query, as ``override`` of `passwordless.init`.

    SuperTokens puts the code into the fragment, which browsers do not send: only a script could read it there.

    Parameters
    ----------
    original : EmailDeliveryInterface or SMSDeliveryInterface
        The delivery of `passwordless.init`.

    Examples
    --------
    >>> from supertokens_lambda.forms import link_code_in_query
    >>> from supertokens_python.ingredients.emaildelivery.types import EmailDeliveryConfig
    >>> delivery = EmailDeliveryConfig(override=link_code_in_query)
    """
    for name in ("send_email", "send_sms"):
        if hasattr(original, name):
            setattr(original, name, _with_link_code_in_query(getattr(original, name)))
    return original


def sign_out(request: Request) -> Additions | Fault:
    """Revoke the session of a request, whose access token may have expired within the last week.

    Returns
    -------
    Additions, Unavailable or Failed
        What clears the session's cookies, for the page that is the answer; or a fault, and the session goes on.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response
    >>> from supertokens_lambda.forms import Failed, Unavailable, is_same_origin, sign_out
    >>> from supertokens_lambda.pages import answer_to_fault, page, redirect
    >>> def leave(request: Request) -> Response:
    ...     if not is_same_origin(request):
    ...         return page("Forbidden", "<p>Open the form on this site.</p>", status=403)
    ...     result = sign_out(request)
    ...     if isinstance(result, Unavailable | Failed):
    ...         return answer_to_fault(result, as_page=True)
    ...     return redirect("/", status=303).plus(result)
    """
    return current().sign_out.form(request)


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


def _no_validators(*_: Any) -> list[Any]:
    return []


def _with_link_code_in_query(send: Callable[[Any, dict[str, Any]], Awaitable[None]]) -> Any:
    async def send_with_query(template_vars: Any, user_context: dict[str, Any]) -> None:
        link = getattr(template_vars, "url_with_link_code", None)
        if link:
            template_vars.url_with_link_code = link.replace("#", "&linkCode=", 1)
        await send(template_vars, user_context)

    return send_with_query
