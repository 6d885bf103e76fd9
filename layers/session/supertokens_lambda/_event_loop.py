"""The one event loop that a function keeps between its invocations."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine

_T = TypeVar("_T")


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end, on the kept loop.

    Lambda calls handlers from the main thread and from no loop. Elsewhere, within a loop that runs and in the threads
    of a web server, the coroutine runs on a loop in a thread of its own, and the caller waits for it.
    """
    try:
        if threading.current_thread() is threading.main_thread() and _running_loop() is None:
            return kept_loop().run_until_complete(coroutine)
        return _run_beside(coroutine)
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
def kept_loop() -> asyncio.AbstractEventLoop:
    """Give the kept loop; handlers that are no coroutines do without it."""
    import asyncio

    loop = asyncio.new_event_loop()
    # SuperTokens' blocking functions look for the thread's loop, and so does Mangum.
    asyncio.set_event_loop(loop)
    return loop


def is_within_kept_loop() -> bool:
    """Tell whether the kept loop runs the caller: a function's instance, that has one request at a time."""
    return bool(kept_loop.cache_info().currsize) and _running_loop() is kept_loop()


def is_kept(loop: asyncio.AbstractEventLoop) -> bool:
    """Check whether a loop is one of those that `run` keeps between invocations."""
    return any(made.cache_info().currsize and made() is loop for made in (kept_loop, _loop_beside))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _run_beside(coroutine: Coroutine[Any, Any, _T]) -> _T:
    import asyncio

    # The coroutine sees the caller's context variables, which tell when the invocation ends.
    return asyncio.run_coroutine_threadsafe(coroutine, _loop_beside()).result()


@cache
def _loop_beside() -> asyncio.AbstractEventLoop:
    import asyncio

    loop = asyncio.new_event_loop()

    def serve() -> None:
        try:
            loop.run_forever()
        finally:
            loop.close()

    threading.Thread(target=serve, name="supertokens-lambda", daemon=True).start()
    return loop
