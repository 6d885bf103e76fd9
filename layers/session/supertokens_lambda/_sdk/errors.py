"""The verdicts for errors of the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jwt.exceptions import ExpiredSignatureError, ImmatureSignatureError, PyJWTError
from supertokens_python.exceptions import SuperTokensError
from supertokens_python.recipe.session.exceptions import (
    InvalidClaimsError,
    SuperTokensSessionError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from supertokens_python.supertokens import Supertokens

from supertokens_lambda._core_client.client import CoreUnreachableError
from supertokens_lambda._core_client.refusal import CoreRefusedError
from supertokens_lambda._delivery.errors import DeliveryError
from supertokens_lambda._event_loop import run
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._verification import faults
from supertokens_lambda._verification.verdict import (
    Fault,
    InvalidClaims,
    Reason,
    Refusal,
    TryRefresh,
    Unauthorised,
)

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._sdk.sdk import Sdk

# Only the text of an error says which check of the SDK failed.
_REASONS = {
    "Access token expired": Reason.TOKEN_EXPIRED,
    "No matching JWKS found": Reason.KEY_UNKNOWN,
    "use_dynamic_access_token_signing_key": Reason.KEY_KIND_MISMATCH,
    "Multiple access tokens present": Reason.DUPLICATE_COOKIES,
    "legacy session": Reason.LEGACY_SESSION,
    "anti-csrf": Reason.ANTI_CSRF_FAILED,
    "antiCsrfToken": Reason.ANTI_CSRF_FAILED,
}


async def refusal_of(
    error: Exception, call: SdkCall, response: SdkResponse
) -> TryRefresh | Unauthorised | InvalidClaims | Fault:
    """Return the verdict for an error of the SDK.

    Parameters
    ----------
    error : Exception
        What the SDK raised. An error that is not a `SuperTokensError` is a fault, and is logged.
    call : SdkCall
        The call that raised it.
    response : SdkResponse
        The SDK's error handler writes to it: the cleared cookies of a session that has ended.
    """
    if not isinstance(error, SuperTokensError):
        return fault_of(error)
    if isinstance(error, TryRefreshTokenError):
        return TryRefresh(_reason(error.args[0] if error.args else None))
    try:
        await Supertokens.get_instance().handle_supertokens_error(call.sdk_request, error, response, call.user_context)
    except Exception as unhandled:  # noqa: BLE001 - an error that the SDK does not handle is a fault
        return fault_of(unhandled)
    if isinstance(error, InvalidClaimsError):
        return InvalidClaims(response.content)
    return Unauthorised(_why_unauthorised(error, call), response.additions())


def refusal_of_handler(sdk: Sdk, request: Request, error: Exception) -> Refusal | None:
    """Return the verdict for an error that the handler of a page raised.

    Returns
    -------
    Refusal or None
        None for an error that is not of SuperTokens.
    """
    if isinstance(error, CoreUnreachableError | CoreRefusedError):
        return faults.fault_of(error)
    if isinstance(error, DeliveryError):
        return fault_of(error)
    if not isinstance(error, SuperTokensSessionError):
        return None
    return sdk.fault_at_start() or run(refusal_of(error, SdkCall(request), SdkResponse()))


def _reason(cause: Any) -> Reason:
    if isinstance(cause, ExpiredSignatureError):
        return Reason.TOKEN_EXPIRED
    if isinstance(cause, ImmatureSignatureError):
        return Reason.TOKEN_NOT_YET_VALID
    message = str(cause)
    for part, reason in _REASONS.items():
        if part in message:
            return reason
    return Reason.TOKEN_REFUSED if isinstance(cause, PyJWTError | Exception) else Reason.CORE_ASKS_FOR_REFRESH


def _why_unauthorised(error: SuperTokensError, call: SdkCall) -> Reason:
    if not isinstance(error, UnauthorisedError) or error.clear_tokens:
        return Reason.SESSION_ENDED
    request = call.request
    has_token = request.cookies.get("sAccessToken") or request.headers.get("authorization")
    return Reason.NOT_A_TOKEN if has_token else Reason.TOKEN_MISSING
