"""Calls of SuperTokens' API for pages with forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._log import log_outcome
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._http.message import Additions, Request
    from supertokens_lambda._sdk.api_answer import ApiAnswer
    from supertokens_lambda._sdk.recipes import Recipes
    from supertokens_lambda._verification.verdict import Fault


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
