"""SuperTokens' API, served without a web framework."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import supertokens_python.recipe.webauthn.types.base  # noqa: F401 - the SDK would load it with the first user
from supertokens_python.exceptions import SuperTokensError
from supertokens_python.supertokens import Supertokens

from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.answers import answer_to_fault
from supertokens_lambda._guard.frontend_cookies import ANTI_CSRF
from supertokens_lambda._guard.session_cookies import with_session_cookies
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.message import Additions, Headers, Request, Response
from supertokens_lambda._log import log_outcome
from supertokens_lambda._sdk.api_answer import ApiAnswer
from supertokens_lambda._sdk.budget import budget
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.keys import fault_of_keys
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._sdk.tenants import names_unknown_tenant
from supertokens_lambda._verification.verdict import Failed, Fault, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._sdk.sdk import Sdk


class Api:
    """Serves every path of SuperTokens' API except the refresh.

    Parameters
    ----------
    sdk : Sdk
        The SDK.
    """

    def __init__(self, sdk: Sdk) -> None:
        self._sdk = sdk

    def serve(self, request: Request) -> Response:
        """Serve a request.

        Returns
        -------
        Response
            The answer of the SDK's middleware, with the session's cookies; 404 for an unknown route; 503 if the core is
            unavailable; 500 if the core refuses the call, or code of the application fails.

        Raises
        ------
        ContentTooLargeError
            The body has more than `MAX_BODY` bytes; `http_handler` answers 413.
        """
        request.check_size()
        response = self._answered(SdkCall(request))
        if isinstance(response, Unavailable | Failed):
            return answer_to_fault(response, as_page=False)
        answer = response.response()
        answer.cookies = ()
        return answer.plus(with_session_cookies(request, response.additions(), self._sdk.settings))

    def call(
        self,
        request: Request,
        path: str,
        content: Mapping[str, Any] | None = None,
        *,
        method: str = "POST",
        parameters: Mapping[str, str] | None = None,
    ) -> ApiAnswer | Fault:
        """Call SuperTokens' API as the browser would, for a page whose forms need no JavaScript.

        The public name is `supertokens_lambda.forms.call_api`, which documents the parameters.
        """
        headers = {"content-type": "application/json", "st-auth-mode": "cookie", "rid": "anti-csrf"}
        anti_csrf = request.cookies.get(ANTI_CSRF)
        if anti_csrf:
            headers["anti-csrf"] = decoded(anti_csrf)
        settings = self._sdk.settings
        response = self._answered(
            SdkCall(
                Request(
                    method=method,
                    seen_path=settings.api_gateway_path + settings.api_base_path + path,
                    path=settings.api_base_path + path,
                    query=urlencode(parameters or {}),
                    headers=Headers(request.headers | headers),
                    cookies=request.cookies,
                    body=b"" if content is None else json.dumps(content).encode(),
                )
            )
        )
        if isinstance(response, Unavailable | Failed):
            return response
        additions = with_session_cookies(request, response.additions(), settings)
        return ApiAnswer(response.status_code, response.content, Additions(additions.cookies))

    def _answered(self, call: SdkCall) -> SdkResponse | Fault:
        sdk = self._sdk
        response = sdk.fault_at_start() or fault_of_keys(call, sdk.signing_keys) or run(self._middleware(call))
        if isinstance(response, Unavailable | Failed):
            log_outcome(response.name, response.reason)
        return response

    async def _middleware(self, call: SdkCall) -> SdkResponse | Fault:
        """Run the SDK's middleware as its integrations of web frameworks do."""
        sdk = Supertokens.get_instance()
        response = SdkResponse()
        try:
            async with budget(self._sdk.budgets.api):
                try:
                    handled = await sdk.middleware(call.sdk_request, response, call.user_context)
                except SuperTokensError as error:
                    response = SdkResponse()
                    await sdk.handle_supertokens_error(call.sdk_request, error, response, call.user_context)
                    return response
        except Exception as error:  # noqa: BLE001 - any error of the call to the core is a fault
            return await _fault_or_answer(call, error)
        session = call.sdk_request.get_session()
        if session is not None:
            call.write_session(session, response)
        return _not_found(response) if handled is None else response


async def _fault_or_answer(call: SdkCall, error: Exception) -> Fault | SdkResponse:
    try:
        is_unknown = await names_unknown_tenant(call)
    except Exception:  # noqa: BLE001 - the first error is the one to report
        is_unknown = False
    if not is_unknown:
        return fault_of(error)
    # No error of the application: anybody can ask for any path.
    log_outcome("bad-request", "unknown-tenant")
    return _not_found(SdkResponse())


def _not_found(response: SdkResponse) -> SdkResponse:
    response.set_status_code(404)
    response.set_json_content({"message": "Not Found"})
    return response
