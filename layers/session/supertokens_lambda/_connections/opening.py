"""New connections: with TLS, and through a proxy if the environment names one."""

from __future__ import annotations

import http.client
import os
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl


def new_connection(
    host: str, port: int | None, budget: float, *, is_tls: bool, ca_bundle: str | None
) -> http.client.HTTPConnection:
    """Return a connection to a server, which is opened by its first request.

    Parameters
    ----------
    host, port
        The address of the server.
    budget : float
        Seconds for each read and write.
    is_tls : bool
        Whether to use TLS; then also the proxy of ``HTTPS_PROXY`` and ``NO_PROXY``.
    ca_bundle : str or None
        A file with trusted certificates; None for those of the system.
    """
    if not is_tls:
        return http.client.HTTPConnection(host, port, timeout=budget)
    context = _tls_context(ca_bundle)
    proxy = _proxy_for(host)
    if proxy is None:
        return http.client.HTTPSConnection(host, port, timeout=budget, context=context)
    found = urlsplit(proxy)
    connection = http.client.HTTPSConnection(found.hostname or "", found.port, timeout=budget, context=context)
    connection.set_tunnel(host, port, headers=_proxy_authorization(found.username, found.password))
    return connection


@cache
def _tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    # Shared by all servers: reading the certificates takes longer than a handshake.
    import ssl

    context = ssl.create_default_context(cafile=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])  # as http.client does for contexts that it creates
    return context


def _proxy_for(host: str) -> str | None:
    # Importing urllib.request takes as long as all other imports of a page.
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
