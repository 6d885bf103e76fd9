"""Chromium, with JavaScript and without, and the application that it visits, over HTTP and HTTPS."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from supertokens_lambda_local.server import running
from tests.core import Core

from .visitor import Site, Visitor

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
]


@pytest.fixture(scope="package")
def chromium_path() -> str:
    path = shutil.which("chromium")
    if path is None:
        reason = "there is no command chromium: install Debian's package chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(chromium_path: str, playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def core() -> Iterator[Core]:
    core = Core()
    core.start()
    yield core
    core.stop()


@pytest.fixture(scope="package")
def new_site(core: Core) -> Iterator[Callable[..., Site]]:
    """Run the application once more, with variables of its own."""
    with ExitStack() as stack:

        def new(*, https: bool = False, **environment: str) -> Site:
            variables = {"SUPERTOKENS_CONNECTION_URI": core.uri, **environment}
            app = running(ROOT / "template.yaml", environment=variables, https=https, output=StringIO())
            return Site(stack.enter_context(app), core)

        yield new


@pytest.fixture(scope="package", params=["http", "https"])
def site(request: pytest.FixtureRequest, new_site: Callable[..., Site]) -> Site:
    return new_site(https=request.param == "https")


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: a test that asks for it is run both ways, all others run scripts."""
    return bool(request.param)


@pytest.fixture
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    scripts = "javascript" not in request.fixturenames or request.getfixturevalue("javascript")
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=scripts)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def visitor(site: Site, context: BrowserContext, core: Core) -> Visitor:
    core.refreshes.clear()
    return Visitor.of(site, context)
