"""What is left of the invocation: no call to the core outlasts it, so that there is time to answer."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TO_ANSWER = 0.5  # seconds that are kept for the answer

_invocation: ContextVar[Any] = ContextVar("invocation", default=None)

# Takes note of Lambda's context, which tells when the invocation ends; one that does not tell sets no end.
begin_invocation: Callable[[Any], object] = _invocation.set


def within_invocation(budget: float) -> float:
    """Give a budget, or what is left of the invocation if that is less; both in seconds."""
    remaining = getattr(_invocation.get(), "get_remaining_time_in_millis", None)
    return min(budget, remaining() / 1000 - _TO_ANSWER) if remaining else budget
