"""Application Load Balancer (Elastic Load Balancing's "Use Lambda functions as targets").

Path and query arrive as sent, and are not to be encoded again. A target group has multi-value headers on, and takes
nothing but `multiValueHeaders`, or has them off: "if a header or query parameter has multiple values, the load balancer
uses the last value that it receives", and "you can specify a single cookie". Two must not be folded into one (RFC 6265
section 3), and names that differ in case, `Set-Cookie` and `set-cookie`, are one name: that both would be passed on is
documented nowhere, so it is not relied on. With either setting the order of headers may change on the way.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from supertokens_lambda.http.doors.fields import (
    body,
    body_fields,
    fields,
    merge_headers,
    split_cookies,
    take,
    text,
    without_prefix,
)
from supertokens_lambda.http.message import Additions, Request, Response

if TYPE_CHECKING:
    from supertokens_lambda.http.doors.door import Answer, Event

# Of a session's cookies this one alone is of use without the others: the session lives until it expires. A refresh
# token without its access token is rotated by every page, and no page ever comes.
_OF_USE_ALONE = "sAccessToken="

_ADVICE = (
    "The load balancer's target group has multi-value headers off, so an answer carries one cookie, and a session ends "
    "with its first access token: set the target group's attribute lambda.multi_value_headers.enabled to true"
)


class Alb:
    """A load balancer with multi-value headers on: all headers and parameters are in maps of lists."""

    _headers, _query = "multiValueHeaders", "multiValueQueryStringParameters"

    def request(self, event: "Event", prefix: str) -> Request:
        """Read an event."""
        seen_path = text(event, "path") or "/"
        headers, cookies = split_cookies(fields(event, self._headers))
        return Request(
            method=text(event, "httpMethod").upper(),
            seen_path=seen_path,
            path=without_prefix(seen_path, prefix),
            query="&".join(f"{name}={value}" for name, value in fields(event, self._query)),
            headers=headers,
            cookies=cookies,
            body=body(event),
        )

    def answer(self, response: Response) -> dict[str, Any]:
        """Put every header into the one map that is taken, and the status beside its name."""
        return {
            **body_fields(response),
            "statusDescription": _described(response.status),
            self._headers: self._map(dict(response.headers), response.cookies),
        }

    def amend(self, answer: "Answer", additions: Additions) -> "Answer":
        """Add to an answer; one that is no object is an error of the handler's that the load balancer reports."""
        if not additions or not isinstance(answer, Mapping):
            return answer
        headers = merge_headers(answer.get(self._headers), additions)
        cookies = (*take(headers, "set-cookie"), *additions.cookies)
        return {**answer, self._headers: self._map(headers, cookies)}

    def _map(self, headers: dict[str, Any], cookies: tuple[str, ...]) -> dict[str, Any]:
        lists = {name: value if isinstance(value, list) else [value] for name, value in headers.items()}
        return lists | ({"Set-Cookie": list(cookies)} if cookies else {})


class SingleValueAlb(Alb):
    """A load balancer with multi-value headers off, as target groups are made: the last of a repeated name arrives."""

    _headers, _query = "headers", "queryStringParameters"

    def __init__(self) -> None:
        logging.getLogger("supertokens_lambda").warning(_ADVICE)

    def _map(self, headers: dict[str, Any], cookies: tuple[str, ...]) -> dict[str, Any]:
        # The last one: what clears a cookie of another domain comes before what sets this one's.
        chosen = [cookie for cookie in cookies if cookie.startswith(_OF_USE_ALONE)][-1:] or cookies[:1]
        return headers | ({"Set-Cookie": chosen[0]} if chosen else {})


def _described(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
