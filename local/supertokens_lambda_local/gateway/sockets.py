"""Sockets that listen before anything else starts, so that the port is known and surely ours."""

import errno
import socket
from dataclasses import dataclass

from supertokens_lambda_local.errors import ListenError


@dataclass(frozen=True)
class Listener:
    """Sockets that listen on one port.

    Attributes
    ----------
    sockets : list of socket
        One or more.
    """

    sockets: list[socket.socket]

    @property
    def port(self) -> int:
        """The port of all of them."""
        port: int = self.sockets[0].getsockname()[1]
        return port

    def close(self) -> None:
        """Close the socket, so that the port is free."""
        for listener in self.sockets:
            listener.close()


def listen(host: str, port: int) -> Listener:
    """Listen on all addresses of a name.

    Parameters
    ----------
    host : str
        A name or an address; ``localhost`` has two, and a browser may try either.
    port : int
        A TCP port, or 0 for any that is free.

    Raises
    ------
    ListenError
        If the port is in use, or the name is not this machine's.
    """
    listener = Listener([])
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        # IPv4 goes first: it is there on every machine, and settles the port.
        for family, address in sorted({(family, str(address[0])) for family, _, _, _, address in found}):
            opened = _listen(family, address, listener.port if listener.sockets else port)
            if opened is not None:
                listener.sockets.append(opened)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ListenError(f"port {port} is in use: choose another one with --port") from None
        raise ListenError(f"{host} cannot be listened on: {error.strerror}") from None
    if not listener.sockets:
        raise ListenError(f"{host} is no address of this machine")
    return listener


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    # Only with the protocol named does asyncio turn Nagle's algorithm off, which delays answers by some 40 ms.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((address, port))
        opened.listen()
    except OSError as error:
        opened.close()
        # A machine may have a name for an address of a kind that it does not have.
        if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            return None
        raise
    return opened
