"""The one event loop that a function keeps between its invocations."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

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


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    # SuperTokens' blocking functions look for the thread's loop.
    asyncio.set_event_loop(loop)
    return loop
