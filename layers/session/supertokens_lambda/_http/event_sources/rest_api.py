"""REST API ("Lambda proxy integrations in API Gateway", API Gateway)."""

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


class RestApi:
    """REST API: the path arrives as sent, the query decoded, repeated headers in a map of lists."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event; encode the query again, since API Gateway has decoded it."""
        seen_path = self.seen_path(event)
        headers, cookies = split_cookies(list(fields(event, "multiValueHeaders")) or fields(event, "headers"))
        query = list(fields(event, "multiValueQueryStringParameters")) or list(fields(event, "queryStringParameters"))
        return Request(
            method=text(event, "httpMethod").upper(),
            seen_path=seen_path,
            path=without_prefix(seen_path, prefix),
            query=encoded_again(query),
            headers=headers,
            cookies=cookies,
            body=body(event),
        )

    def seen_path(self, event: Event) -> str:
        """Return the path as the browser sent it, from the request context: the field `path` has no stage."""
        found = event["requestContext"].get("path")
        # `sam local start-api` puts the resource there, like /auth/{proxy+}; its paths have no stage.
        is_resource = isinstance(found, str) and "{" in found and found == event.get("resource")
        return text(event, "requestContext", "path") if found and not is_resource else text(event, "path")

    def answer(self, response: Response) -> dict[str, Any]:
        """Return the answer, with each Set-Cookie in `multiValueHeaders`."""
        answer = body_fields(response) | {"headers": dict(response.headers)}
        if response.cookies:
            answer["multiValueHeaders"] = {"Set-Cookie": list(response.cookies)}
        return answer

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Return the answer with the additions; API Gateway refuses an answer that is not an object."""
        if not isinstance(answer, Mapping):
            return answer
        repeated = dict(answer.get("multiValueHeaders") or {})
        for name, _ in additions.all_headers:
            take(repeated, name)
        cookies = take(repeated, "set-cookie")
        if cookies or additions.cookies:
            repeated["Set-Cookie"] = [*cookies, *additions.cookies]
        return {
            **answer,
            "headers": merge_headers(answer.get("headers"), additions),
            "multiValueHeaders": repeated,
        }
