"""Application Load Balancer ("Use Lambda functions as targets", Elastic Load Balancing).

Path and query arrive as the browser sent them, so they must not be encoded again. With multi-value headers on, a load
balancer reads only `multiValueHeaders` of an answer, and may reorder the headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.event_sources.fields import (
    body,
    body_fields,
    fields,
    merge_headers,
    split_cookies,
    take,
    text,
    without_prefix,
)
from supertokens_lambda._http.message import Additions, Request, Response

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import Answer, Event


class Alb:
    """Load balancer with multi-value headers on: all headers and parameters are in maps of lists."""

    _headers, _query = "multiValueHeaders", "multiValueQueryStringParameters"

    def request(self, event: Event, prefix: str) -> Request:
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
        """Return the answer: all headers in `multiValueHeaders`, and a status description."""
        return {
            **body_fields(response),
            "statusDescription": _described(response.status),
            self._headers: self._map(dict(response.headers), response.cookies),
        }

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Return the answer with the additions; the load balancer refuses an answer that is not an object."""
        if not isinstance(answer, Mapping):
            return answer
        headers = merge_headers(answer.get(self._headers), additions)
        cookies = (*take(headers, "set-cookie"), *additions.cookies)
        return {**answer, self._headers: self._map(headers, cookies)}

    def _map(self, headers: dict[str, Any], cookies: tuple[str, ...]) -> dict[str, Any]:
        lists = {name: value if isinstance(value, list) else [value] for name, value in headers.items()}
        return lists | ({"Set-Cookie": list(cookies)} if cookies else {})


def _described(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
