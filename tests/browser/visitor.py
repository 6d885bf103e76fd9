"""Somebody at a browser, and what one can see of a visit from there."""

import re
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from io import StringIO
from itertools import count
from urllib.parse import quote, urlsplit
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, Request, Response

from tests.support.core import Core

PASSWORD = "correct horse 1"

_NUMBERS = count(1)


@dataclass(frozen=True)
class Site:
    """A running application, the core behind it, and its console."""

    url: str
    core: Core
    console: StringIO = field(repr=False)

    @property
    def origin(self) -> str:
        """The URL without the stage that may be in it."""
        return urlsplit(self.url)._replace(path="").geturl()

    def target(self, url: str) -> str:
        """Give the path and the query of a page of this site, byte for byte."""
        assert url.startswith(f"{self.url}/"), url
        return url.removeprefix(self.url)

    def said(self, pattern: str) -> None:
        """Wait for a line of the console."""
        deadline = time.monotonic() + 60
        while not re.search(pattern, self.console.getvalue()):
            assert time.monotonic() < deadline, self.console.getvalue()
            time.sleep(0.01)

    def forget(self) -> None:
        """Let what comes next be all that there is to see of it."""
        self.core.refreshes.clear()
        self.console.seek(0)
        self.console.truncate()


@dataclass(frozen=True)
class Visitor:
    """A browser's profile with cookies of its own, and the account of who sits there."""

    site: Site
    context: BrowserContext
    email: str

    @classmethod
    def of(cls, site: Site, context: BrowserContext) -> "Visitor":
        return cls(site, context, f"visitor-{next(_NUMBERS)}-{uuid4().hex}@example.com")

    def tab(self) -> "Tab":
        return Tab(self.site, self.context.new_page())

    def cookies(self) -> dict[str, str]:
        return {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}

    def requests(self) -> list[Request]:
        """Collect what all tabs ask for from now on."""
        requests: list[Request] = []

        def collect(request: Request) -> None:
            requests.append(request)

        self.context.on("request", collect)
        return requests

    def sign_up(self) -> "Tab":
        """Make an account by the form, and be at the dashboard."""
        tab = self.tab()
        tab.open("/auth?show=signup")
        tab.submit(self.email)
        assert tab.heading == "Dashboard"
        return tab

    def has_signed_up(self) -> None:
        """Make an account without a page."""
        self._post("/auth?show=signup", {"email": self.email, "password": PASSWORD})

    def signed_up_hours_ago(self) -> None:
        """Have an access token that has expired by now, and a refresh token that is good."""
        with self._hours_ago():
            self.has_signed_up()

    def comes_back_hours_later(self) -> None:
        """Let the present session go on until its access token has expired: once more is it refreshed, hours ago."""
        with self._hours_ago():
            response = self.context.request.post(f"{self.site.url}/auth/session/refresh", headers={"rid": "anti-csrf"})
            assert response.status == 200, "the session is over"
        # It lives for seconds, and the browser was away for hours.
        self.context.clear_cookies(name="stRefreshEvidence")

    def open_at_once(self, tabs: "list[Tab]", targets: list[str]) -> None:
        """Let all tabs go where they shall before any of them has arrived, as a browser does that restores them."""
        with ExitStack() as stack:
            for tab in tabs:
                stack.enter_context(tab.page.expect_event("load"))
            for tab, target in zip(tabs, targets, strict=True):
                tab.depart(target)

    def _hours_ago(self) -> AbstractContextManager[None]:
        return self.site.core.hours_ago()

    def _post(self, target: str, form: Mapping[str, str]) -> None:
        response = self.context.request.post(
            self.site.url + target, form=dict(form), headers={"origin": self.site.origin}, max_redirects=0
        )
        assert response.status == 303, response.text()


@dataclass(frozen=True)
class Tab:
    """A page under somebody's eyes."""

    site: Site
    page: Page

    def open(self, target: str) -> list[str]:
        """Go where the address bar says, and give the way there: each target that was asked for."""
        response = self.page.goto(self.site.url + target)
        return self.way(response)

    def depart(self, target: str) -> None:
        """Go somewhere, and do not wait."""
        self.page.evaluate("url => { location.href = url }", self.site.url + target)

    def way(self, response: Response | None) -> list[str]:
        request = response.request if response else None
        targets: list[str] = []
        while request is not None:
            targets.insert(0, self.site.target(request.url))
            request = request.redirected_from
        return targets

    def submit(self, email: str, password: str = PASSWORD) -> None:
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.press("main form button")

    def press(self, selector: str) -> None:
        """Press a button, and wait until the page that it leads to is there."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def back(self) -> None:
        # A page out of the browser's memory is not loaded once more.
        self.page.go_back(wait_until="commit")

    def forward(self) -> None:
        self.page.go_forward(wait_until="commit")

    @property
    def target(self) -> str:
        return self.site.target(self.page.url)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def heading(self) -> str:
        return self.page.inner_text("h1")

    @property
    def alert(self) -> str:
        return self.page.inner_text("role=alert")


def redirect_back(page: str, target: str) -> str:
    """Put a target into the query of a page as the application does: encoded once, slashes left as they are."""
    return f"{page}?redirectBack={quote(target, safe='/')}"
