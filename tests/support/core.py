"""The in-memory core over HTTP, with a clock that moves and answers that fail."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from supertokens_lambda_local.core import CoreConfig, create_core

from .core_messages import Call, Fault, Reply, ask, read, reply_of, write
from .core_sessions import CoreSessions, Issued
from .servers import reserved_port, serving, uri_of

_KEY_SET = "/.well-known/jwks.json"


class Core(CoreSessions):
    """The in-memory core at a port that stays the same.

    Attributes
    ----------
    ahead
        Seconds that its clock is ahead of this machine's.
    calls
        The requests that it received.
    fetches
        How often its key set was read.
    refreshes
        The status of each refresh.
    tokens
        Every token that it issued.
    more_keys
        Keys that its key set holds before its own.
    server
        The server at its port.
    """

    def __init__(self, host: str = "127.0.0.1", **config: Any) -> None:
        super().__init__()
        self._host = host
        self._port = 0
        self._served = ExitStack()
        self.heal()
        self._app = create_core(CoreConfig(clock=lambda: time.time() + self.ahead, **config))

    def heal(self, tokens: set[str] | None = None) -> None:
        """Forget what happened, and end every fault; keep the tokens that are issued from now on in `tokens`."""
        self.ahead = 0.0
        self.calls: list[Call] = []
        self.fetches = 0
        self.refreshes: list[str] = []
        self.tokens: set[str] = set() if tokens is None else tokens
        self.more_keys: list[dict[str, str]] = []
        self._fault: tuple[str, Fault] | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        listener = self._served.enter_context(reserved_port(self._host, self._port))
        self._port = listener.getsockname()[1]
        self.http.base_url = httpx.URL(uri_of(listener))
        self.server = self._served.enter_context(serving(self, listener))

    def stop(self) -> None:
        self._served.close()

    @contextmanager
    def running(self) -> Iterator["Core"]:
        with self.http:
            self.start()
            try:
                yield self
            finally:
                self.stop()

    @contextmanager
    def failing(self, fault: Fault, *, at: str = "") -> Iterator[None]:
        """Let calls fail whose path matches."""
        self._fault = at, fault
        if fault == "refuses":
            self.stop()
        try:
            yield
        finally:
            self._fault = None
            if fault == "refuses":
                self.start()

    @contextmanager
    def hours_ago(self, hours: float = 2) -> Iterator[None]:
        """Issue tokens that have expired by now."""
        self.ahead = -hours * 3600
        try:
            yield
        finally:
            self.ahead = 0.0

    def expired_session(self, **more) -> Issued:
        """Start a session whose access token expired a second ago."""
        with self.hours_ago(3601 / 3600):
            return self.session(**more)

    def asked(self, *paths: str) -> list[str]:
        """Return the paths of the calls, or of those whose paths end so."""
        return [call.path for call in self.calls if not paths or call.path.endswith(paths)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await read(scope, receive)
        self.calls.append(call)
        fault = self._fault[1] if self._fault and re.search(self._fault[0], call.path) else None
        if fault == "never answers":
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        while fault == "hangs" and self._fault:  # noqa: ASYNC110 - another thread ends the fault
            await asyncio.sleep(0.02)
        reply = reply_of(fault) or await self._answer(scope, call.body)
        self._observe(call.path, reply)
        await write(send, reply)

    async def _answer(self, scope: Scope, body: bytes) -> Reply:
        reply = await ask(self._app, scope, body)
        if scope["path"] != _KEY_SET:
            return reply
        self.fetches += 1
        keys = self.more_keys + json.loads(reply.body)["keys"]
        content = json.dumps({"keys": keys}).encode()
        headers = tuple(field for field in reply.headers if field[0] != b"content-length")
        return Reply(reply.status, content, (*headers, (b"content-length", str(len(content)).encode())))

    def _observe(self, path: str, reply: Reply) -> None:
        try:
            content = json.loads(reply.body)
        except ValueError:
            content = {}
        if not isinstance(content, dict):
            return
        if path == "/recipe/session/refresh":
            self.refreshes.append(content.get("status", ""))
        for name in ("accessToken", "refreshToken"):
            if name in content:
                self.tokens.add(content[name]["token"])
        if "antiCsrfToken" in content:
            self.tokens.add(content["antiCsrfToken"])
