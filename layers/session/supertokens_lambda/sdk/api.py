"""SuperTokens' own API, served with no web framework."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supertokens_python.exceptions import SuperTokensError
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.supertokens import Supertokens

from supertokens_lambda import runtime
from supertokens_lambda.guard.answers import unavailable
from supertokens_lambda.guard.event_loop import run
from supertokens_lambda.http.message import MAX_BODY, Additions, ContentTooLargeError, Headers, Request, Response
from supertokens_lambda.log import log_fault
from supertokens_lambda.sdk import reuse
from supertokens_lambda.sdk.budget import budget
from supertokens_lambda.sdk.exchange import Exchange, SdkResponse
from supertokens_lambda.sdk.frontend_cookies import frontend_cookies
from supertokens_lambda.sdk.keys import keys_are_known
from supertokens_lambda.sdk.leftovers import clear_leftovers, without_duplicates
from supertokens_lambda.sdk.refresh_outcome import log_refreshed, log_refused, log_unavailable
from supertokens_lambda.sdk.start import is_started

if TYPE_CHECKING:
    from collections.abc import Mapping

API_BUDGET = 5.0  # seconds: a sign-up asks the core five times


def serve(request: Request) -> Response:
    """Serve a request to SuperTokens' API: ``/auth/*``.

    Returns
    -------
    Response
        What the SDK's middleware answers, with the session's cookies; 404 for what is no route of its own; 503 where
        the core is out of reach.

    Raises
    ------
    ContentTooLargeError
        The body has more than `MAX_BODY` bytes; `http_handler` answers 413.
    """
    if len(request.body) > MAX_BODY:
        raise ContentTooLargeError("the body is too large")
    refreshes = _refreshes(request)
    exchange = Exchange(_readable(request) if refreshes else request)
    response = run(_serve(exchange))
    if response is None:
        if refreshes:
            log_unavailable()
        return unavailable(as_page=False)
    # What is cleared of other domains goes first, as in the refresh by a navigation.
    cleared = clear_leftovers(request, runtime.settings()).cookies if refreshes else ()
    answer = response.response()
    answer.cookies = cleared + answer.cookies
    return answer.plus(exchange.evidence(response, refreshed=refreshes))


@dataclass(frozen=True)
class ApiAnswer:
    """What SuperTokens' API answered to a call of the server's own.

    Attributes
    ----------
    status : int
        The status code.
    content : mapping
        The JSON, with SuperTokens' ``status``.
    additions : Additions
        The session's cookies, those of the browser SDK too, for the page that is the answer.
    """

    status: int
    content: Mapping[str, Any]
    additions: Additions


def call(request: Request, path: str, content: Mapping[str, Any]) -> ApiAnswer | None:
    """Call SuperTokens' API as the browser would, for a page whose forms need no JavaScript.

    Validators, overrides and hooks of the application's recipes apply, and the session comes in cookies.

    Parameters
    ----------
    request : Request
        The request that the page got: its headers and cookies go along.
    path : str
        Of the API, like ``/signin``.
    content : mapping
        The JSON to post.

    Returns
    -------
    ApiAnswer or None
        None where the core is out of reach.
    """
    headers = {"content-type": "application/json", "st-auth-mode": "cookie", "rid": "anti-csrf"}
    settings = runtime.settings()
    exchange = Exchange(
        Request(
            method="POST",
            seen_path=settings.api_gateway_path + settings.api_base_path + path,
            path=settings.api_base_path + path,
            headers=Headers(request.headers | headers),
            cookies=request.cookies,
            body=json.dumps(content).encode(),
        )
    )
    response = run(_serve(exchange))
    if response is None:
        return None
    own = response.additions()
    cookies = frontend_cookies(own, settings).cookies + exchange.evidence(response).cookies
    return ApiAnswer(response.status_code, response.content, Additions(own.cookies + cookies))


def _readable(request: Request) -> Request:
    """Give a refresh as the SDK can read it: to two cookies of a name its answer is an error, time and again."""
    known = is_started() and SessionRecipe.get_instance().config.older_cookie_domain is not None
    return request if known else without_duplicates(request)


async def _serve(exchange: Exchange) -> SdkResponse | None:
    """Run the SDK's middleware as its own framework integrations do; None where the way to the core failed."""
    if not is_started():
        return None
    refreshes = _refreshes(exchange.request)
    if refreshes:
        reuse.prepare()
    elif not _is_refresh_path(exchange.request) and not keys_are_known(exchange):
        return None
    sdk = Supertokens.get_instance()
    response = SdkResponse()
    try:
        async with budget(API_BUDGET):
            try:
                handled = await sdk.middleware(exchange.sdk_request, response, exchange.user_context)
            except SuperTokensError as error:
                response = SdkResponse()
                await sdk.handle_supertokens_error(exchange.sdk_request, error, response, exchange.user_context)
                if refreshes:
                    log_refused(error, exchange.request)
                return response
    except Exception as error:  # noqa: BLE001 - whatever the way to the core may raise
        log_fault(error)
        return None
    session = exchange.sdk_request.get_session()
    if session is not None:
        exchange.write_session(session, response)
        if refreshes:
            log_refreshed(session)
    if handled is None:
        response.set_status_code(404)
        response.set_json_content({"message": "Not Found"})
    return response


def _refreshes(request: Request) -> bool:
    return request.method == "POST" and _is_refresh_path(request)


def _is_refresh_path(request: Request) -> bool:
    return request.path.rstrip("/").endswith("/session/refresh")
