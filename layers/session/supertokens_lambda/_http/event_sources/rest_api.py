"""REST API (API Gateway's "Lambda proxy integrations in API Gateway")."""

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
    """A REST API: the path arrives as sent, the query decoded, repeated headers in a map of lists."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event; the query is encoded again, since what the browser sent is lost."""
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
        """Give the path as the browser sent it: the context's, since the other one has lost the stage."""
        found = event["requestContext"].get("path")
        # `sam local start-api` names the resource there, like /auth/{proxy+}, and has no stage in its paths.
        is_resource = isinstance(found, str) and "{" in found and found == event.get("resource")
        return text(event, "requestContext", "path") if found and not is_resource else text(event, "path")

    def answer(self, response: Response) -> dict[str, Any]:
        """Put each Set-Cookie into `multiValueHeaders`."""
        answer = body_fields(response) | {"headers": dict(response.headers)}
        if response.cookies:
            answer["multiValueHeaders"] = {"Set-Cookie": list(response.cookies)}
        return answer

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Add to an answer; one that is no object is an error of the handler's that API Gateway reports."""
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
