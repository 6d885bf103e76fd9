"""The connections to one server, which are kept between calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from supertokens_lambda._connections.budget import UnreachableError, unreachable
from supertokens_lambda._connections.http1 import Http1Connection, request_of
from supertokens_lambda._connections.opening import in_url, open_socket, open_tls_socket

if TYPE_CHECKING:
    from supertokens_lambda._connections.answer import Answer


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
        self._idle: list[Http1Connection] = []  # first, since an object whose URL is invalid is closed as well
        found = urlsplit(url)
        self._is_tls = found.scheme == "https"
        self._host = found.hostname or ""
        self._port = found.port or (443 if self._is_tls else 80)
        self._host_header = in_url(self._host) + (f":{found.port}" if found.port else "")
        self._base = found.path.rstrip("/")
        self._ca_bundle = ca_bundle

    def call(self, method: str, path: str, headers: dict[str, str], body: bytes | None, budget: float) -> Answer:
        """Return the answer to a request.

        Parameters
        ----------
        method, path : str
            The path is added to the prefix.
        headers : dict of str to str
            All headers in lower case, but ``content-length``; a missing ``host`` is added.
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
        if budget <= 0:
            raise UnreachableError("no time left for the call")
        ends_at = time.monotonic() + budget
        headers = {"host": self._host_header, "accept-encoding": "identity", **headers}
        request = request_of(method, self._base + path, headers, body)
        try:
            return self._answer_to(request, ends_at)
        except OSError as error:
            raise unreachable(error) from error

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        # A call on another thread may return its connection after `close`.
        self.close()

    def _answer_to(self, request: bytes, ends_at: float) -> Answer:
        while connection := self._idle_connection():
            try:
                return self._exchange(connection, request, ends_at)
            except (UnreachableError, TimeoutError):
                # It may have been done: only what a closed connection never carried is sent again.
                raise
            except OSError:
                # Idle connections are closed by servers, by load balancers, and while the instance is frozen.
                continue
        if self._is_tls:
            opened = open_tls_socket(self._host, self._port, ends_at, self._ca_bundle)
        else:
            opened = open_socket(self._host, self._port, ends_at)
        return self._exchange(Http1Connection(opened), request, ends_at)

    def _idle_connection(self) -> Http1Connection | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                return None
            if connection.is_reusable():
                return connection
            connection.close()
        return None

    def _exchange(self, connection: Http1Connection, request: bytes, ends_at: float) -> Answer:
        answer = connection.exchange(request, ends_at)
        if connection.is_open:
            self._idle.append(connection)
        return answer
