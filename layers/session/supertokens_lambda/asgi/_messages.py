"""ASGI scopes and messages, to and from the toolkit's requests and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.event_sources.fields import merge_headers, split_cookies, without_prefix
from supertokens_lambda._http.message import Request
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from supertokens_lambda._http.message import Additions, Response

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    # Each framework has different types for the three arguments.
    App = Callable[[Any, Any, Any], Awaitable[None]]


def request_of(scope: Scope) -> Request:
    """Build the request of an HTTP scope; the application reads the body."""
    seen_path = (scope.get("raw_path") or b"").decode("latin-1")
    if not seen_path:
        from supertokens_lambda._http.redirects import quote_path

        seen_path = quote_path(scope.get("path") or "/")
    headers, cookies = split_cookies(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope.get("headers", ())
    )
    return Request(
        method=scope["method"].upper(),
        seen_path=seen_path,
        path=without_prefix(seen_path, current().settings.api_gateway_path),
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        cookies=cookies,
    )


def amended_headers(headers: Iterable[tuple[bytes, bytes]], additions: Additions) -> list[tuple[bytes, bytes]]:
    """Return the application's headers with those of the session in place of equal names, and its cookies added."""
    own = [(name, value) for name, value in headers]
    if not additions:
        return own
    names = {name.encode("latin-1") for name, _ in additions.all_headers}
    replaced = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in own if name.lower() in names}
    kept = [(name, value) for name, value in own if name.lower() not in names]
    return kept + _encoded(merge_headers(replaced, additions).items(), additions.cookies)


async def send_response(response: Response, send: Send) -> None:
    """Send a response of the guard."""
    body = response.body.encode() if isinstance(response.body, str) else response.body
    # RFC 9110 section 8.6: a 204 has no Content-Length.
    length = [("content-length", str(len(body)))] if response.status != 204 else []
    headers = [*response.headers, *length]
    await send(
        {"type": "http.response.start", "status": response.status, "headers": _encoded(headers, response.cookies)}
    )
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: Iterable[tuple[str, str]], cookies: Iterable[str]) -> list[tuple[bytes, bytes]]:
    fields = [*headers, *(("set-cookie", cookie) for cookie in cookies)]
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
