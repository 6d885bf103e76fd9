"""Which origin a request is for, and whether a form comes from it: no forged requests, without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supertokens_lambda._http.message import Request

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_same_origin(request: Request, origins: Iterable[str]) -> bool:
    """Check whether a page of this very site made a request that changes something.

    A browser says so in Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin (RFC 6454). A request with neither
    was made by no browser, and so with nobody else's cookies.

    Parameters
    ----------
    request : Request
        The request.
    origins : iterable of str
        The site's own: the Host header may be that of what a proxy before the function forwards to.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or is_among(origin, origins)


def is_among(origin: str, origins: Iterable[str]) -> bool:
    """Check whether an Origin header is one of some origins: by scheme, host and port."""
    # A browser leaves the default port out, and a setting may have it.
    return origin in {_without_default_port(each) for each in origins}


def _without_default_port(origin: str) -> str:
    scheme = origin.partition(":")[0]
    return origin.removesuffix(f":{_DEFAULT_PORTS.get(scheme)}")


def is_plain_http(request: Request) -> bool:
    """Tell whether the browser came over HTTP, as far as the event source or a CloudFront before it tells."""
    headers = request.headers
    scheme = headers.get("cloudfront-forwarded-proto") or headers.get("x-forwarded-proto") or ""
    return scheme.partition(",")[0].strip().lower() == "http"


def host_of_request(request: Request) -> str:
    """Give the host that the browser asked for, without a port; empty where that is not told."""
    try:
        return urlsplit(f"//{request.headers.get('host') or ''}").hostname or ""
    except ValueError:
        return ""
