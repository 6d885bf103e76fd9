"""SuperTokens' SDK in a test: a session, and the end of the SDK itself."""

from __future__ import annotations

import os
import sys
from typing import Any

from supertokens_lambda._event_loop import run


def begin_session(user_id: str, payload: dict[str, Any]) -> str:
    """Return the access token of a new session."""
    from supertokens_python.recipe.session.asyncio import create_new_session_without_request_response
    from supertokens_python.types import RecipeUserId

    return run(create_new_session_without_request_response("public", RecipeUserId(user_id), payload)).get_access_token()


def stop_sdk() -> None:
    """Set SuperTokens' SDK back, if it is loaded: a process has only one, which keeps its first core and recipes."""
    if "supertokens_python" not in sys.modules:
        return
    from supertokens_python import Supertokens
    from supertokens_python.post_init_callbacks import PostSTInitCallbacks
    from supertokens_python.querier import Querier
    from supertokens_python.recipe.session.jwks import reset_jwks_cache
    from supertokens_python.recipe_module import RecipeModule

    # The SDK has no types for what only tests call.
    recipes: list[Any] = RecipeModule.__subclasses__()
    resets: list[Any] = [Supertokens.reset, *(recipe.reset for recipe in recipes if hasattr(recipe, "reset"))]
    before = os.environ.get("SUPERTOKENS_ENV")
    os.environ["SUPERTOKENS_ENV"] = "testing"  # or they raise
    try:
        for reset in [*resets, PostSTInitCallbacks.reset, reset_jwks_cache]:
            reset()
    finally:
        del os.environ["SUPERTOKENS_ENV"]
        if before is not None:
            os.environ["SUPERTOKENS_ENV"] = before
    Querier.api_version = None
