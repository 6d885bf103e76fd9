"""The bytes that arrive on a connection, read by lines and lengths until a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._connections.budget import UnreachableError, time_left

if TYPE_CHECKING:
    import socket

MAX_LINE = 65_536  # bytes


class Incoming:
    """What has arrived on a socket and is not read yet.

    Parameters
    ----------
    source : socket.socket
        A connected socket.

    Attributes
    ----------
    ends_at : float
        Until when to wait for more, in seconds of the monotonic clock.
    has_ended : bool
        Whether the other side has closed the connection.
    """

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._unread = bytearray()
        self.ends_at: float = 0.0
        self.has_ended: bool = False

    def __len__(self) -> int:
        return len(self._unread)

    def receive(self) -> bool:
        """Wait for more bytes; return False at the end of the connection.

        Raises
        ------
        OSError
            None came in time, or the connection is broken.
        """
        self._source.settimeout(time_left(self.ends_at))
        received = self._source.recv(MAX_LINE)
        self._unread += received
        self.has_ended = not received
        return not self.has_ended

    def line(self) -> bytes:
        """Return the next line, without its end.

        Raises
        ------
        OSError
            It is not complete in time, or longer than `MAX_LINE`.
        """
        while (end := self._unread.find(b"\n")) < 0:
            if len(self) > MAX_LINE:
                raise UnreachableError(f"the answer has a line of more than {MAX_LINE} bytes")
            self._receive_more()
        return self._taken(end + 1)[:-1].removesuffix(b"\r")

    def exactly(self, size: int) -> bytes:
        """Return the next bytes.

        Raises
        ------
        OSError
            They are not complete in time.
        """
        while len(self) < size:
            self._receive_more()
        return self._taken(size)

    def rest(self, most: int) -> bytes:
        """Return all bytes until the end of the connection, or one more than wanted.

        Raises
        ------
        OSError
            They are not complete in time.
        """
        while len(self) <= most and self.receive():
            pass
        return self._taken(most + 1)

    def _receive_more(self) -> None:
        if not self.receive():
            raise UnreachableError("the answer is incomplete")

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken
