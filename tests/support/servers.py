"""ASGI applications at a port of this machine."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def reserved_port(host: str = "127.0.0.1", port: int = 0) -> Iterator[socket.socket]:
    """Bind a port, which refuses connections until something listens on it."""
    # asyncio switches Nagle's algorithm off only for sockets made for TCP. With it, each answer is 40 ms late.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        yield listener


def uri_of(listener: socket.socket) -> str:
    """Return the address at which this machine reaches a port."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def serving(app: Any, listener: socket.socket, **more: Any) -> Iterator[uvicorn.Server]:
    """Serve an application in a thread, with further settings of uvicorn, and return its server."""
    listener.listen()
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        # The default equals httpx's: a client could send on a connection that is being closed.
        **{"timeout_keep_alive": 60, "timeout_graceful_shutdown": 1} | more,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.005)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an application at a free port, and return its address."""
    with reserved_port() as listener, serving(app, listener):
        yield uri_of(listener)
