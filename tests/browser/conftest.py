"""Chromium, with JavaScript and without, and the application that it visits, over HTTP and HTTPS."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from supertokens_lambda_local.server import running
from tests.support.core import Core

from .visitor import PASSWORD, Site, Visitor

ROOT = Path(__file__).parents[2]
FLAGS = [
    # Within a container Chromium cannot make one of its own; what it visits here is the repository's.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The gateway's own; Playwright's option for it leaves out what is fetched ahead.
    "--ignore-certificate-errors",
]

# What Playwright would add, and what makes it another browser than a visitor's.
LEFT_OUT = ["--disable-back-forward-cache"]


def cannot(reason: str) -> NoReturn:
    """Skip a test that wants what this machine lacks; continuous integration has to have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def built(file: Path, command: str) -> Path:
    """Want a file that npm has built."""
    return file if file.is_file() else cannot(f"{file.relative_to(ROOT)} has not been built: run `{command}`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run two browsers at a time, whatever else is run: more would wait for each other until they are given up."""
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    for item in items:
        if item.path in files:
            item.add_marker(pytest.mark.xdist_group(f"browser-{files.index(item.path) % 2}"))


@pytest.fixture(scope="package")
def chromium_path() -> str:
    path = shutil.which("chromium")
    return path or cannot("there is no command chromium: install Debian's package chromium")


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(chromium_path: str, playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS, ignore_default_args=LEFT_OUT)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def core() -> Iterator[Core]:
    with Core().running() as core:
        yield core


@pytest.fixture(scope="package")
def new_site(core: Core, playwright: Playwright) -> Iterator[Callable[..., Site]]:
    """Run an application: options of `running`'s, and environment variables of its own."""
    with ExitStack() as stack:

        def new(template: Path = ROOT / "template.yaml", *, has_own_core: bool = False, **given: Any) -> Site:
            # Ten tabs at once on a busy machine take longer than a visitor's.
            variables = {"SUPERTOKENS_REFRESH_REUSE_INTERVAL": "60"}
            variables |= {name: given.pop(name) for name in list(given) if name.isupper()}
            if not has_own_core:
                variables["SUPERTOKENS_CONNECTION_URI"] = core.uri
            console = StringIO()
            app = running(template, environment=variables, output=console, **given)
            site = Site(stack.enter_context(app), core, console)
            _warm_up(site, playwright)
            return site

        yield new


def _warm_up(site: Site, playwright: Playwright) -> None:
    """Start the functions' processes and the SDK in them, which on a busy machine outlasts a page's patience."""
    headers = {"accept": "text/html", "origin": site.url}
    form = {"email": "nobody@example.com", "password": PASSWORD}
    requests = playwright.request.new_context(base_url=site.url, ignore_https_errors=True, extra_http_headers=headers)
    for _ in range(5):
        answers = (
            requests.get("/"),
            requests.get("/dashboard"),
            requests.post("/auth", form={**form}),
        )
        if [answer.status for answer in answers] == [200, 200, 401]:
            break
    requests.dispose()


@pytest.fixture(scope="package", params=["http", "https"])
def site(request: pytest.FixtureRequest, new_site: Callable[..., Site]) -> Site:
    return new_site(https=request.param == "https")


@pytest.fixture(scope="package")
def refresh_page(new_site: Callable[..., Site]) -> Site:
    """The application whose page refreshes by SuperTokens' browser SDK."""
    built(ROOT / "functions/refresh_session/static/refresh_session.js", "make refresh-page")
    return new_site(SUPERTOKENS_REFRESH_WITH="browser-sdk")


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: a test that asks for it is run both ways, all others run scripts."""
    return bool(request.param)


@pytest.fixture
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    scripts = "javascript" not in request.fixturenames or request.getfixturevalue("javascript")
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=scripts)
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def visitor(site: Site, context: BrowserContext) -> Visitor:
    site.forget()
    return Visitor.of(site, context)
