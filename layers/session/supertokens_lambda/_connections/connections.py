"""The connections to one server, which are kept between calls."""

from __future__ import annotations

import http.client
import socket
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

from supertokens_lambda._connections.budget import UnreachableError, within
from supertokens_lambda._connections.opening import new_connection

MAX_ANSWER = 1_000_000  # bytes


class Answer:
    """An HTTP response.

    Attributes
    ----------
    status : int
        The status code.
    content_type : str
        The content type of the body; empty if the header is missing.
    body : bytes
        The whole body.
    """

    # A plain class: a named tuple generates code, which slows down each cold start.
    __slots__ = ("body", "content_type", "status")

    def __init__(self, status: int, content_type: str, body: bytes) -> None:
        self.status: int = status
        self.content_type: str = content_type
        self.body: bytes = body

    def __repr__(self) -> str:
        return f"Answer({self.status}, {self.content_type!r}, {len(self.body)} bytes)"


class Connections:
    """Connections to one server.

    Parameters
    ----------
    url : str
        Scheme, host, port, and the prefix of all paths. An ``https`` URL is called through the proxy of
        ``HTTPS_PROXY`` and ``NO_PROXY``.
    ca_bundle : str, optional
        A file with trusted certificates; by default those of the system.
    """

    def __init__(self, url: str, ca_bundle: str | None = None) -> None:
        found = urlsplit(url)
        self._is_tls = found.scheme == "https"
        self._address = (found.hostname or "", found.port)
        self._base = found.path.rstrip("/")
        self._ca_bundle = ca_bundle
        self._idle: list[http.client.HTTPConnection] = []

    def call(self, method: str, path: str, headers: dict[str, str], body: bytes | None, budget: float) -> Answer:
        """Return the answer to a request.

        Parameters
        ----------
        method, path : str
            The path is added to the prefix.
        headers : dict of str to str
            All headers; ``content-length`` and a missing ``host`` are added.
        body : bytes or None
            The body, if any.
        budget : float
            Seconds for the whole call.

        Raises
        ------
        UnreachableError
            No complete answer arrived in time.
        ValueError
            A header is invalid; the message does not quote it.
        """
        attempt = _Attempt()
        try:
            return within(budget, partial(self._call, attempt, method, path, headers, body, budget), attempt.give_up)
        except UnreachableError:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(type(error).__name__) from error

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        # An abandoned call may return its connection after `close`.
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
            except (UnreachableError, TimeoutError):
                # It may have been done: only what a closed connection never carried is sent again.
                raise
            except (OSError, http.client.HTTPException, IndexError):
                # Idle connections are closed by servers, by load balancers, and while the instance is frozen.
                continue
            return self._kept(connection, answer)
        connection = new_connection(*self._address, budget, is_tls=self._is_tls, ca_bundle=self._ca_bundle)
        return self._kept(connection, send(connection))

    def _kept(self, connection: http.client.HTTPConnection, answer: Answer) -> Answer:
        if connection.sock is not None:
            self._idle.append(connection)
        return answer


class _Attempt:
    """A running call that can be abandoned."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None
        self._is_given_up = False

    def uses(self, connection: http.client.HTTPConnection) -> None:
        """Set the connection that `give_up` shuts down."""
        self._connection = connection
        if self._is_given_up:
            raise UnreachableError("no answer in time")

    def give_up(self) -> None:
        """Shut down the connection, which ends the thread that waits for the answer."""
        self._is_given_up = True
        waiting = self._connection.sock if self._connection else None
        if waiting is not None:
            with suppress(OSError):
                waiting.shutdown(socket.SHUT_RDWR)


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
            # The original message quotes the value, which may be a key.
            raise ValueError("a header has a character that HTTP does not allow; use visible ASCII") from None
        response = connection.getresponse()
        with response:
            return Answer(response.status, response.headers.get("content-type", ""), _whole(response))
    except BaseException:
        connection.close()
        raise


def _whole(response: http.client.HTTPResponse) -> bytes:
    """Return the whole body; raise if it is incomplete or too long."""
    expected = response.length
    answer = response.read(MAX_ANSWER)
    if response.read(1):
        raise UnreachableError(f"the answer has more than {MAX_ANSWER} bytes")
    if expected is not None and len(answer) < expected:
        raise http.client.IncompleteRead(answer, expected - len(answer))
    return answer
