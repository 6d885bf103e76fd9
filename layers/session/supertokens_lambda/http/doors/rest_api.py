"""REST API (API Gateway's "Lambda proxy integrations in API Gateway")."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from supertokens_lambda.http.cookies import Cookies
from supertokens_lambda.http.doors.fields import (
    body,
    body_fields,
    fields,
    merge_headers,
    text,
    without_prefix,
)
from supertokens_lambda.http.message import Additions, Headers, Request, Response

if TYPE_CHECKING:
    from supertokens_lambda.http.doors.door import Answer, Event

_QUERY_SAFE = "/:@!$'()*,;?"


class RestApi:
    """A REST API: the path arrives as sent, the query decoded, repeated headers in a map of lists."""

    def request(self, event: "Event", prefix: str) -> Request:
        """Read an event; the query is encoded again, since what the browser sent is lost."""
        context = event["requestContext"]
        # Only the context's path is the browser's: the other one has lost the stage.
        seen_path = text(event, "requestContext", "path") if context.get("path") else text(event, "path")
        headers = list(fields(event, "multiValueHeaders")) or list(fields(event, "headers"))
        query = list(fields(event, "multiValueQueryStringParameters")) or list(fields(event, "queryStringParameters"))
        return Request(
            method=text(event, "httpMethod").upper(),
            seen_path=seen_path,
            path=without_prefix(seen_path, prefix),
            query="&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in query),
            headers=Headers((name, value) for name, value in headers if name.lower() != "cookie"),
            cookies=Cookies("; ".join(value for name, value in headers if name.lower() == "cookie")),
            body=body(event),
        )

    def answer(self, response: Response) -> dict[str, Any]:
        """Put each Set-Cookie into `multiValueHeaders`."""
        answer = body_fields(response) | {"headers": dict(response.headers)}
        if response.cookies:
            answer["multiValueHeaders"] = {"Set-Cookie": list(response.cookies)}
        return answer

    def amend(self, answer: "Answer", additions: Additions) -> "Answer":
        """Add to an answer; one that is no object is an error of the handler's that API Gateway reports."""
        if not additions or not isinstance(answer, Mapping):
            return answer
        replaced = {name for name, _ in additions.all_headers}
        repeated: dict[str, Any] = {}
        cookies: list[str] = []
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            if name.lower() == "set-cookie":
                cookies += values
            elif name.lower() not in replaced:
                repeated[name] = values
        if cookies or additions.cookies:
            repeated["Set-Cookie"] = [*cookies, *additions.cookies]
        return {
            **answer,
            "headers": merge_headers(answer.get("headers"), additions),
            "multiValueHeaders": repeated,
        }


def _encoded(value: str) -> str:
    return quote(value, safe=_QUERY_SAFE, errors="replace")
