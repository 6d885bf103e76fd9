"""A browser in front of functions, with no HTTP between them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from supertokens_lambda._http.event_sources import event_source_of
from supertokens_lambda._http.message import Request
from supertokens_lambda.testing.event_sources import ApiGateway
from supertokens_lambda.testing.visits import EventSource, Visit

from .answer import CALL, NAVIGATION, Answer, SetCookie
from .constants import SESSION_COOKIES, Handler
from .core_sessions import Issued


class Browser:
    """A browser that keeps cookies by name and path, in front of functions behind one of AWS' event sources."""

    def __init__(self, seen: set[str]) -> None:
        self.cookies: dict[tuple[str, str], str] = {}
        self.more_cookies: list[str] = []
        self.event_source: EventSource = ApiGateway("http-api-2.0")
        self._seen = seen

    def holds(self, issued: Issued, *, refresh_path: str = "/auth/session/refresh") -> Issued:
        self.cookies["sAccessToken", "/"] = issued.access_token
        self.cookies["sRefreshToken", refresh_path] = issued.refresh_token.replace("=", "%3D").replace("+", "%2B")
        if issued.anti_csrf_token:
            self.cookies["sAntiCsrf", "/"] = issued.anti_csrf_token
        return issued

    def has(self, name: str) -> str | None:
        return next((value for (found, _), value in self.cookies.items() if found == name), None)

    def event(self, target: str, *, method="GET", headers=None, body=None, page=True) -> dict[str, Any]:
        path = target.partition("?")[0]
        kept = [f"{name}={value}" for (name, under), value in self.cookies.items() if path.startswith(under)]
        cookies = kept + self.more_cookies
        self._seen |= {cookie.partition("=")[2] for cookie in cookies if cookie.startswith(SESSION_COOKIES)}
        sent = {"host": "app.example.com"} | (NAVIGATION if page else CALL) | (headers or {})
        content = body.encode(errors="surrogatepass") if isinstance(body, str) else body or b""
        return self.event_source.event(Visit(method, target, tuple(sent.items()), tuple(cookies), content))

    def request(self, target: str, **more) -> Request:
        event = self.event(target, **more)
        event_source = event_source_of(event)
        assert event_source is not None
        return event_source.request(event, "")

    def open(self, handler: Handler, target: str = "/dashboard", *, context: Any = None, **more) -> Answer:
        answer = Answer.of(self.event_source.seen(handler(self.event(target, **more), context)))
        self.keep(answer.cookies)
        return answer

    def keep(self, cookies: Iterable[SetCookie]) -> None:
        for cookie in cookies:
            key = cookie.name, cookie.attributes.get("path", "/")
            if cookie.is_gone:
                self.cookies.pop(key, None)
            else:
                self.cookies[key] = cookie.value
                if cookie.name in SESSION_COOKIES:
                    self._seen.add(cookie.value)

    def call(self, handler: Handler, target: str, content: Any = None, **more) -> Answer:
        """Call as a script does; with content, a POST of JSON."""
        if content is not None:
            headers = {"content-type": "application/json", "st-auth-mode": "cookie", "rid": "anti-csrf"}
            more = {"method": "POST", "body": json.dumps(content)} | more
            more["headers"] = headers | more.get("headers", {})
        return self.open(handler, target, page=False, **more)


@pytest.fixture
def browser(toolkit, seen_tokens) -> Browser:
    return Browser(seen_tokens)


@pytest.fixture
def new_browser(toolkit, seen_tokens) -> Callable[[], Browser]:
    return lambda: Browser(seen_tokens)
