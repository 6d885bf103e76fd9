"""A website of several functions, each with settings and a clock of its own, and browsers that visit it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from supertokens_lambda import handlers, sign_in, verify_session
from supertokens_lambda.testing.visits import Visit

from .answer import NAVIGATION, Answer
from .constants import Handler
from .cookie_jar import Jar, Kept
from .core import Core
from .event_sources import EVENT_SOURCES
from .toolkit import Instance

REDIRECTS = (301, 302, 303, 307, 308)
PATIENCE = 20  # redirects, as Chrome has


@verify_session()
def dashboard(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "dashboard"}


@verify_session(session_required=False)
def home(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "welcome back" if session else "welcome"}


class Function:
    """A function with variables and a clock that are not those of the others.

    Parameters
    ----------
    handler
        Of the function.
    settings
        Its variables that differ, named without their prefix.
    ahead
        Seconds that its clock is ahead of the core's.
    """

    def __init__(self, handler: Handler, settings: Mapping[str, str] | None = None, ahead: float = 0.0) -> None:
        self.handler = handler
        self._variables = {f"SUPERTOKENS_{name}": value for name, value in (settings or {}).items()}
        self._ahead = ahead
        # A function without settings shares what the others keep.
        self._instance = Instance() if settings else None

    def __call__(self, core: Core, event: dict[str, Any]) -> Any:
        real, now = time.time, core.ahead
        with self._its_settings(), pytest.MonkeyPatch.context() as patch:
            if self._ahead:
                patch.setattr(time, "time", lambda: real() + self._ahead)
                # The core, which is in this process, goes by its own.
                core.ahead -= self._ahead
            try:
                return self.handler(event, None)
            finally:
                core.ahead = now

    def close(self) -> None:
        if self._instance:
            self._instance.close()

    def _its_settings(self) -> AbstractContextManager[None]:
        return self._instance.current(self._variables) if self._instance else nullcontext()


@dataclass(frozen=True)
class Hop:
    """A request, and what was answered."""

    method: str
    url: str
    answer: Answer

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass(frozen=True)
class Ask:
    """A request that is to be made."""

    url: str
    method: str = "GET"
    fields: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Website:
    """Functions behind an event source.

    Attributes
    ----------
    event source
        Of `EVENT_SOURCES`.
    pages
        By path, without the stage.
    core
        The core that the refresh asks.
    """

    event_source: str
    pages: dict[str, Function]
    core: Core
    origin: str = "https://localhost"

    @property
    def prefix(self) -> str:
        return EVENT_SOURCES[self.event_source].prefix

    def url(self, path: str) -> str:
        return f"{self.origin}{self.prefix}{path}"

    def serve(self, ask: Ask, cookies: list[str]) -> Answer:
        target = urlsplit(ask.url)
        path = target.path.removeprefix(self.prefix)
        headers = NAVIGATION | {"host": target.netloc, **ask.headers}
        body = b""
        if ask.fields is not None:
            headers |= {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
            body = urlencode(ask.fields).encode()
        found = ask.url.partition(target.netloc)[2]
        visit = Visit(ask.method, found, tuple(headers.items()), tuple(cookies), body, target.scheme)
        event_source = EVENT_SOURCES[self.event_source].event_source
        api = path.startswith("/auth/") and path != "/auth/sign-out"
        function = self.pages.get(path) or (self.pages["/auth/"] if api else None)
        assert function is not None, ask.url
        return Answer.of(event_source.seen(function(self.core, event_source.event(visit))))

    def close(self) -> None:
        for function in self.pages.values():
            function.close()


class Visitor:
    """A browser at a website.

    Parameters
    ----------
    website
        That it visits.
    jar
        Its cookies.
    seen
        Is given every session cookie that it has.
    """

    def __init__(self, website: Website, jar: Jar, seen: set[str]) -> None:
        self.website = website
        self.jar = jar
        self.pinned: list[str] = []
        self._seen = seen

    def holds(self, name: str, value: str, origin: str, path: str = "/") -> None:
        """Keep a cookie of another time, which is of one host alone."""
        host = urlsplit(origin).hostname or ""
        self.jar.put(Kept(name, value, host, True, path, False, "none" if self.jar.embedded else "lax", float("inf")))
        self._seen.add(value)

    def open(self, path: str) -> list[Hop]:
        """Go to a page, and on to where it leads."""
        return self.follow(Ask(self.website.url(path)))

    def submit(self, page: Hop, **fields: str) -> list[Hop]:
        """Submit the form of a page."""
        action = unescape(page.answer.body.partition('<form method="post" action="')[2].partition('"')[0])
        return self.follow(Ask(urljoin(page.url, action), "POST", fields))

    def click(self, page: Hop, text: str) -> list[Hop]:
        """Follow the link with a text."""
        before = page.answer.body.partition(f">{text}</a>")[0]
        return self.follow(Ask(urljoin(page.url, unescape(before.rpartition('href="')[2].rstrip('"')))))

    def follow(self, ask: Ask) -> list[Hop]:
        """Make a request and follow redirects, as often as Chrome does."""
        hops: list[Hop] = []
        while len(hops) <= PATIENCE:
            if self.jar.embedded:
                ask = replace(ask, headers={"sec-fetch-dest": "iframe"})
            hop = self.take(ask, self.website.serve(ask, self.cookies(ask)))
            hops.append(hop)
            if hop.answer.status not in REDIRECTS:
                break
            ask = Ask(urljoin(hop.url, hop.answer.location))
        return hops

    def cookies(self, ask: Ask) -> list[str]:
        sent = self.jar.sent(ask.url) + self.pinned
        self._seen |= {pair.partition("=")[2] for pair in sent if pair.startswith(("sAccess", "sRefresh", "sFront"))}
        return sent

    def take(self, ask: Ask, answer: Answer) -> Hop:
        for header in answer.set_cookies:
            self.jar.take(header, ask.url)
        return Hop(ask.method, ask.url, answer)


@contextmanager
def website_of(
    event_source: str,
    core: Core,
    *,
    page: Mapping[str, str] | None = None,
    ahead: float = 0.0,
    origin: str = "https://localhost",
    pages: Mapping[str, Handler] | None = None,
) -> Iterator[Website]:
    """Make the sample's website; `page` and `ahead` are settings and clock of its guarded pages."""
    guarded = {"/dashboard": dashboard, "/": home} | dict(pages or {})
    others = {
        "/auth": sign_in.handler,
        "/auth/sign-out": sign_in.handler,
        "/auth/": handlers.auth,
        "/refresh-session": handlers.refresh_session,
    }
    functions = {path: Function(handler) for path, handler in others.items()}
    functions |= {path: Function(handler, page, ahead) for path, handler in guarded.items()}
    website = Website(event_source, functions, core, origin)
    try:
        yield website
    finally:
        website.close()
