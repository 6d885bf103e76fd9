"""Calls that are abandoned when their time is up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class UnreachableError(SuperTokensLambdaError, OSError):
    """The server did not send a complete answer in time; the message does not quote the request."""


def within(budget: float, call: Callable[[], _T], give_up: Callable[[], None] = lambda: None) -> _T:
    """Return the result of a call, which runs on a thread and is abandoned when the budget is used up.

    A socket's timeout limits one read: it ends neither a name look-up nor an answer that arrives byte by byte.

    Parameters
    ----------
    budget : float
        Seconds.
    call : callable
        Its exceptions are raised here.
    give_up : callable
        Ends the abandoned call.

    Raises
    ------
    UnreachableError
        The budget is used up.
    """
    if budget <= 0:
        raise UnreachableError("no time left for the call")
    outcome: list[_T | BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again on the waiting thread
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(budget)
    if not outcome:
        give_up()
        raise UnreachableError("no answer in time")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]
