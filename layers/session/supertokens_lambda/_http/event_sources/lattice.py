"""VPC Lattice, event structure V2 (VPC Lattice's "Lambda functions as targets in VPC Lattice").

That page gives headers and query parameters as maps of lists, and says of headers that come again, in requests and in a
function's responses, that all values are passed on, in a list. So each Set-Cookie is an item of one list in `headers`:
there is no `cookies` and no `multiValueHeaders`. The page does not say how the path is encoded, nor that it ends in the
query, which the data classes of Powertools for AWS Lambda know of.
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
    """A service of VPC Lattice: path and query arrive as sent, headers in lists."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event; a query that the path does not end in is encoded again."""
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
        """Put each Set-Cookie into one list among the headers."""
        headers: dict[str, Any] = dict(response.headers)
        if response.cookies:
            headers["set-cookie"] = list(response.cookies)
        return body_fields(response) | {"headers": headers}

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Add to an answer; one that is no object is an error of the handler's that VPC Lattice reports."""
        if not isinstance(answer, Mapping):
            return answer
        headers = merge_headers(answer.get("headers"), additions)
        cookies = [*take(headers, "set-cookie"), *additions.cookies]
        return {**answer, "headers": headers | ({"set-cookie": cookies} if cookies else {})}
