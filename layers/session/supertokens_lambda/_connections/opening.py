"""New connections: with TLS, and through a proxy if the environment names one."""

from __future__ import annotations

import os
import socket
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from supertokens_lambda._connections.budget import UnreachableError, time_left, within
from supertokens_lambda._connections.http1 import open_tunnel

if TYPE_CHECKING:
    import ssl
    from urllib.parse import SplitResult


def in_url(host: str) -> str:
    """Return a host as URLs and the ``host`` header contain it: ASCII, with brackets around an IPv6 address."""
    return f"[{host}]" if ":" in host else _encoded(host).decode()


def open_socket(host: str, port: int, ends_at: float) -> socket.socket:
    """Return a socket that is connected to a server.

    Parameters
    ----------
    host, port
        The address of the server.
    ends_at : float
        Seconds of the monotonic clock.

    Raises
    ------
    OSError
        No address of the host can be reached in time.
    """
    name = _encoded(host)
    found = within(ends_at, lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
    problem: OSError = UnreachableError("the host has no address")
    for number, (family, kind, protocol, _, address) in enumerate(found):
        try:
            # An equal share of the remaining time each, so that an address that hangs leaves time for the others.
            share = time_left(ends_at) / (len(found) - number)
            return _connected(socket.socket(family, kind, protocol), address, share)
        except OSError as error:  # also if the kernel has no IPv6
            problem = error
    raise problem


def _encoded(host: str) -> bytes:
    # Bytes, since for text Python imports its codec for international names.
    return host.encode("ascii" if host.isascii() else "idna")


def _connected(opened: socket.socket, address: Any, timeout: float) -> socket.socket:
    try:
        opened.settimeout(timeout)
        opened.connect(address)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        opened.close()
        raise
    return opened


def open_tls_socket(host: str, port: int, ends_at: float, ca_bundle: str | None) -> socket.socket:
    """Return a socket that speaks TLS with a server, through the proxy of ``HTTPS_PROXY`` and ``NO_PROXY``.

    Parameters
    ----------
    host, port
        The address of the server.
    ends_at : float
        Seconds of the monotonic clock.
    ca_bundle : str or None
        A file with trusted certificates; None for those of the system.

    Raises
    ------
    OSError
        The server or the proxy cannot be reached in time, or the certificate of the server is not trusted.
    """
    opened = _open_route(host, port, ends_at)
    try:
        opened.settimeout(time_left(ends_at))
        return _tls_context(ca_bundle).wrap_socket(opened, server_hostname=_encoded(host))
    except BaseException:
        opened.close()
        raise


@cache
def _tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    # Shared by all servers: reading the certificates takes longer than a handshake.
    import ssl

    context = ssl.create_default_context(cafile=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _open_route(host: str, port: int, ends_at: float) -> socket.socket:
    proxy = _proxy_for(host, port)
    if proxy is None:
        return open_socket(host, port, ends_at)
    opened = open_socket(proxy.hostname or "", proxy.port or 80, ends_at)
    try:
        authorization = _proxy_authorization(proxy.username, proxy.password)
        open_tunnel(opened, f"{in_url(host)}:{port}", authorization, ends_at)
    except BaseException:
        opened.close()
        raise
    return opened


def _proxy_for(host: str, port: int) -> SplitResult | None:
    # Importing urllib.request takes as long as all other imports of a page.
    if not any(name.lower() == "https_proxy" for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass

    # With the port, which NO_PROXY may contain; without brackets, which it does not contain.
    proxy = None if proxy_bypass(f"{host}:{port}") else getproxies().get("https")
    return None if proxy is None else _parts_of(proxy)


def _parts_of(proxy: str) -> SplitResult:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        # A proxy with TLS must not get its password without TLS.
        is_valid = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its message may quote the password
        is_valid = False
    if not is_valid:
        raise UnreachableError("HTTPS_PROXY must be a URL like http://proxy.example.com:3128")
    return parts


def _proxy_authorization(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    from base64 import b64encode
    from urllib.parse import unquote

    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"proxy-authorization": f"Basic {b64encode(pair.encode()).decode()}"}
