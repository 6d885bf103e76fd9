"""The reuse interval around the SDK's refresh, for applications that override it or call it themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any

from supertokens_python.recipe.session.interfaces import SessionContainer, TokenInfo
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.recipe.session.session_class import Session
from supertokens_python.types import RecipeUserId

from supertokens_lambda._refresh.reuse import context_of
from supertokens_lambda._refresh.tokens import RefreshToken, Tokens
from supertokens_lambda._sdk.budget import left

if TYPE_CHECKING:
    from supertokens_lambda._refresh.reuse import ReuseInterval

_Begun = tuple[Tokens | None, bool]
Refresh = Callable[[str, str | None, bool, dict[str, Any]], Coroutine[Any, Any, SessionContainer]]


class ReusedSession(Session):
    """A session with the tokens of an earlier refresh with the same refresh token."""


def install(reuse: ReuseInterval, budget: float) -> None:
    """Set the SDK's `refresh_session` to one within the reuse interval, whether or not the application overrides it."""
    implementation = SessionRecipe.get_instance().recipe_implementation
    present = implementation.refresh_session
    refresh = present.refresh if isinstance(present, ReusingRefresh) else present
    implementation.refresh_session = ReusingRefresh(refresh, reuse, budget)  # type: ignore[method-assign]  # how the SDK has its functions overridden


class ReusingRefresh:
    """The SDK's `refresh_session`, within the reuse interval.

    Parameters
    ----------
    refresh : callable
        The function that calls the core.
    reuse : ReuseInterval
        The interval. Its store blocks, so its methods run in threads.
    budget : float
        Seconds for a refresh that has no budget yet.
    """

    def __init__(self, refresh: Refresh, reuse: ReuseInterval, budget: float) -> None:
        self.refresh: Refresh = refresh
        self.reuse: ReuseInterval = reuse
        self._budget = budget

    async def __call__(
        self, refresh_token: str, anti_csrf_token: str | None, disable_anti_csrf: bool, user_context: dict[str, Any]
    ) -> SessionContainer:
        """Return the session with new tokens as the SDK's function does, or a `ReusedSession` from the store."""
        ends_at = time.monotonic() + left(self._budget)
        config = SessionRecipe.get_instance().config
        is_checked = not disable_anti_csrf and config.anti_csrf_function_or_string == "VIA_TOKEN"
        context = context_of(anti_csrf_token, is_checked=is_checked)
        found, has_begun = await _begun(self.reuse.beginning(refresh_token, context, ends_at))
        if found is not None:
            return _session_of(found)
        try:
            session = await self.refresh(refresh_token, anti_csrf_token, disable_anti_csrf, user_context)
        except BaseException:
            if has_begun:
                # Shielded, because the budget may be spent.
                await asyncio.shield(asyncio.to_thread(self.reuse.give_up, refresh_token, ends_at))
            raise
        await asyncio.shield(asyncio.to_thread(self.reuse.complete, refresh_token, context, _tokens_of(session)))
        return session


async def _begun(steps: Generator[float, None, _Begun]) -> _Begun:
    # Threads run the steps, not the waits: otherwise waiting refreshes could take all threads from the one that works.
    while True:
        wait, begun = await asyncio.to_thread(_step, steps)
        if begun is not None:
            return begun
        await asyncio.sleep(wait)


def _step(steps: Generator[float, None, _Begun]) -> tuple[float, _Begun | None]:
    try:
        return next(steps), None
    except StopIteration as end:
        return 0.0, end.value


def _tokens_of(session: SessionContainer) -> Tokens:
    token = session.refresh_token
    return Tokens(
        access_token=session.access_token,
        front_token=session.front_token,
        refresh_token=RefreshToken(token.token, token.expiry, token.created_time) if token else None,
        anti_csrf_token=session.anti_csrf_token,
        session_handle=session.session_handle,
        user_id=session.user_id,
        recipe_user_id=session.recipe_user_id.get_as_string(),
        tenant_id=session.tenant_id,
        payload=session.user_data_in_access_token or {},
    )


def _session_of(tokens: Tokens) -> ReusedSession:
    recipe = SessionRecipe.get_instance()
    token = tokens.refresh_token
    return ReusedSession(
        recipe.recipe_implementation,
        recipe.config,
        tokens.access_token,
        tokens.front_token,
        token and TokenInfo(token.token, token.expiry, token.created_time),
        tokens.anti_csrf_token,
        tokens.session_handle,
        tokens.user_id,
        RecipeUserId(tokens.recipe_user_id),
        dict(tokens.payload),
        None,
        True,
        tokens.tenant_id,
    )
