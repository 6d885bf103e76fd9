"""The application of the repository's own template, a core beside it, and browsers that visit it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from tests.support import console
from tests.support.core import Core
from tests.support.http_browser import Browser, Hop, Page

from supertokens_lambda_local.server import running

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse 1"

_NUMBERS = count(1)


@dataclass(frozen=True)
class App:
    """A running application."""

    url: str
    core: Core
    output: StringIO
    prefix: str = ""

    def said(self, *patterns: str) -> str:
        """Wait until the console shows all patterns, since it shows an answer before its log lines; return its text."""
        for pattern in patterns:
            console.said(self.output, pattern)
        return self.output.getvalue()

    def sign_up(self, browser: Browser, target: str = "/auth?show=signup") -> "Account":
        """Make an account, and be signed in."""
        account = Account(f"visitor-{next(_NUMBERS)}-{uuid4().hex}@example.com")
        page = account.submit(browser, browser.open(self.prefix + target))
        assert page.status == 200, page.text
        return account

    def sign_in(self, browser: Browser, account: "Account") -> None:
        assert account.submit_hop(browser, browser.open(f"{self.prefix}/auth")).status == 303

    def sign_in_hours_ago(self, browser: Browser, account: "Account") -> None:
        """Leave a browser with an access token that has expired, and a refresh token that is good."""
        with self.core.hours_ago():
            self.sign_in(browser, account)


@dataclass(frozen=True)
class Account:
    """An e-mail address that is signed up, with the password of them all."""

    email: str

    def submit(self, browser: Browser, page: Page) -> Page:
        return browser.submit(page, email=self.email, password=PASSWORD)

    def submit_hop(self, browser: Browser, page: Page) -> Hop:
        return browser.submit_hop(page, email=self.email, password=PASSWORD)


@contextmanager
def run_app(
    core: Core,
    template: Path = ROOT / "template.yaml",
    prefix: str = "",
    environment: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Iterator[App]:
    output = StringIO()
    variables = {"SUPERTOKENS_CONNECTION_URI": core.uri, **(environment or {})}
    with running(template, environment=variables, parameters=parameters, output=output) as url:
        yield App(url, core, output, prefix)


@pytest.fixture(scope="session")
def core() -> Iterator[Core]:
    with Core().running() as core:
        yield core


@pytest.fixture(scope="session")
def app(core: Core) -> Iterator[App]:
    with run_app(core) as app:
        yield app


@pytest.fixture
def new_browser(app: App) -> Iterator[Callable[..., Browser]]:
    with ExitStack() as stack:

        def new(url: str = app.url, **options) -> Browser:
            browser = Browser(url, **options)
            stack.callback(browser.close)
            return browser

        yield new


@pytest.fixture
def browser(new_browser: Callable[..., Browser]) -> Browser:
    return new_browser()


@pytest.fixture(scope="session")
def account(app: App) -> Iterator[Account]:
    with closing(Browser(app.url)) as browser:
        yield app.sign_up(browser)


@pytest.fixture(scope="session")
def known(app: App, account: Account) -> Iterator[Browser]:
    """A browser with a session that no test changes."""
    with closing(Browser(app.url)) as browser:
        app.sign_in(browser, account)
        yield browser


@pytest.fixture
def signed_in(app: App, browser: Browser, account: Account) -> Browser:
    app.sign_in(browser, account)
    return browser


@pytest.fixture
def expired(app: App, browser: Browser, account: Account) -> Browser:
    """A browser that comes back hours later."""
    app.sign_in_hours_ago(browser, account)
    return browser
