"""Calls that end when their time is up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class UnreachableError(SuperTokensLambdaError, OSError):
    """The server did not send a complete answer in time; the message does not quote the request."""


def time_left(ends_at: float) -> float:
    """Return the seconds until a moment of the monotonic clock.

    Raises
    ------
    UnreachableError
        The moment has passed.
    """
    left = ends_at - time.monotonic()
    if left <= 0:
        raise UnreachableError("no answer in time")
    return left


def unreachable(error: OSError) -> UnreachableError:
    """Return the error as one that may be shown: the words of others may quote the request."""
    if isinstance(error, UnreachableError):
        return error
    return UnreachableError("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)


def within(ends_at: float, call: Callable[[], _T]) -> _T:
    """Return the result of a call that has no timeout, which runs on a thread and is abandoned when its time is up.

    Parameters
    ----------
    ends_at : float
        Seconds of the monotonic clock.
    call : callable
        Its exceptions are raised here.

    Raises
    ------
    UnreachableError
        The time is up.
    """
    outcome: list[_T | BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again on the waiting thread
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(time_left(ends_at))
    if not outcome:
        raise UnreachableError("no answer in time")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]
