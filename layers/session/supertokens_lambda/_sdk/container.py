"""The SDK's container of a session that was verified without the SDK."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.recipe.session.session_class import Session as SdkContainer
from supertokens_python.types import RecipeUserId

from supertokens_lambda._event_loop import run_now
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.session import SdkSession

if TYPE_CHECKING:
    from supertokens_lambda._sdk.sdk import Sdk
    from supertokens_lambda._verification.verified_session import VerifiedSession


def open_container(sdk: Sdk, session: VerifiedSession) -> SdkSession:
    """Build the container as the SDK's `get_session` does, without verifying the session again."""
    sdk.start()
    call = SdkCall(session.request)
    recipe: Any = SessionRecipe.get_instance()
    container = SdkContainer(
        recipe.recipe_implementation,
        recipe.config,
        session.token.raw,
        session.front_token,
        None,
        session.request.headers.get("anti-csrf"),
        session.handle,
        session.user_id,
        RecipeUserId(session.recipe_user_id),
        # The verified token is cached for the next request, and a handler may change what the container holds.
        deepcopy(session.token.claims),
        None,
        session.is_new,
        session.tenant_id,
    )
    run_now(container.attach_to_request_response(call.sdk_request, session.transfer_method, call.user_context))
    return SdkSession(container, call)
