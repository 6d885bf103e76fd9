"""The event loop that a function keeps between invocations."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine

_T = TypeVar("_T")


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Return the result of a coroutine, which runs on the kept loop.

    Lambda calls handlers on the main thread, outside of any loop. Elsewhere, inside a running loop or on a thread of a
    web server, the coroutine runs on a loop in a separate thread, and the caller waits for it.
    """
    try:
        if _is_outside_of_loops():
            return kept_loop().run_until_complete(coroutine)
        return _run_beside(coroutine)
    finally:
        coroutine.close()


def run_now(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that never waits, also inside a running loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    finally:
        coroutine.close()
    raise RuntimeError("the coroutine must not wait; run it on an event loop")


@cache
def kept_loop() -> asyncio.AbstractEventLoop:
    """Return the kept loop; handlers that are not coroutines never create it."""
    import asyncio

    loop = asyncio.new_event_loop()
    # Mangum and the blocking functions of SuperTokens' SDK use the loop of the thread.
    asyncio.set_event_loop(loop)
    return loop


def provide_loop() -> None:
    """Set the kept loop as the loop of the main thread: blocking functions of SuperTokens' SDK would create another."""
    if _is_outside_of_loops():
        kept_loop()


def _is_outside_of_loops() -> bool:
    return threading.current_thread() is threading.main_thread() and _running_loop() is None


def is_within_kept_loop() -> bool:
    """Check whether the caller runs on the kept loop, as in Lambda, where an instance has one request at a time."""
    return bool(kept_loop.cache_info().currsize) and _running_loop() is kept_loop()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _run_beside(coroutine: Coroutine[Any, Any, _T]) -> _T:
    import asyncio

    # The coroutine gets the caller's context variables, which hold the deadline of the invocation.
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
