"""A core whose clock goes back and whose answers fail, as a test says."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from supertokens_lambda_local.core import CoreConfig, create_core

Fault = Literal["refuses", "hangs", "answers 500", "answers garbage", "answers HTML", "starts", "answers 401"]

_ANSWERS: dict[str, Response] = {
    "answers 500": Response("Internal Server Error\n", 500, media_type="text/html"),
    "answers 401": Response("Invalid API key\n", 401, media_type="text/html"),
    "starts": Response("<!doctype html><title>HTTP Status 404</title>", 404, media_type="text/html"),
    "answers garbage": Response(b"\xff\x00{]", media_type="application/json"),
    "answers HTML": Response("<!doctype html><title>A captive portal</title>", media_type="text/html"),
}


class Core:
    """The in-memory core, served over HTTP at a port that stays the same.

    Attributes
    ----------
    refreshes
        What each refresh came to, in the words of the core.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self._offset = 0.0
        self._app = create_core(CoreConfig(clock=lambda: time.time() + self._offset))
        self._fault: Fault | None = None
        self.refreshes: list[str] = []
        self._port = 0
        self._server: uvicorn.Server
        self._thread: threading.Thread

    @property
    def port(self) -> int:
        return self._port

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        # With the protocol left out asyncio would not switch off Nagle's algorithm, and every answer be 40 ms late.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, self._port))
        listener.listen()
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_keep_alive=60,  # uvicorn's default is httpx's too, which would find it closed as it is used
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    @contextmanager
    def hours_ago(self, hours: float = 2) -> Iterator[None]:
        """Let tokens be issued that have expired by now."""
        self._offset = -hours * 3600
        try:
            yield
        finally:
            self._offset = 0.0

    @contextmanager
    def that(self, fault: Fault) -> Iterator[None]:
        """Let every call fail."""
        self._fault = fault
        if fault == "refuses":
            self.stop()
        try:
            yield
        finally:
            self._fault = None
            if fault == "refuses":
                self.start()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        while self._fault == "hangs":  # noqa: ASYNC110 - it is another thread that ends the fault
            await asyncio.sleep(0.02)
        answer = _ANSWERS.get(self._fault or "", self._app)

        async def send_on(message: Message) -> None:
            if scope["path"] == "/recipe/session/refresh" and message["type"] == "http.response.body":
                found = re.search(rb'"status": "(\w+)"', message["body"])
                self.refreshes.append(found[1].decode() if found else "")
            await send(message)

        await answer(scope, receive, send_on)
