"""Which origin a request is for, and whether a form comes from it: no forged requests, without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from supertokens_lambda.http.message import Request


def is_same_origin(request: Request) -> bool:
    """Tell whether a request that changes something was made by a page of this very host.

    A browser says so in Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin (RFC 6454). A request with neither
    was made by no browser, and so with nobody else's cookies.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False


def is_plain_http(request: Request) -> bool:
    """Tell whether the browser came over HTTP, as far as the door or a CloudFront before it tells."""
    headers = request.headers
    scheme = headers.get("cloudfront-forwarded-proto") or headers.get("x-forwarded-proto") or ""
    return scheme.partition(",")[0].strip().lower() == "http"


def host_of_request(request: Request) -> str:
    """Give the host that the browser asked for, without a port; empty where that is not told."""
    try:
        return urlsplit(f"//{request.headers.get('host') or ''}").hostname or ""
    except ValueError:
        return ""
