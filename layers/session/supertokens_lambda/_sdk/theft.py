"""The end of a session whose refresh token was stolen: by the SDK, so that error handlers of the application run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.recipe.session.cookie_and_header import set_cookie_response_mutator
from supertokens_python.recipe.session.exceptions import TokenTheftError
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.types import RecipeUserId

from supertokens_lambda._event_loop import run
from supertokens_lambda._sdk.budget import budget
from supertokens_lambda._sdk.faults import fault_of
from supertokens_lambda._sdk.rotation import ended_by
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._verification.session_tokens import LEGACY_TOKEN

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._refresh.outcome import Ended, Theft
    from supertokens_lambda._sdk.sdk import Sdk
    from supertokens_lambda._verification.verdict import Fault


def answer_to_theft(sdk: Sdk, request: Request, theft: Theft) -> Ended | Fault:
    """Return the answer of the SDK to a theft; by default it revokes the session and answers 401."""
    return sdk.fault_at_start() or run(_answer_to_theft(sdk, SdkCall(request), theft))


async def _answer_to_theft(sdk: Sdk, call: SdkCall, theft: Theft) -> Ended | Fault:
    error = TokenTheftError(theft.user_id, RecipeUserId(theft.recipe_user_id), theft.session_handle)
    # For a call the SDK's API also clears the legacy cookie; for a navigation only its error handler runs.
    if call.request.method == "POST" and call.request.cookies.get(LEGACY_TOKEN) is not None:
        config = SessionRecipe.get_instance().config
        mutator = set_cookie_response_mutator(config, LEGACY_TOKEN, "", 0, "access_token_path", call.sdk_request)
        error.response_mutators.append(mutator)
    try:
        async with budget(sdk.budgets.api):
            return await ended_by(error, call)
    except TimeoutError as fault:
        return fault_of(fault)
