"""HTTP/1.1 (RFC 9112) on one connection, for small requests and answers.

`http.client` does the same, but imports the email package: a quarter of a cold page's time. `h11` takes even longer.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from supertokens_lambda._connections.answer import MAX_BODY, Answer, read_answer, read_head
from supertokens_lambda._connections.budget import UnreachableError, time_left, unreachable
from supertokens_lambda._connections.incoming import Incoming

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping


def request_of(method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
    """Return a request as it is sent.

    Parameters
    ----------
    method, target : str
        The method, and the path or, for ``CONNECT``, the address.
    headers : mapping of str to str
        All headers but ``content-length``.
    body : bytes or None
        The body, if any.

    Raises
    ------
    ValueError
        A header or the target is invalid; the message does not quote it, since it may be a key.
    """
    fields = headers if body is None else {**headers, "content-length": str(len(body))}
    texts = (target, *fields, *fields.values())
    if not all(text.isascii() and text.isprintable() for text in texts) or " " in target:
        raise ValueError("a header or the path has a character that HTTP does not allow; use visible ASCII")
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + (body or b"")


class Http1Connection:
    """A connection that carries one request after the other.

    Parameters
    ----------
    opened : socket.socket
        A connected socket, which belongs to this object from now on.
    max_body : int
        Bytes that the body of an answer may have.

    Attributes
    ----------
    is_open : bool
        Whether the connection can carry another request.
    idle_since : float
        When the last answer ended, in seconds since 1970.
    """

    def __init__(self, opened: socket.socket, max_body: int = MAX_BODY) -> None:
        self._socket = opened
        self._incoming = Incoming(opened)
        self._max_body = max_body
        self._process = os.getpid()
        self.is_open: bool = True
        self.idle_since: float = 0.0

    def exchange(self, request: bytes, ends_at: float) -> Answer:
        """Send a request and return the answer.

        Parameters
        ----------
        request : bytes
            What `request_of` returns.
        ends_at : float
            Seconds of the monotonic clock.

        Raises
        ------
        UnreachableError
            The time is up; or an answer began, and is invalid, too long or incomplete.
        OSError
            No answer began.
        """
        try:
            _send(self._socket, self._incoming, request, ends_at)
            answer, self.is_open = _read(self._incoming, self._max_body)
            self.idle_since = time.time()
        except BaseException:
            self.is_open = False
            raise
        finally:
            if not self.is_open:
                self.close()
        return answer

    def is_reusable(self) -> bool:
        """Check that nothing has arrived since the last answer: no end of the connection, and no answer to nothing.

        A connection of the parent process is not reusable either: parent and child would read answers to the other.
        """
        if self._process != os.getpid():
            return False
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except BlockingIOError:
            return True
        except OSError as error:
            import ssl  # loaded already, unless a connection without TLS is broken

            # TLS itself has received something, like a session ticket.
            return isinstance(error, ssl.SSLWantReadError)
        return False

    def close(self) -> None:
        """Close the connection."""
        self.is_open = False
        self._socket.close()


def open_tunnel(through: socket.socket, address: str, headers: Mapping[str, str], ends_at: float) -> None:
    """Ask a proxy for a tunnel to a server; from then on the socket leads there (RFC 9110, section 9.3.6).

    Parameters
    ----------
    through : socket.socket
        A socket that is connected to the proxy.
    address : str
        Host and port of the server.
    headers : mapping of str to str
        More headers for the proxy.
    ends_at : float
        Seconds of the monotonic clock.

    Raises
    ------
    OSError
        The proxy refuses, or does not answer in time.
    """
    incoming = Incoming(through)
    _send(through, incoming, request_of("CONNECT", address, {"host": address, **headers}), ends_at)
    _, status, _ = read_head(incoming)
    # The server waits for the client to begin.
    if not 200 <= status < 300 or len(incoming):
        raise UnreachableError(f"the proxy answered {status}")


def _send(to: socket.socket, incoming: Incoming, request: bytes, ends_at: float) -> None:
    """Send a request, and wait until an answer begins."""
    to.settimeout(time_left(ends_at))
    to.sendall(request)
    incoming.ends_at = ends_at
    if not incoming.receive():
        raise ConnectionResetError


def _read(incoming: Incoming, max_body: int) -> tuple[Answer, bool]:
    try:
        return read_answer(incoming, max_body)
    except OSError as error:
        raise unreachable(error) from error
