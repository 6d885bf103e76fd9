"""VPC Lattice, event structure V2 ("Lambda functions as targets in VPC Lattice", VPC Lattice).

According to that page, headers and query parameters are maps of lists, and all values of a repeated header are passed
on, in requests and in responses. So each Set-Cookie is an item of one list in `headers`: there is no `cookies` and no
`multiValueHeaders`. The page does not say how the path is encoded, nor that the query follows the path, which the data
classes of Powertools for AWS Lambda expect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.event_sources.fields import (
    body,
    body_fields,
    encoded_again,
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


class Lattice:
    """Service of VPC Lattice: path and query arrive as sent, headers in lists."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event; if the path has no query, encode the query parameters again."""
        seen_path, _, query = text(event, "path").partition("?")
        headers, cookies = split_cookies(fields(event, "headers"))
        return Request(
            method=text(event, "method").upper(),
            seen_path=seen_path,
            path=without_prefix(seen_path, prefix),
            query=query or encoded_again(fields(event, "queryStringParameters")),
            headers=headers,
            cookies=cookies,
            body=body(event),
        )

    def answer(self, response: Response) -> dict[str, Any]:
        """Return the answer, with all Set-Cookie values in one list of the headers."""
        headers: dict[str, Any] = dict(response.headers)
        if response.cookies:
            headers["set-cookie"] = list(response.cookies)
        return body_fields(response) | {"headers": headers}

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Return the answer with the additions; VPC Lattice refuses an answer that is not an object."""
        if not isinstance(answer, Mapping):
            return answer
        headers = merge_headers(answer.get("headers"), additions)
        cookies = [*take(headers, "set-cookie"), *additions.cookies]
        return {**answer, "headers": headers | ({"set-cookie": cookies} if cookies else {})}
