"""The in-memory core, served over loopback, and the sessions that it starts."""

import asyncio
import http.client
import json
import secrets
import socket
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn
from tests.support.authorities import Issued
from tests.support.servers import reserved_port

from supertokens_lambda_local.core import CoreConfig, create_core

API_DOMAIN = "http://localhost:3000"
_KEY_SET = "/.well-known/jwks.json"
_HOURS = 2  # since a session whose access token has expired was started; a token lives for one


class CountingCore:
    """A core that counts how often its key set is fetched.

    Attributes
    ----------
    url, tls_url : str
        Its addresses; it is served over TLS where there is a certificate for it.
    key_set_fetches : int
        So far.
    """

    def __init__(self, port: int, tls_port: int, api_key: str | None = None) -> None:
        self._ahead = 0.0
        api_keys = (api_key,) if api_key else ()
        self._app = create_core(CoreConfig(api_keys=api_keys, clock=lambda: time.time() + self._ahead))
        self._port = port
        self._headers = {"content-type": "application/json"} | ({"api-key": api_key} if api_key else {})
        self.url = f"http://127.0.0.1:{port}"
        self.tls_url = f"https://127.0.0.1:{tls_port}"
        self.key_set_fetches = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request."""
        self.key_set_fetches += scope.get("path") == _KEY_SET
        await self._app(scope, receive, send)

    def key_set(self) -> bytes:
        """Fetch the key set."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", _KEY_SET)
        return connection.getresponse().read()

    def tokens(self, count: int) -> list[str]:
        """Start sessions, and give the access token of each."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        return [str(self._session(connection, {})["accessToken"]["token"]) for _ in range(count)]

    def session(self, claims: dict[str, Any] | None = None, *, expired: bool = False) -> tuple[str, str]:
        """Start a session, and give its access token and its refresh token."""
        self._ahead = -_HOURS * 3600 if expired else 0
        try:
            started = self._session(http.client.HTTPConnection("127.0.0.1", self._port), claims or {})
        finally:
            self._ahead = 0
        return str(started["accessToken"]["token"]), str(started["refreshToken"]["token"])

    def _session(self, connection: http.client.HTTPConnection, claims: dict[str, Any]) -> dict[str, Any]:
        wanted = {
            "userId": secrets.token_hex(16),
            "userDataInJWT": {"iss": f"{API_DOMAIN}/auth"} | claims,
            "userDataInDatabase": {},
            "enableAntiCsrf": False,
            "useDynamicSigningKey": True,
        }
        connection.request("POST", "/recipe/session", json.dumps(wanted), self._headers)
        started: dict[str, Any] = json.loads(connection.getresponse().read())
        return started


def with_unknown_key(token: str) -> str:
    """Return a token that says it is signed by a key which nobody has heard of."""
    kid = f"d-{secrets.randbelow(10**13):013}"
    header = json.dumps({"alg": "RS256", "typ": "JWT", "kid": kid, "version": "5"}, separators=(",", ":"))
    return ".".join([urlsafe_b64encode(header.encode()).rstrip(b"=").decode(), *token.split(".")[1:]])


@contextmanager
def running_core(api_key: str | None = None, issued: Issued | None = None) -> Iterator[CountingCore]:
    """Serve a core in a thread of this process."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(reserved_port()) for _ in range(2 if issued else 1)]
        ports = [listener.getsockname()[1] for listener in listeners]
        core = CountingCore(ports[0], ports[-1], api_key)
        servers = [_server(core)]
        if issued:
            servers.append(_server(core, ssl_certfile=issued.certificate, ssl_keyfile=issued.key))
        thread = threading.Thread(target=asyncio.run, args=(_serve(servers, listeners),))
        thread.start()
        try:
            while not all(server.started for server in servers):
                time.sleep(0.01)
            core.key_set()  # makes the keys, which takes longer than anything that is measured
            yield core
        finally:
            for server in servers:
                server.should_exit = True
            thread.join()


async def _serve(servers: list[uvicorn.Server], listeners: list[socket.socket]) -> None:
    # On one loop: the core is to be run in one thread.
    await asyncio.gather(
        *(server.serve(sockets=[listener]) for server, listener in zip(servers, listeners, strict=True))
    )


def _server(core: CountingCore, **tls: Any) -> uvicorn.Server:
    config = uvicorn.Config(
        core,
        lifespan="off",
        log_level="error",
        access_log=False,
        timeout_keep_alive=60,  # as a real core keeps an idle connection
        timeout_graceful_shutdown=1,
        **tls,
    )
    return uvicorn.Server(config)
