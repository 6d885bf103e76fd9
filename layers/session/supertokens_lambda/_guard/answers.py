"""The answers to requests that are refused, so that the handler does not see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from supertokens_lambda._guard.evidence import Evidence
from supertokens_lambda._guard.loop import Looping, LoopReason
from supertokens_lambda._http.message import NO_STORE, NOTHING, Additions, Request, Response
from supertokens_lambda._http.navigation import is_form, is_page
from supertokens_lambda._http.redirects import redirect_location
from supertokens_lambda._verification.verdict import (
    Failed,
    Fault,
    InvalidClaims,
    Reason,
    Refusal,
    TryRefresh,
    Unauthorised,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.options import VerifyOptions

RETRY_AFTER = ("retry-after", "5")  # seconds

# Says that the page needs no session, so that a refresh which ends the session leads back to the page.
OPTIONAL_SESSION = ("sessionRequired", "false")

# Asks the sign-in page for its form even if there is a session: the page that leads here cannot use that session.
SIGN_IN_AGAIN = ("signIn", "again")


def refuse(request: Request, refusal: Refusal | Looping, settings: Settings, options: VerifyOptions) -> Response:
    """Return the answer to a request that is refused.

    Parameters
    ----------
    request : Request
        The refused request.
    refusal : Refusal or Looping
        Why it is refused.
    settings : Settings
        Application settings.
    options : VerifyOptions
        The keywords of the page.

    Returns
    -------
    Response
        It must not be cached, and its headers say so.
    """
    as_page = is_page(request) if options.on_failure == "auto" else options.on_failure == "redirect"
    if options.on_failure == "auto" and not as_page and is_form(request, settings.origins):
        return _to_form(request, refusal, settings, options)
    if not as_page:
        return _to_call(request, refusal, settings)
    match refusal:
        case TryRefresh() | Unauthorised():
            location = redirect_location(
                settings.api_gateway_path + (options.refresh_path or settings.refresh_path),
                request.target,
                () if options.session_required else (OPTIONAL_SESSION,),
            )
            return redirect(location).plus(_clearing(request, refusal, settings))
        case Unavailable() | Failed():
            return answer_to_fault(refusal, as_page=True)
        case InvalidClaims():
            return _without_claims(request, refusal, settings)
        case Looping(reason=reason):
            return _looping(reason, request, settings)


def _to_call(request: Request, refusal: Refusal | Looping, settings: Settings) -> Response:
    """Return the answer to a request that is not a navigation: a status and JSON."""
    cause = refusal.refusal if isinstance(refusal, Looping) else refusal
    match cause:
        case Unavailable() | Failed():
            return answer_to_fault(cause, as_page=False)
        case InvalidClaims(body=body):
            return json_response(403, body)
        case TryRefresh() | Unauthorised():
            return _unauthorised(request, cause, settings)


def _to_form(request: Request, refusal: Refusal | Looping, settings: Settings, options: VerifyOptions) -> Response:
    """Return the answer to a form that was sent without a script; what was typed is kept."""
    cause = refusal.refusal if isinstance(refusal, Looping) else refusal
    if isinstance(cause, TryRefresh) and cause.reason is Reason.ANTI_CSRF_FAILED:
        # Neither a refresh nor a form can add the header that is missing.
        return _unauthorised(request, cause, settings)
    from supertokens_lambda._guard.form_page import form_page

    response = form_page(request, refusal, settings, options)
    return response.plus(_clearing(request, cause, settings)) if isinstance(cause, Unauthorised) else response


def too_large(request: Request, settings: Settings) -> Response:
    """Return a 413: the body is longer than `MAX_BODY`."""
    if is_form(request, settings.origins):
        return _page(413, "That is too much", "<p>This form is longer than this site can take.</p>")
    return json_response(413, {"message": "content too large"})


def redirect(location: str, *, status: int = 302, cookies: tuple[str, ...] = ()) -> Response:
    """Return a redirect that must not be cached.

    Examples
    --------
    >>> from supertokens_lambda.pages import redirect
    >>> redirect("/dashboard", status=303)
    Response(303)
    """
    return Response(status=status, headers=(("location", location), NO_STORE), cookies=cookies)


def json_response(status: int, content: Mapping[str, Any]) -> Response:
    """Return a JSON response that must not be cached."""
    return Response(status=status, headers=(("content-type", "application/json"), NO_STORE), body=json.dumps(content))


def answer_to_fault(fault: Fault, *, as_page: bool) -> Response:
    """Return a 503 for an outage, a 500 for a fault that waiting does not repair; the session is unchanged.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response
    >>> from supertokens_lambda.forms import Failed, Unavailable, sign_out
    >>> from supertokens_lambda.pages import answer_to_fault, redirect
    >>> def leave(request: Request) -> Response:
    ...     result = sign_out(request)
    ...     if isinstance(result, Unavailable | Failed):
    ...         return answer_to_fault(result, as_page=True)
    ...     return redirect("/", status=303).plus(result)
    """
    if isinstance(fault, Failed):
        return _failed() if as_page else json_response(500, {"message": "internal error"})
    if not as_page:
        response = json_response(503, {"message": "temporarily unavailable"})
    else:
        response = _page(
            503,
            "One moment, please",
            "<p>Your session cannot be checked right now. You are still signed in: "
            "please try this page again in a few seconds.</p>",
        )
    return response.plus(Additions(headers=(RETRY_AFTER,)))


def _unauthorised(request: Request, refusal: TryRefresh | Unauthorised, settings: Settings) -> Response:
    message = "unauthorised" if isinstance(refusal, Unauthorised) else "try refresh token"
    return json_response(401, {"message": message}).plus(_clearing(request, refusal, settings))


def _clearing(request: Request, refusal: TryRefresh | Unauthorised, settings: Settings) -> Additions:
    if not (isinstance(refusal, Unauthorised) and refusal.additions):
        return NOTHING
    from supertokens_lambda._guard.session_cookies import with_session_cookies

    # With this evidence the refresh does not rotate a token that the browser sends although it was cleared.
    return with_session_cookies(request, refusal.additions, settings, Evidence.of_failure(request))


def _without_claims(request: Request, refusal: InvalidClaims, settings: Settings) -> Response:
    from supertokens_lambda._guard.invalid_claims import answer_to_page

    return answer_to_page(request, refusal, settings)


def _failed() -> Response:
    return _page(
        500,
        "Something is wrong here",
        "<p>This site has a fault, and cannot check your session until somebody mends it. You are still signed in.</p>",
    )


def _looping(reason: LoopReason | Reason, request: Request, settings: Settings) -> Response:
    from supertokens_lambda._guard.loop_page import loop_page

    return loop_page(reason, request, settings)


def _page(status: int, title: str, body: str) -> Response:
    # Only refused requests need it.
    from supertokens_lambda._html import page

    return page(title, body, status=status)
