"""What is left of the invocation: no call to the core outlasts it, so that there is time to answer."""

import time
from contextvars import ContextVar
from typing import Any

_TO_ANSWER = 0.5  # seconds that are kept for the answer

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


def begin_invocation(context: Any) -> None:
    """Take note of when the invocation ends, as Lambda's context tells; a context that does not tell sets no end."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    _ends_at.set(time.monotonic() + remaining() / 1000 if remaining else float("inf"))


def within_invocation(budget: float) -> float:
    """Give a budget, or what is left of the invocation if that is less; both in seconds."""
    return min(budget, _ends_at.get() - time.monotonic() - _TO_ANSWER)
