"""The refresh that needs no JavaScript: a navigation that rotates the session's tokens and comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supertokens_python.recipe.session.asyncio import refresh_session_without_request_response
from supertokens_python.recipe.session.exceptions import UnauthorisedError
from supertokens_python.recipe.session.recipe import SessionRecipe

from supertokens_lambda import _runtime as runtime
from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.answers import OPTIONAL_SESSION, answer_to_fault, json_response, redirect
from supertokens_lambda._guard.evidence import Evidence, hand_over, is_signed_out
from supertokens_lambda._guard.frontend_cookies import ANTI_CSRF, FRONT_TOKEN
from supertokens_lambda._guard.session_cookies import evidence_of, with_session_cookies
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.message import Additions, Request, Response
from supertokens_lambda._http.navigation import is_page
from supertokens_lambda._http.redirects import redirect_back, redirect_location
from supertokens_lambda._log import log_outcome
from supertokens_lambda._sdk import reuse
from supertokens_lambda._sdk.budget import budget
from supertokens_lambda._sdk.errors import refusal_of
from supertokens_lambda._sdk.refresh_outcome import RefreshReason, log_refresh_fault, log_refreshed, log_refused
from supertokens_lambda._sdk.sdk_http import Exchange, SdkResponse
from supertokens_lambda._sdk.start import fault_at_start
from supertokens_lambda._sdk.verify import CORE_BUDGET
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, LEGACY_TOKEN, REFRESH_TOKEN
from supertokens_lambda._verification.verdict import Failed, Fault, Unavailable

if TYPE_CHECKING:
    from supertokens_lambda.settings import Settings


@dataclass(frozen=True)
class Refreshed:
    """The session goes on with new tokens."""

    additions: Additions
    evidence: Evidence


@dataclass(frozen=True)
class Ended:
    """The session is over, for good."""

    additions: Additions
    evidence: Evidence


def refresh(request: Request) -> Response:
    """Answer ``GET <api base path>/session/refresh?redirectBack=..``.

    The cookie of the refresh token has this very path, so the browser sends it here and nowhere else.

    Returns
    -------
    Response
        A redirect to where the browser was, with new tokens; to the sign-in page, the session's cookies cleared, where
        the session is over (to the page itself, if that does without one); 503, the cookies untouched, where nobody
        can tell, and 500 where somebody has to mend something. What is no navigation is refused: an image or a
        prefetch must not rotate anything.
    """
    if request.method != "GET" or not is_page(request):
        log_outcome("refresh-refused", RefreshReason.NOT_A_NAVIGATION)
        return json_response(403, {"message": "only a navigation refreshes here"})
    settings = runtime.settings()
    target = redirect_back(request.query, never=settings.refresh_paths)
    match run(_refresh(Exchange(request), settings)):
        case Refreshed(additions, evidence):
            return redirect(hand_over(target or settings.home_path, evidence, request, settings)).plus(additions)
        case Ended(additions, evidence):
            name, value = OPTIONAL_SESSION
            goes_back = target is not None and request.parameters.get(name) == value
            page = target if goes_back and target else redirect_location(settings.sign_in_path, target or "")
            return redirect(hand_over(page, evidence, request, settings)).plus(additions)
        case Unavailable() | Failed() as fault:
            return answer_to_fault(fault, as_page=True)


async def _refresh(exchange: Exchange, settings: Settings) -> Refreshed | Ended | Fault:
    fault = fault_at_start()
    if fault:
        log_refresh_fault(fault)
        return fault
    reuse.prepare()
    response = SdkResponse()
    try:
        async with budget(CORE_BUDGET):
            await _rotate(exchange, response)
    except Exception as error:  # noqa: BLE001 - whatever the way to the core may raise
        return await _failed(error, exchange, settings)
    log_refreshed(exchange.sdk_request.get_session())
    written = response.additions()
    evidence = evidence_of(exchange.request, written)
    return Refreshed(_composed(written, evidence, exchange, settings), evidence)


def _composed(written: Additions, evidence: Evidence, exchange: Exchange, settings: Settings) -> Additions:
    # No script sees the headers of a navigation.
    return Additions(with_session_cookies(exchange.request, written, settings, evidence).cookies)


async def _rotate(exchange: Exchange, response: SdkResponse) -> None:
    """Write the new tokens into the response."""
    if is_signed_out(exchange.request):
        raise UnauthorisedError("the tokens of a session that has ended, sent again")
    cookies = exchange.request.cookies
    tokens = {decoded(value) for value in cookies.all(REFRESH_TOKEN) if value}
    if len(tokens) != 1 or cookies.get(REFRESH_TOKEN) is None:
        # Of two tokens nobody can tell which is the session's, and to present the wrong one would be token theft.
        raise UnauthorisedError(f"{len(tokens)} refresh tokens")
    anti_csrf = SessionRecipe.get_instance().config.anti_csrf_function_or_string
    if callable(anti_csrf):
        anti_csrf = anti_csrf(exchange.sdk_request, exchange.user_context)
    anti_csrf_cookie = cookies.get(ANTI_CSRF)
    session = await refresh_session_without_request_response(
        tokens.pop(),
        # A navigation carries no header of a script's; that it is one is the check.
        disable_anti_csrf=anti_csrf != "VIA_TOKEN",
        anti_csrf_token=decoded(anti_csrf_cookie) if anti_csrf_cookie else None,
        user_context=exchange.user_context,
    )
    await session.attach_to_request_response(exchange.sdk_request, "cookie", exchange.user_context)
    exchange.write_session(session, response)


async def _failed(error: Exception, exchange: Exchange, settings: Settings) -> Ended | Fault:
    response = SdkResponse()
    refusal = await refusal_of(error, exchange, response)
    if isinstance(refusal, Unavailable | Failed):
        log_refresh_fault(refusal)
        return refusal
    log_refused(error, exchange.request)
    evidence = Evidence.of_failure(exchange.request)
    sent = (ACCESS_TOKEN, REFRESH_TOKEN, FRONT_TOKEN, LEGACY_TOKEN)
    if not any(exchange.request.cookies.get(name) for name in sent):
        # What was not sent is not to be cleared: coming from another site brings no cookie that is SameSite=Strict.
        return Ended(Additions(), evidence)
    return Ended(_composed(response.additions(), evidence, exchange, settings), evidence)
