"""Verification by `get_session` of the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.recipe.session.asyncio import get_session

from supertokens_lambda._event_loop import run
from supertokens_lambda._sdk.budget import budget
from supertokens_lambda._sdk.claims import sdk_choice
from supertokens_lambda._sdk.errors import refusal_of
from supertokens_lambda._sdk.keys import fault_of_keys
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._sdk.session import SdkSession
from supertokens_lambda._verification.verdict import Anonymous, Verdict, Verified

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._sdk.sdk import Sdk
    from supertokens_lambda._verification.options import VerifyOptions


def verify(sdk: Sdk, request: Request, options: VerifyOptions) -> Verdict:
    """Return the SDK's verdict on a request's session.

    Raises
    ------
    SettingsError
        The settings and `backend_config` do not agree; raised by the first call.
    """
    return sdk.fault_at_start() or run(_verify(sdk, SdkCall(request), options))


async def _verify(sdk: Sdk, call: SdkCall, options: VerifyOptions) -> Verdict:
    fault = fault_of_keys(call, sdk.signing_keys)
    if fault:
        return fault
    response = SdkResponse()
    try:
        async with budget(sdk.budgets.page):
            container = await get_session(
                call.sdk_request,
                session_required=options.session_required,
                anti_csrf_check=options.anti_csrf_check,
                check_database=options.check_database,
                override_global_claim_validators=sdk_choice(options.override_global_claim_validators),
                user_context=call.user_context,
            )
    except Exception as error:  # noqa: BLE001 - any error of the call to the core becomes a verdict
        return await refusal_of(error, call, response)
    return Anonymous() if container is None else Verified(SdkSession(container, call))
