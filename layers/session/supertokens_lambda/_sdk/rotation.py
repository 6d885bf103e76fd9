"""The rotation of a refresh token by the SDK, for applications that override its session recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.exceptions import SuperTokensError
from supertokens_python.recipe.session.asyncio import refresh_session_without_request_response
from supertokens_python.recipe.session.exceptions import TokenTheftError, UnauthorisedError
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.supertokens import Supertokens

from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.frontend_cookies import ANTI_CSRF
from supertokens_lambda._guard.stale_cookies import without_duplicates
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.message import Response
from supertokens_lambda._refresh.outcome import Ended, Refreshed, Theft
from supertokens_lambda._refresh.presented import token_of_navigation
from supertokens_lambda._sdk.budget import budget
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.reuse import ReusedSession
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._sdk.sdk import Sdk
    from supertokens_lambda._verification.verdict import Fault


class SdkRotation:
    """Rotates refresh tokens by the functions of the SDK.

    Parameters
    ----------
    sdk : Sdk
        The SDK.
    """

    def __init__(self, sdk: Sdk) -> None:
        self._sdk = sdk

    def prepare(self) -> None:
        """Start the SDK and open the store of results."""
        if self._sdk.fault_at_start() is None and self._sdk.reuse is not None:
            self._sdk.reuse.prepare()

    def navigation(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a navigation, which carries it in a cookie."""
        return self._sdk.fault_at_start() or run(self._navigation(SdkCall(request)))

    def call(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a call, by the SDK's middleware."""
        fault = self._sdk.fault_at_start()
        if fault:
            return fault
        # With two cookies of one name the SDK fails each time, unless its config lets it clear one.
        clears = SessionRecipe.get_instance().config.older_cookie_domain is not None
        return run(self._call(SdkCall(request if clears else without_duplicates(request))))

    async def _navigation(self, call: SdkCall) -> Refreshed | Ended | Fault:
        response = SdkResponse()
        try:
            async with budget(self._sdk.budgets.page):
                token = token_of_navigation(call.request)
                if token is None:
                    raise UnauthorisedError("not one refresh token")  # noqa: TRY301 - the application's handler answers
                anti_csrf_token = call.request.cookies.get(ANTI_CSRF)
                session = await refresh_session_without_request_response(
                    token,
                    # A navigation carries no anti-CSRF header. That the request is a navigation has been checked.
                    disable_anti_csrf=self._sdk.settings.anti_csrf != "VIA_TOKEN",
                    anti_csrf_token=decoded(anti_csrf_token) if anti_csrf_token else None,
                    user_context=call.user_context,
                )
                await session.attach_to_request_response(call.sdk_request, "cookie", call.user_context)
                call.write_session(session, response)
        except Exception as error:  # noqa: BLE001 - any error of the call to the core is a fault
            return await ended_by(error, call)
        return _refreshed(call, response)

    async def _call(self, call: SdkCall) -> Refreshed | Ended | Fault:
        response = SdkResponse()
        try:
            async with budget(self._sdk.budgets.api):
                await Supertokens.get_instance().middleware(call.sdk_request, response, call.user_context)
        except Exception as error:  # noqa: BLE001 - any error of the call to the core is a fault
            return await ended_by(error, call)
        session = call.sdk_request.get_session()
        if session is None:
            return Ended(Response(status=404, body='{"message": "Not Found"}'), response.additions())
        call.write_session(session, response)
        return _refreshed(call, response)


async def ended_by(error: Exception, call: SdkCall) -> Ended | Fault:
    """Return the answer of the SDK's error handlers, which the application may have replaced, to an error."""
    if not isinstance(error, SuperTokensError):
        return fault_of(error)
    response = SdkResponse()
    try:
        await Supertokens.get_instance().handle_supertokens_error(call.sdk_request, error, response, call.user_context)
    except Exception as unhandled:  # noqa: BLE001 - an error that the SDK does not handle is a fault
        return fault_of(unhandled)
    theft = None
    if isinstance(error, TokenTheftError):
        theft = Theft(error.session_handle, error.user_id, error.recipe_user_id.get_as_string())
    return Ended(_without_cookies(response), response.additions(), theft)


def _refreshed(call: SdkCall, response: SdkResponse) -> Refreshed:
    is_reused = isinstance(call.sdk_request.get_session(), ReusedSession)
    return Refreshed(_without_cookies(response), response.additions(), is_reused)


def _without_cookies(response: SdkResponse) -> Response:
    answer = response.response()
    return Response(status=answer.status, headers=answer.headers, body=answer.body)
