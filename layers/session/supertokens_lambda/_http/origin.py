"""Checks of the origin of a request, which protect forms from forged requests without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supertokens_lambda._http.message import Request

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_same_origin(request: Request, origins: Iterable[str]) -> bool:
    """Check whether a page of the same origin made the request.

    Browsers send Sec-Fetch-Site (W3C Fetch Metadata), older ones only Origin (RFC 6454). A request with neither header
    does not come from a browser, so it cannot carry the cookies of a victim.

    Parameters
    ----------
    request : Request
        The request.
    origins : iterable of str
        Origins of the site. The Host header is no substitute: a proxy in front of the function may change it.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or is_among(origin, origins)


def is_among(origin: str, origins: Iterable[str]) -> bool:
    """Check whether the value of an Origin header is one of the origins, by scheme, host and port."""
    # A browser omits the default port; a setting may include it.
    return origin in {_without_default_port(each) for each in origins}


def _without_default_port(origin: str) -> str:
    scheme = origin.partition(":")[0]
    return origin.removesuffix(f":{_DEFAULT_PORTS.get(scheme)}")


def is_plain_http(request: Request) -> bool:
    """Check whether the browser used plain HTTP, according to the headers of the event source or of CloudFront."""
    headers = request.headers
    scheme = headers.get("cloudfront-forwarded-proto") or headers.get("x-forwarded-proto") or ""
    return scheme.partition(",")[0].strip().lower() == "http"


def host_of_request(request: Request) -> str:
    """Return the requested host without its port; empty if the header is missing or invalid."""
    try:
        return urlsplit(f"//{request.headers.get('host') or ''}").hostname or ""
    except ValueError:
        return ""
