"""The connections to one server, which are kept between calls."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from supertokens_lambda._connections.answer import MAX_BODY, Answer
from supertokens_lambda._connections.budget import UnreachableError, unreachable
from supertokens_lambda._connections.http1 import Http1Connection, request_of
from supertokens_lambda._connections.opening import in_url, open_socket, open_tls_socket

# Seconds; servers, load balancers and NAT gateways keep an idle connection longer.
IDLE = 2.0


class NotConnectedError(UnreachableError):
    """No connection could be opened in time."""


class Connections:
    """Connections to one server.

    Parameters
    ----------
    url : str
        Scheme, host, port, and the prefix of all paths. An ``https`` URL is called through the proxy of
        ``HTTPS_PROXY`` and ``NO_PROXY``.
    ca_bundle : str, optional
        A file with trusted certificates; by default those of the system.
    max_body : int
        Bytes that the body of an answer may have.
    """

    def __init__(self, url: str, ca_bundle: str | None = None, max_body: int = MAX_BODY) -> None:
        self._idle: list[Http1Connection] = []  # first, since an object whose URL is invalid is closed as well
        found = urlsplit(url)
        self._is_tls = found.scheme == "https"
        self._host = found.hostname or ""
        self._port = found.port or (443 if self._is_tls else 80)
        self._host_header = in_url(self._host) + (f":{found.port}" if found.port else "")
        self._base = found.path.rstrip("/")
        self._ca_bundle = ca_bundle
        self._max_body = max_body

    def call(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        budget: float,
        *,
        is_repeatable: bool = True,
    ) -> Answer:
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
        is_repeatable : bool
            Whether the request may be sent again if a kept connection is lost before an answer begins: the server may
            have processed it. A request that may not uses no connection that has been idle for more than `IDLE`.

        Raises
        ------
        NotConnectedError
            No connection could be opened in time, so the request was not sent.
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
            return self._answer_to(request, ends_at, is_repeatable=is_repeatable)
        except OSError as error:
            raise unreachable(error) from error

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        # A call on another thread may return its connection after `close`.
        self.close()

    def _answer_to(self, request: bytes, ends_at: float, *, is_repeatable: bool) -> Answer:
        while connection := self._idle_connection(may_be_old=is_repeatable):
            try:
                return self._exchange(connection, request, ends_at)
            except (UnreachableError, TimeoutError):
                # It may have been done: only what a closed connection never carried is sent again.
                raise
            except OSError:
                # Idle connections are closed by servers, by load balancers, and while the instance is frozen.
                if not is_repeatable:
                    raise
        return self._exchange(self._new_connection(ends_at), request, ends_at)

    def _idle_connection(self, *, may_be_old: bool) -> Http1Connection | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                return None
            # By the time of day: the monotonic clock may have stood still while the instance was frozen.
            is_fresh = 0 <= time.time() - connection.idle_since <= IDLE
            if (may_be_old or is_fresh) and connection.is_reusable():
                return connection
            connection.close()
        return None

    def _new_connection(self, ends_at: float) -> Http1Connection:
        try:
            if self._is_tls:
                opened = open_tls_socket(self._host, self._port, ends_at, self._ca_bundle)
            else:
                opened = open_socket(self._host, self._port, ends_at)
        except OSError as error:
            raise NotConnectedError(str(unreachable(error))) from error
        return Http1Connection(opened, self._max_body)

    def _exchange(self, connection: Http1Connection, request: bytes, ends_at: float) -> Answer:
        answer = connection.exchange(request, ends_at)
        if connection.is_open:
            self._idle.append(connection)
        return answer
