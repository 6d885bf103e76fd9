"""The sign-out by the SDK, for applications that override what it does with sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.recipe.session.asyncio import revoke_multiple_sessions
from supertokens_python.recipe.session.exceptions import UnauthorisedError

from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.session_cookies import with_session_cookies
from supertokens_lambda._http.message import Additions
from supertokens_lambda._log import log_outcome
from supertokens_lambda._sdk.errors import refusal_of
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._sign_out.handles import handles_of, sent_tokens
from supertokens_lambda._verification.verdict import Failed, Fault, Unavailable

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response
    from supertokens_lambda._sdk.api import Api
    from supertokens_lambda._sdk.sdk import Sdk


class SdkSignOut:
    """Ends sessions by the SDK's own functions.

    Parameters
    ----------
    sdk : Sdk
        The SDK.
    api : Api
        Its API.
    """

    def __init__(self, sdk: Sdk, api: Api) -> None:
        self._sdk = sdk
        self._api = api

    def call(self, request: Request) -> Response:
        """Return the answer of the SDK's middleware."""
        return self._api.serve(request)

    def form(self, request: Request) -> Additions | Fault:
        """Revoke the session of a form, and return what clears its cookies.

        SuperTokens' API does it if the access token of a cookie is good. Otherwise all sessions end whose tokens the
        core has signed.
        """
        answer = self._api.call(request, "/signout", {})
        if isinstance(answer, Unavailable | Failed):
            return answer
        # The API ends one session: that of the header, if there is one, and not that of the cookies.
        if answer.status < 400 and answer.additions and "authorization" not in request.headers:
            return answer.additions
        additions = run(self._revoke(SdkCall(request)))
        if isinstance(additions, Unavailable | Failed):
            log_outcome(additions.name, additions.reason)
        return additions

    async def _revoke(self, call: SdkCall) -> Additions | Fault:
        try:
            handles = handles_of(sent_tokens(call.request), self._sdk.signing_keys)
            if handles:
                await revoke_multiple_sessions(handles, call.user_context)
        except Exception as error:  # noqa: BLE001 - any error of the call to the core is a fault
            return fault_of(error)
        response = SdkResponse()
        await refusal_of(UnauthorisedError("signed out"), call, response)
        return Additions(with_session_cookies(call.request, response.additions(), self._sdk.settings).cookies)
