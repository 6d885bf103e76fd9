"""How long the SDK may wait for the core, and how much of that time is left."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from supertokens_lambda._deadline import within_invocation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


@asynccontextmanager
async def budget(seconds: float) -> AsyncIterator[None]:
    """Set a deadline for the calls within: the given seconds, or the time left of the invocation if that is less.

    Raises
    ------
    TimeoutError
        The deadline has passed.
    """
    allowed = within_invocation(seconds)
    reset = _ends_at.set(time.monotonic() + allowed)
    try:
        async with asyncio.timeout(allowed):
            yield
    finally:
        _ends_at.reset(reset)


def left(usual: float) -> float:
    """Return the seconds that are left of the budget; outside of a budget, the usual seconds within the invocation."""
    ends_at = _ends_at.get()
    return within_invocation(usual) if ends_at is None else ends_at - time.monotonic()
