"""SuperTokens' own API, served with no web framework."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supertokens_python.exceptions import SuperTokensError
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.supertokens import Supertokens

from supertokens_lambda import _runtime as runtime
from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.answers import answer_to_fault
from supertokens_lambda._guard.session_cookies import evidence_of, with_session_cookies
from supertokens_lambda._guard.stale_cookies import without_duplicates
from supertokens_lambda._http.message import MAX_BODY, Additions, ContentTooLargeError, Headers, Request, Response
from supertokens_lambda._log import log_outcome
from supertokens_lambda._sdk import reuse
from supertokens_lambda._sdk.budget import budget
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.keys import fault_of_keys
from supertokens_lambda._sdk.refresh_outcome import log_refresh_fault, log_refreshed, log_refused
from supertokens_lambda._sdk.sdk_http import Exchange, SdkResponse
from supertokens_lambda._sdk.start import fault_at_start
from supertokens_lambda._verification.verdict import Failed, Fault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

API_BUDGET = 5.0  # seconds: a sign-up asks the core five times


def serve(request: Request) -> Response:
    """Serve a request to SuperTokens' API: ``/auth/*``.

    Returns
    -------
    Response
        What the SDK's middleware answers, with the session's cookies; 404 for what is no route of its own; 503 where
        the core is out of reach; 500 where it refuses, or the application's own recipes fail.

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
    if isinstance(response, Unavailable | Failed):
        if refreshes:
            log_refresh_fault(response)
        else:
            log_outcome(response.name, response.reason)
        return answer_to_fault(response, as_page=False)
    written = response.additions()
    is_refreshed = refreshes and exchange.sdk_request.get_session() is not None
    evidence = evidence_of(exchange.request, written) if is_refreshed else None
    answer = response.response()
    answer.cookies = ()
    return answer.plus(with_session_cookies(request, written, runtime.settings(), evidence))


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


def call(request: Request, path: str, content: Mapping[str, Any]) -> ApiAnswer | Fault:
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
    ApiAnswer, Unavailable or Failed
        One of the latter, which is logged, where there is no answer.
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
    if isinstance(response, Unavailable | Failed):
        log_outcome(response.name, response.reason)
        return response
    additions = with_session_cookies(request, response.additions(), settings)
    return ApiAnswer(response.status_code, response.content, Additions(additions.cookies))


def _readable(request: Request) -> Request:
    """Give a refresh as the SDK can read it: to two cookies of a name its answer is an error, time and again."""
    known = fault_at_start() is None and SessionRecipe.get_instance().config.older_cookie_domain is not None
    return request if known else without_duplicates(request)


async def _serve(exchange: Exchange) -> SdkResponse | Fault:
    """Run the SDK's middleware as its own framework integrations do."""
    refreshes = _refreshes(exchange.request)
    fault = fault_at_start() or (None if _is_refresh_path(exchange.request) else fault_of_keys(exchange))
    if fault:
        return fault
    if refreshes:
        reuse.prepare()
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
        return fault_of(error)
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
