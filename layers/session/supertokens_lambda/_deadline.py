"""The deadline of the invocation: calls to the core and to AWS end before it, so that there is time to answer."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TO_ANSWER = 0.5  # seconds reserved for the answer

_invocation: ContextVar[Any] = ContextVar("invocation", default=None)

# Remembers the context of Lambda, which knows when the invocation ends. A context without that method sets no deadline.
begin_invocation: Callable[[Any], object] = _invocation.set


def within_invocation(budget: float) -> float:
    """Return the smaller of a budget and the remaining time of the invocation, in seconds."""
    remaining = getattr(_invocation.get(), "get_remaining_time_in_millis", None)
    return min(budget, remaining() / 1000 - _TO_ANSWER) if remaining else budget
