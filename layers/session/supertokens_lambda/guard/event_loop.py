"""The one event loop that a function keeps between its invocations."""

from collections.abc import Coroutine
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio

_T = TypeVar("_T")


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end on the kept loop.

    Raises
    ------
    RuntimeError
        Within a running loop: Lambda calls handlers from none.
    """
    try:
        return _loop().run_until_complete(coroutine)
    finally:
        coroutine.close()


def run_now(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing, within a running loop too."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    finally:
        coroutine.close()
    raise RuntimeError("the coroutine waits for something")


@cache
def _loop() -> "asyncio.AbstractEventLoop":
    # Handlers that are no coroutines do without it.
    import asyncio

    loop = asyncio.new_event_loop()
    # SuperTokens' blocking functions look for the thread's loop.
    asyncio.set_event_loop(loop)
    return loop
