"""Signing out from a form, also with an access token that has expired."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from supertokens_python.recipe.session.asyncio import revoke_multiple_sessions
from supertokens_python.recipe.session.exceptions import UnauthorisedError

from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.evidence import presented_tokens
from supertokens_lambda._guard.session_cookies import with_session_cookies
from supertokens_lambda._http.message import Additions, Request
from supertokens_lambda._log import log_outcome
from supertokens_lambda._sdk.errors import refusal_of
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.sdk_http import SdkCall, SdkResponse
from supertokens_lambda._verification.access_token import AccessToken, NotATokenError
from supertokens_lambda._verification.signature import is_signed
from supertokens_lambda._verification.verdict import Failed, Fault, Unavailable

if TYPE_CHECKING:
    from supertokens_lambda._sdk.api import Api
    from supertokens_lambda._sdk.sdk import Sdk
    from supertokens_lambda._verification.signing_keys import SigningKeys

# Seconds since a token expired. The core publishes a dynamic key for about as long after its last token; a static key
# never changes, and a token of years ago, from a log or a backup, is to end no session.
LONGEST_AGE = 7 * 24 * 3600


def sign_out(api: Api, sdk: Sdk, request: Request) -> Additions | Fault:
    """Revoke the session of a request.

    SuperTokens' API revokes it if the access token is valid. A token that expired within the last week is accepted too:
    its signature proves the session, and a sign-out needs no refresh. With two tokens, both sessions are revoked, since
    the client holds both.

    Returns
    -------
    Additions, Unavailable or Failed
        What clears the session's cookies, for the page that is the answer; or a fault, and the session goes on.
    """
    answer = api.call(request, "/signout", {})
    if isinstance(answer, Unavailable | Failed):
        return answer
    ended = answer.status < 400 and answer.additions
    if ended:
        return answer.additions
    additions = run(_revoke(sdk, SdkCall(request)))
    if isinstance(additions, Unavailable | Failed):
        log_outcome(additions.name, additions.reason)
    return additions


async def _revoke(sdk: Sdk, call: SdkCall) -> Additions | Fault:
    try:
        tokens = presented_tokens(call.request)
        handles = {handle for token in tokens if (handle := _handle(token, sdk.signing_keys))}
        if handles:
            await revoke_multiple_sessions(sorted(handles), call.user_context)
    except Exception as error:  # noqa: BLE001 - any error of the call to the core is a fault
        return fault_of(error)
    response = SdkResponse()
    await refusal_of(UnauthorisedError("signed out"), call, response)
    return Additions(with_session_cookies(call.request, response.additions(), sdk.settings).cookies)


def _handle(raw: str, keys: SigningKeys) -> str | None:
    """Return the session handle of a token that the core has signed, and that expired a week ago at most."""
    try:
        token = AccessToken(raw)
    except NotATokenError:
        return None
    key = keys.find(token.header.kid)
    if key is None or not is_signed(token, key) or not time.time() < token.claims["exp"] + LONGEST_AGE:
        return None
    return token.text("sessionHandle")
