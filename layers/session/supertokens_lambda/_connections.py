"""HTTP calls to one server within a budget, on connections that are kept between calls."""

from __future__ import annotations

import http.client
import os
import socket
import threading
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

_T = TypeVar("_T")

MAX_ANSWER = 1_000_000  # bytes


class UnreachableError(OSError):
    """No whole answer came in time; the message names what failed, and nothing of the request."""


class Answer(NamedTuple):
    """An HTTP response.

    Attributes
    ----------
    status : int
        The status code.
    content_type : str
        Of the body; empty if it is not declared.
    body : bytes
        All of it.
    """

    status: int
    content_type: str
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status}, {self.content_type!r}, {len(self.body)} bytes)"


class Connections:
    """Connections to a server.

    Parameters
    ----------
    url : str
        Scheme, host, port, and the path that all calls begin with. An ``https`` server is reached through the proxy
        that ``HTTPS_PROXY`` and ``NO_PROXY`` name.
    ca_bundle : str, optional
        A file with the certificates to trust; the system's by default.
    """

    def __init__(self, url: str, ca_bundle: str | None = None) -> None:
        found = urlsplit(url)
        self._is_tls = found.scheme == "https"
        self._address = (found.hostname or "", found.port)
        self._base = found.path.rstrip("/")
        self._ca_bundle = ca_bundle
        self._idle: list[http.client.HTTPConnection] = []

    def call(self, method: str, path: str, headers: dict[str, str], body: bytes | None, budget: float) -> Answer:
        """Send a request and read the whole answer.

        Parameters
        ----------
        method, path : str
            The path below the server's own.
        headers : dict of str to str
            All that is sent, but for ``content-length`` and a missing ``host``.
        body : bytes or None
            The body, if any.
        budget : float
            Seconds for all of it.

        Raises
        ------
        UnreachableError
            No whole answer came in time.
        ValueError
            A header cannot be sent; its value is not in the message.
        """
        attempt = _Attempt()
        try:
            return within(budget, partial(self._call, attempt, method, path, headers, body, budget), attempt.give_up)
        except UnreachableError:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(type(error).__name__) from error

    def close(self) -> None:
        """Close the connections that wait for the next call."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        # A call that nobody waits for any longer may bring its connection back after all others were closed.
        self.close()

    def _call(
        self,
        attempt: _Attempt,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        budget: float,
    ) -> Answer:
        send = partial(_send, attempt, method, self._base + path, headers, body, budget)
        for _ in range(len(self._idle)):
            try:
                connection = self._idle.pop()
                answer = send(connection)
            except UnreachableError:
                raise
            except (OSError, http.client.HTTPException, IndexError):
                # The server, or a balancer before it, closes connections that have waited; so do frozen instances.
                continue
            return self._kept(connection, answer)
        connection = self._connection(budget)
        return self._kept(connection, send(connection))

    def _kept(self, connection: http.client.HTTPConnection, answer: Answer) -> Answer:
        if connection.sock is not None:
            self._idle.append(connection)
        return answer

    def _connection(self, budget: float) -> http.client.HTTPConnection:
        if not self._is_tls:
            return http.client.HTTPConnection(*self._address, timeout=budget)
        context = _tls_context(self._ca_bundle)
        proxy = _proxy_for(self._address[0])
        if proxy is None:
            return http.client.HTTPSConnection(*self._address, timeout=budget, context=context)
        found = urlsplit(proxy)
        connection = http.client.HTTPSConnection(found.hostname or "", found.port, timeout=budget, context=context)
        connection.set_tunnel(*self._address, headers=_proxy_authorization(found.username, found.password))
        return connection


class _Attempt:
    """A call that may be given up while it is under way."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None
        self._is_given_up = False

    def uses(self, connection: http.client.HTTPConnection) -> None:
        """Take note of the connection that is to be shut down."""
        self._connection = connection
        if self._is_given_up:
            raise UnreachableError("no answer in time")

    def give_up(self) -> None:
        """End whatever waits for an answer, so that neither its thread nor its connection stays behind."""
        self._is_given_up = True
        waiting = self._connection.sock if self._connection else None
        if waiting is not None:
            with suppress(OSError):
                waiting.shutdown(socket.SHUT_RDWR)


def within(budget: float, call: Callable[[], _T], give_up: Callable[[], None] = lambda: None) -> _T:
    """Return what a call returns; it runs on a thread, which is not waited for when the budget is used up.

    A socket's timeout is for one read: it ends neither a name look-up nor an answer that comes byte by byte.

    Parameters
    ----------
    budget : float
        Seconds.
    call : callable
        What it raises is raised.
    give_up : callable
        Ends the call, which nobody waits for any longer.

    Raises
    ------
    UnreachableError
        The budget is used up.
    """
    if budget <= 0:
        raise UnreachableError("no time left to ask")
    outcome: list[_T | BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(budget)
    if not outcome:
        give_up()
        raise UnreachableError("no answer in time")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _send(
    attempt: _Attempt,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    budget: float,
    connection: http.client.HTTPConnection,
) -> Answer:
    try:
        if connection.sock is None:
            connection.connect()
        # The connection may have been opened by a call with less time.
        connection.sock.settimeout(budget)
        attempt.uses(connection)
        try:
            connection.request(method, path, body, headers)
        except ValueError:
            # The error's text has the value, which may be a key.
            raise ValueError("a header has a character that HTTP does not allow") from None
        response = connection.getresponse()
        with response:
            return Answer(response.status, response.headers.get("content-type", ""), _whole(response))
    except BaseException:
        connection.close()
        raise


def _whole(response: http.client.HTTPResponse) -> bytes:
    """Read an answer to its end; a part of one is as good as none."""
    expected = response.length
    answer = response.read(MAX_ANSWER)
    if response.read(1):
        raise UnreachableError("the answer is too long")
    if expected is not None and len(answer) < expected:
        raise http.client.IncompleteRead(answer, expected - len(answer))
    return answer


@cache
def _tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    # One for all servers: reading the certificates takes longer than a handshake.
    import ssl

    context = ssl.create_default_context(cafile=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])  # as http.client does where it makes the context
    return context


def _proxy_for(host: str) -> str | None:
    # urllib.request takes as long to import as all else that a page imports.
    if not any(name.lower() == "https_proxy" for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass

    return None if proxy_bypass(host) else getproxies().get("https")


def _proxy_authorization(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    from base64 import b64encode
    from urllib.parse import unquote

    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"proxy-authorization": f"Basic {b64encode(pair.encode()).decode()}"}
