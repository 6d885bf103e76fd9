"""Application Load Balancer whose target group has multi-value headers off, the default.

"If a header or query parameter has multiple values, the load balancer uses the last value that it receives", and of
cookies "you can specify a single cookie" (Elastic Load Balancing's "Use Lambda functions as targets"). Two must not be
folded into one (RFC 6265 section 3). Sending both `Set-Cookie` and `set-cookie` might deliver two cookies, but AWS does
not document that.

A refresh sets two cookies, and one of them would be lost: without the access token no page is served, and without the
refresh token the next refresh looks like theft. So the refresh token is ignored, and no refresh starts. A session
ends at the sign-in page when its first access token expires.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.event_sources.alb import Alb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supertokens_lambda._http.event_sources.event_source import Event
    from supertokens_lambda._http.message import Request

_NOT_READ = "sRefreshToken"

# Priorities of cookies, by name and whether the cookie is set or cleared; any other cookie comes last.
_ORDER = {("sAccessToken", True): 0, ("sAccessToken", False): 1}

_ADVICE = (
    "The load balancer's target group has multi-value headers off, so an answer carries one cookie, and a session ends "
    "with its first access token; set the target group's attribute lambda.multi_value_headers.enabled to true"
)


class SingleValueAlb(Alb):
    """Load balancer with multi-value headers off: an answer has one cookie, a request the last value of each name."""

    _headers, _query = "headers", "queryStringParameters"

    def __init__(self) -> None:
        logging.getLogger("supertokens_lambda").warning(_ADVICE)

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event without its refresh token, which no answer could replace."""
        request = super().request(event, prefix)
        pairs = [pair for pair in request.cookies.pairs if pair.partition("=")[0].strip() != _NOT_READ]
        request.cookies = Cookies(";".join(pairs))
        request.one_cookie = True
        return request

    def _map(self, headers: dict[str, Any], cookies: tuple[str, ...]) -> dict[str, Any]:
        return headers | ({"Set-Cookie": selected_cookie(cookies)} if cookies else {})


def selected_cookie(cookies: Iterable[str]) -> str:
    """Return the one Set-Cookie that the answer carries."""
    return min(cookies, key=_rank)


def _rank(cookie: str) -> int:
    name, _, value = cookie.partition("=")
    return _ORDER.get((name, not value.startswith(";")), len(_ORDER))
