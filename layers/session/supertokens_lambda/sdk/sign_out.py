"""Signing out from a form, also with an access token that has expired."""

from __future__ import annotations

from supertokens_python.recipe.session.asyncio import revoke_session
from supertokens_python.recipe.session.exceptions import UnauthorisedError

from supertokens_lambda import runtime
from supertokens_lambda.guard.event_loop import run
from supertokens_lambda.guard.evidence import presented_tokens
from supertokens_lambda.http.message import Additions, Request
from supertokens_lambda.log import log_outcome
from supertokens_lambda.sdk import api
from supertokens_lambda.sdk.errors import refusal_of
from supertokens_lambda.sdk.exchange import Exchange, SdkResponse
from supertokens_lambda.sdk.faults import fault_of
from supertokens_lambda.sdk.frontend_cookies import frontend_cookies
from supertokens_lambda.sdk.leftovers import clear_leftovers
from supertokens_lambda.verification.access_token import AccessToken, NotATokenError
from supertokens_lambda.verification.signature import is_signed
from supertokens_lambda.verification.verdict import Failed, Fault, Unavailable


def sign_out(request: Request) -> Additions | Fault:
    """End the session of a request.

    SuperTokens' API does it where the access token is good. An expired one is as good for this: its signature says
    whose session it is, and nobody refreshes in order to leave.

    Returns
    -------
    Additions, Unavailable or Failed
        What clears the session's cookies, for the page that is the answer; or a fault, and the session goes on.
    """
    answer = api.call(request, "/signout", {})
    if isinstance(answer, Unavailable | Failed):
        return answer
    ended = answer.status < 400 and answer.additions
    additions = answer.additions if ended else run(_revoke(Exchange(request)))
    if isinstance(additions, Unavailable | Failed):
        log_outcome(additions.name, additions.reason)
        return additions
    return additions + clear_leftovers(request, runtime.settings())


async def _revoke(exchange: Exchange) -> Additions | Fault:
    try:
        for token in presented_tokens(exchange.request):
            handle = _handle(token)
            if handle:
                await revoke_session(handle, exchange.user_context)
    except Exception as error:  # noqa: BLE001 - whatever the way to the core may raise
        return fault_of(error)
    response = SdkResponse()
    await refusal_of(UnauthorisedError("signed out"), exchange, response)
    additions = response.additions()
    cookies = frontend_cookies(additions, runtime.settings()).cookies
    return Additions(additions.cookies + cookies + exchange.evidence(response).cookies)


def _handle(raw: str) -> str | None:
    """Give the session handle of a token whose signature is good, whatever its age."""
    try:
        token = AccessToken(raw)
    except NotATokenError:
        return None
    key = runtime.signing_keys().find(token.header.kid)
    return token.text("sessionHandle") if key is not None and is_signed(token, key) else None
