"""The reuse interval: two refreshes with one refresh token, moments apart, get the same new tokens.

Two tabs that refresh at once would be given a child of the refresh token each. The first child that is seen in use
takes the token's place, and the other one is a stolen token from then on: at its next refresh the session would end.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import TYPE_CHECKING, Any

from supertokens_python.recipe.session.interfaces import SessionContainer, TokenInfo
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.recipe.session.session_class import Session
from supertokens_python.types import RecipeUserId

from supertokens_lambda._log import log_fault
from supertokens_lambda._sdk.budget import left
from supertokens_lambda._sdk.sealed import seal, unseal
from supertokens_lambda._sdk.verify import CORE_BUDGET

if TYPE_CHECKING:
    from supertokens_lambda._sdk.reuse_store import ReuseStore
    from supertokens_lambda.settings import Settings

Refresh = Callable[[str, str | None, bool, dict[str, Any]], Coroutine[Any, Any, SessionContainer]]


class ReusedSession(Session):
    """A session with the tokens that an earlier refresh with the same refresh token got."""


def install(settings: Settings) -> None:
    """Put the reuse interval around the SDK's `refresh_session`, and around what the application has made of it."""
    implementation = SessionRecipe.get_instance().recipe_implementation
    present = implementation.refresh_session
    refresh = present.refresh if isinstance(present, ReusingRefresh) else present
    implementation.refresh_session = ReusingRefresh(refresh, settings)  # type: ignore[method-assign]  # how the SDK has its functions overridden


def prepare() -> None:
    """Open the store of results ahead of a refresh, whose budget is not for loading AWS' SDK."""
    refresh = SessionRecipe.get_instance().recipe_implementation.refresh_session
    if isinstance(refresh, ReusingRefresh):
        _ = refresh.store


class ReusingRefresh:
    """The SDK's `refresh_session`, within the reuse interval.

    A fault of the store's costs the protection of that one refresh, and is logged: the core decides.

    Parameters
    ----------
    refresh : callable
        What asks the core.
    settings : Settings
        With the interval, and the table if there is one.
    """

    def __init__(self, refresh: Refresh, settings: Settings) -> None:
        self.refresh: Refresh = refresh
        self._settings = settings

    @cached_property
    def store(self) -> ReuseStore | None:
        """The store of results; None where it cannot be opened."""
        try:
            from supertokens_lambda._sdk.reuse_store import ReuseStore

            return ReuseStore(self._settings)
        except Exception as error:  # noqa: BLE001 - whatever the environment lacks
            log_fault(error)
            return None

    async def __call__(
        self, refresh_token: str, anti_csrf_token: str | None, disable_anti_csrf: bool, user_context: dict[str, Any]
    ) -> SessionContainer:
        """Give the session with new tokens, as the SDK's function does; a `ReusedSession` from the store."""
        arguments = refresh_token, anti_csrf_token, disable_anti_csrf, user_context
        store = self.store
        if store is None:
            return await self.refresh(*arguments)
        ends_at = time.monotonic() + left(CORE_BUDGET)
        context = _context(anti_csrf_token, disable_anti_csrf=disable_anti_csrf)
        try:
            result = await store.begin(refresh_token, ends_at)
            if result is not None:
                return _session_of(unseal(result, refresh_token, context), self._settings.refresh_reuse_interval)
        except Exception as error:  # noqa: BLE001 - whatever the store, or who writes to it, may come up with
            log_fault(error)
            return await self.refresh(*arguments)
        try:
            session = await self.refresh(*arguments)
        except Exception as error:
            await _give_up(store, refresh_token, error, ends_at)
            raise
        await _finish(store, refresh_token, session, context)
        return session


async def _finish(store: ReuseStore, refresh_token: str, session: SessionContainer, context: bytes) -> None:
    try:
        await store.finish(refresh_token, seal(_content_of(session), refresh_token, context))
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the tokens are there: not even the end of the budget takes them away
        log_fault(error)


async def _give_up(store: ReuseStore, refresh_token: str, error: Exception, ends_at: float) -> None:
    if time.monotonic() >= ends_at:
        return  # Others wait no longer, and the record may be one of theirs.
    try:
        await store.give_up(refresh_token, error)
    except Exception as fault:  # noqa: BLE001 - it is the refresh's own error that counts
        log_fault(fault)


def _context(anti_csrf_token: str | None, *, disable_anti_csrf: bool) -> bytes:
    """Give what has to be the same for a result to be reused: the anti-CSRF token, where the core would check it."""
    checked = not disable_anti_csrf and SessionRecipe.get_instance().config.anti_csrf_function_or_string == "VIA_TOKEN"
    return json.dumps(anti_csrf_token if checked else None).encode()


def _content_of(session: SessionContainer) -> bytes:
    content = {
        "at": time.time(),
        "access_token": session.access_token,
        "front_token": session.front_token,
        "refresh_token": session.refresh_token and session.refresh_token.to_json(),
        "anti_csrf_token": session.anti_csrf_token,
        "session_handle": session.session_handle,
        "user_id": session.user_id,
        "recipe_user_id": session.recipe_user_id.get_as_string(),
        "payload": session.user_data_in_access_token,
        "tenant_id": session.tenant_id,
    }
    return json.dumps(content).encode()


def _session_of(content: bytes, interval: int) -> ReusedSession:
    """Make the SDK's container of what was kept.

    Raises
    ------
    ValueError
        It was kept longer than the interval: somebody has changed the record's expiry, which is not sealed.
    """
    kept = json.loads(content)
    # Powertools counts in whole seconds.
    if time.time() - kept["at"] > interval + 1:
        raise ValueError("the record has outlived the interval")
    recipe = SessionRecipe.get_instance()
    refresh_token = kept["refresh_token"]
    return ReusedSession(
        recipe.recipe_implementation,
        recipe.config,
        kept["access_token"],
        kept["front_token"],
        refresh_token and TokenInfo(refresh_token["token"], refresh_token["expiry"], refresh_token["createdTime"]),
        kept["anti_csrf_token"],
        kept["session_handle"],
        kept["user_id"],
        RecipeUserId(kept["recipe_user_id"]),
        kept["payload"],
        None,
        True,
        kept["tenant_id"],
    )
