"""The build under the real `sam local start-api`: its functions in containers, behind an HTTP API and a REST API."""

from collections.abc import Iterator
from contextlib import closing
from io import StringIO

import pytest
from tests.e2e.conftest import App
from tests.support.core import Core
from tests.support.http_browser import Browser

from .conftest import ROOT, Build, PublishedLayer, start_api

pytestmark = pytest.mark.xdist_group("sam")

REST = ROOT / "tests/e2e/templates/rest_api.yaml"
# In the order of the alphabet, which is the one of SAM CLI's REST API.
TARGET = "/dashboard?q=a%20b&tab=billing"


@pytest.fixture(scope="session", params=[ROOT / "template.yaml", REST], ids=["HTTP API", "REST API"])
def app(request, engine, build: Build, published_layer: PublishedLayer, core: Core) -> Iterator[App]:
    made = build(request.param)
    parameters = {"ApiDomain": "{url}", "WebsiteDomain": "{url}"}
    with start_api(made / "template.yaml", published_layer, core, parameters) as url:
        yield App(url, core, StringIO())


@pytest.fixture
def browser(app: App) -> Iterator[Browser]:
    with closing(Browser(app.url)) as browser:
        yield browser


def test_a_visit_from_signing_up_to_signing_out(app: App, browser: Browser):
    assert browser.open(TARGET).target.startswith("/auth?redirectBack=")
    account = app.sign_up(browser)
    assert browser.open(TARGET).target == TARGET

    browser.clear()
    app.sign_in_hours_ago(browser, account)
    before = browser.cookies
    page = browser.open(TARGET)
    assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
    assert (page.target, page.heading) == (TARGET, "Dashboard")
    assert all(browser.cookies[name] != before[name] for name in ("sAccessToken", "sRefreshToken", "sFrontToken"))
    assert browser.open(TARGET).locations == []

    page = browser.submit(browser.open("/dashboard"))
    assert [hop.target for hop in page.hops] == ["/auth/sign-out", "/auth"]
    assert "sAccessToken" not in browser.cookies
    assert browser.open(TARGET).target.startswith("/auth?redirectBack=")


def test_a_core_that_is_down_signs_nobody_out(app: App, browser: Browser):
    account = app.sign_up(browser)
    browser.clear()
    app.sign_in_hours_ago(browser, account)
    before = browser.cookies

    with app.core.failing("answers 500"):
        page = browser.open(TARGET)

    assert page.status == 503
    assert browser.cookies == before
    assert browser.open(TARGET).status == 200
