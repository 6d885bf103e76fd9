"""HTTP clients for the SDK's calls to the core, kept between calls.

The SDK creates a client for each call. Each one reads the whole CA bundle, connects, and repeats the TLS handshake; a
sign-in makes five calls.
"""

from __future__ import annotations

import asyncio
import atexit
import ssl
import time
from contextlib import asynccontextmanager, suppress
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

from httpx import AsyncClient, Limits, ReadError, RemoteProtocolError, Response, WriteError, create_ssl_context

from supertokens_lambda._event_loop import is_kept

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Seconds that an idle connection is kept: less than any server, load balancer or NAT gateway keeps one. A call that
# must not be sent twice then does not meet a closed connection.
IDLE = 2.0

_TIMEOUT = 30.0  # seconds, as in the SDK; the budget around each call is shorter
_LOST = (ReadError, WriteError, RemoteProtocolError)


async def send(method: str, url: str, **content: Any) -> Response:
    """Send a request to the core.

    Each event loop that the toolkit keeps has its client, so that loops do not share connections. On any other loop,
    which may end without notice, the client is closed after the call.

    Parameters
    ----------
    method, url : str
        Method and URL.
    **content
        Keywords of ``httpx.AsyncClient.request``.

    Raises
    ------
    httpx.TransportError
        There is no answer. After a lost connection only a GET is sent again, once: the server may already have
        processed a request with any other method.
    """
    is_tls = url[:6].lower() == "https:"
    loop = asyncio.get_running_loop()
    if not is_kept(loop):
        async with _new_client(is_tls=is_tls) as client:
            return await client.request(method, url, **content)
    async with _clients.setdefault((loop, is_tls), _KeptClient(is_tls=is_tls)).lent() as client:
        try:
            return await client.request(method, url, **content)
        except _LOST:
            if method != "GET":
                raise
            return await client.request(method, url, **content)


class _KeptClient:
    """A client that is replaced after a pause."""

    def __init__(self, *, is_tls: bool) -> None:
        self._is_tls = is_tls
        self._client: AsyncClient | None = None
        self._calls = 0
        self._idle_since = 0.0

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[AsyncClient]:
        """Yield the client for one call."""
        stale, client = None, self._client
        if client is None or self._has_paused():
            stale, client = client, _new_client(is_tls=self._is_tls)
            self._client = client
        self._calls += 1
        try:
            if stale is not None:
                await stale.aclose()
            yield client
        finally:
            self._calls -= 1
            self._idle_since = time.time()

    async def aclose(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.aclose()

    def _has_paused(self) -> bool:
        # By the time of day: the monotonic clock, by which httpx expires connections, may have stood still while the
        # instance was frozen, or may have been restored with a snapshot.
        return not self._calls and not 0 <= time.time() - self._idle_since <= IDLE


_clients: dict[tuple[asyncio.AbstractEventLoop, bool], _KeptClient] = {}


def close_clients() -> None:
    """Close all kept clients; call it before their loops end."""
    while _clients:
        (loop, _), client = _clients.popitem()
        if loop.is_running():
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(client.aclose(), loop).result(1.0)
        elif not loop.is_closed():
            loop.run_until_complete(client.aclose())


atexit.register(close_clients)


def _new_client(*, is_tls: bool) -> AsyncClient:
    return AsyncClient(
        # A context without authorities trusts no server, and reads no CA bundle.
        verify=_tls_context() if is_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        timeout=_TIMEOUT,
        limits=Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE),
        # Calls must share connections only: a cookie in the answer to one call must not be sent with the next.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )


@cache
def _tls_context() -> ssl.SSLContext:
    # The default of httpx, so that the SDK's calls trust the usual authorities: SSL_CERT_FILE, SSL_CERT_DIR, certifi.
    return create_ssl_context()
