"""The in-memory core beside a test, in a separate thread."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from supertokens_lambda_local.core.app import create_core
from supertokens_lambda_local.core.config import CoreConfig


@contextmanager
def running_core(config: CoreConfig | None = None) -> Iterator[str]:
    """Run the core at a free port of this machine.

    Parameters
    ----------
    config : CoreConfig, optional
        Its configuration.

    Yields
    ------
    str
        The URL, without a slash at the end.
    """
    # It listens before the server starts, so a first request waits for it.
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            create_core(config or CoreConfig()),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_keep_alive=60,  # the default is what clients take too, and they would find it closed as they use it
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
