"""HTTP API, payload format 2.0 ("Working with AWS Lambda proxy integrations for HTTP APIs", API Gateway)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.event_sources.fields import (
    EventError,
    body,
    body_fields,
    header_map,
    merge_headers,
    optional_text,
    text,
    without_prefix,
)
from supertokens_lambda._http.message import Additions, Request, Response

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import Answer, Event


_UNRESERVED = str.maketrans("/-._~", "aaaaa")


class HttpApi:
    """HTTP API: the path arrives decoded, the query as sent, the cookies in a separate list."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event."""
        seen_path = self.seen_path(event) or "/"
        headers = header_map(event)
        named = headers.pop("cookie", "")
        # Positional arguments: keywords would take as long as reading the fields.
        return Request(
            text(event, "requestContext", "http", "method").upper(),
            seen_path,
            without_prefix(seen_path, prefix),
            optional_text(event, "rawQueryString"),
            headers,
            Cookies(_cookie_header(event) or named),
            body(event),
        )

    def seen_path(self, event: Event) -> str:
        """Return the path, encoded again: API Gateway has decoded what the browser sent."""
        return _encoded(text(event, "rawPath"))

    def answer(self, response: Response) -> dict[str, Any]:
        """Return the answer, with each Set-Cookie in the list `cookies`."""
        return {**body_fields(response), "headers": dict(response.headers), "cookies": list(response.cookies)}

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Return the answer with the additions; without a status code, first write out what API Gateway infers."""
        if not (isinstance(answer, Mapping) and "statusCode" in answer):
            inferred = answer if isinstance(answer, str) else json.dumps(answer)
            answer = {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": inferred}
        return {
            **answer,
            "headers": merge_headers(answer.get("headers"), additions),
            "cookies": [*(answer.get("cookies") or []), *additions.cookies],
        }


def _cookie_header(event: Event) -> str:
    cookies = event.get("cookies") or []
    try:
        if isinstance(cookies, list):
            return "; ".join(cookies)
    except TypeError:
        pass
    raise EventError("cookies of the event must be a list of strings")


@lru_cache(maxsize=128)
def _encoded(path: str) -> str:
    # Most paths have nothing to encode, so the encoder is rarely imported.
    if path.isascii() and path.translate(_UNRESERVED).isalnum():
        return path
    from supertokens_lambda._http.redirects import quote_path

    return quote_path(path)
