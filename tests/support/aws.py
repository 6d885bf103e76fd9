"""A server that speaks for AWS."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class _OneAtATime:
    """Serves requests in turn: to DynamoDB a conditional write is atomic, to threads of one interpreter it is not."""

    def __init__(self, see: Callable[[dict[str, Any]], None] | None) -> None:
        self._application: Any = DomainDispatcherApplication(create_backend_app)
        self._turn = threading.Lock()
        self._see = see

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with self._turn:
            if self._see is not None:
                self._see(environ)
            return [*self._application(environ, start_response)]


class _Handler(WSGIRequestHandler):
    # Or each answer but the first of a connection waits for an acknowledgement.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of requests that were served."""


@contextmanager
def aws_server(see: Callable[[dict[str, Any]], None] | None = None) -> Iterator[str]:
    """Serve at a port of this machine; gives the address. `see` gets each request first, as WSGI has it (PEP 3333)."""
    server = make_server("127.0.0.1", 0, _OneAtATime(see), threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def aws_process() -> Iterator[str]:
    """Serve in a process of its own, for tests that ask so much that this one could do little else."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


if __name__ == "__main__":
    with aws_server() as uri:
        print(uri, flush=True)  # noqa: T201 - to whom started it
        sys.stdin.read()
