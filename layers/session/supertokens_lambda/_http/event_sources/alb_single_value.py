"""Application Load Balancer whose target group has multi-value headers off, as target groups are made.

"If a header or query parameter has multiple values, the load balancer uses the last value that it receives", and of
cookies "you can specify a single cookie" (Elastic Load Balancing's "Use Lambda functions as targets"). Two must not be
folded into one (RFC 6265 section 3). Names that differ in case, `Set-Cookie` and `set-cookie`, are one name: that both
would be passed on is documented nowhere, so it is not relied on.

A refresh makes two tokens, each with a cookie. Of the two, one would be lost: without the access token no page comes,
and without the refresh token the next refresh is taken for theft. So no refresh is begun: the refresh token is not
read. A session lives until its first access token expires, and ends at the sign-in page.
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

# Which of several cookies is carried, by name and whether it is set or cleared. A refresh hands its evidence over.
_ORDER = {("sAccessToken", True): 0, ("sAccessToken", False): 1}

_ADVICE = (
    "The load balancer's target group has multi-value headers off, so an answer carries one cookie, and a session ends "
    "with its first access token: set the target group's attribute lambda.multi_value_headers.enabled to true"
)


class SingleValueAlb(Alb):
    """A load balancer with multi-value headers off: one cookie goes out, and the last of a repeated name comes in."""

    _headers, _query = "headers", "queryStringParameters"

    def __init__(self) -> None:
        logging.getLogger("supertokens_lambda").warning(_ADVICE)

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event, less the refresh token, which no answer could replace."""
        request = super().request(event, prefix)
        pairs = [pair for pair in request.cookies.pairs if pair.partition("=")[0].strip() != _NOT_READ]
        request.cookies = Cookies(";".join(pairs))
        request.one_cookie = True
        return request

    def _map(self, headers: dict[str, Any], cookies: tuple[str, ...]) -> dict[str, Any]:
        return headers | ({"Set-Cookie": most_wanted(cookies)} if cookies else {})


def most_wanted(cookies: Iterable[str]) -> str:
    """Choose the one Set-Cookie that an answer carries."""
    return min(cookies, key=_rank)


def _rank(cookie: str) -> int:
    name, _, value = cookie.partition("=")
    return _ORDER.get((name, not value.startswith(";")), len(_ORDER))
