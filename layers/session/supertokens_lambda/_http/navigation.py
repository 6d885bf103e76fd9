"""Kinds of browser requests: navigation to a page, form, prefetch, CORS preflight, or another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._http.form import FORM
from supertokens_lambda._http.origin import is_same_origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supertokens_lambda._http.message import Request

_HTML = ("text/html", "application/xhtml+xml")
_FORMS = (FORM, "multipart/form-data", "text/plain")


def is_page(request: Request) -> bool:
    """Check whether a browser navigates to a page; False for a fetch, a POST, a prefetch and a mobile app's call.

    Sec-Fetch-Dest (W3C Fetch Metadata) says what the browser does with the answer. If that header is missing, Accept
    must prefer HTML. A prefetch does not count, since the browser may never show its answer.
    """
    if request.method not in ("GET", "HEAD") or is_prefetch(request):
        return False
    return _shows(request, "document", "iframe")


def is_form(request: Request, origins: Iterable[str]) -> bool:
    """Check whether a page of the same origin sends a form whose answer the browser shows.

    Parameters
    ----------
    request : Request
        It must prove its origin: the result is False for a form of another site, and without an origin header.
    origins : iterable of str
        Origins of the site.
    """
    headers = request.headers
    if request.method != "POST" or request.content_type not in _FORMS or is_prefetch(request):
        return False
    if headers.get("sec-fetch-mode", "navigate") != "navigate" or not _shows(request, "document"):
        return False
    return ("sec-fetch-site" in headers or "origin" in headers) and is_same_origin(request, origins)


def _shows(request: Request, *destinations: str) -> bool:
    """Check whether the browser shows the answer, by Sec-Fetch-Dest or else by Accept."""
    destination = request.headers.get("sec-fetch-dest")
    if destination is not None:
        return destination in destinations
    return _prefers_html(request.headers.get("accept") or "")


def is_prefetch(request: Request) -> bool:
    """Check whether the browser fetches ahead of a navigation that may never happen."""
    headers = request.headers
    purpose = headers.get("sec-purpose") or headers.get("purpose") or headers.get("x-moz")
    return purpose is not None and purpose.lower().startswith(("prefetch", "prerender", "preview"))


def is_preflight(request: Request) -> bool:
    """Check whether the request is a CORS preflight, which browsers send without credentials."""
    headers = request.headers
    return request.method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def _prefers_html(accept: str) -> bool:
    """Check whether an Accept header prefers HTML, by weight and then by position (RFC 9110 section 12.5.1)."""
    ranges = []
    for item in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in item.split(";"))
        ranges.append((_weight(parameters), media_type))
    weight, first = max(ranges, key=lambda found: found[0])
    return weight > 0 and first in _HTML


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
