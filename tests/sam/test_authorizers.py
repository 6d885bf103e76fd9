"""The example of authorizers under the real `sam local start-api`, as far as that runs them.

It asks authorizers of both kinds, and evaluates what they say. It knows no gateway responses, so a denial stays 403; an
error of an authorizer's is told as 500, and servers behind an API are not called.
"""

from collections.abc import Iterator
from contextlib import closing
from io import StringIO

import pytest
from tests.e2e.conftest import App
from tests.support.core import Core
from tests.support.http_browser import Browser, redirect_back

from .conftest import ROOT, Build, PublishedLayer, start_api

pytestmark = pytest.mark.xdist_group("sam")

EXAMPLE = ROOT / "examples/authorizers"


@pytest.fixture(scope="module")
def app(engine, build: Build, published_layer: PublishedLayer, core: Core, tmp_path_factory) -> Iterator[App]:
    # The example is for the processor of its template; this machine may have the other one.
    template = tmp_path_factory.mktemp("template") / "template.yaml"
    text = (EXAMPLE / "template.yaml").read_text().replace("arm64", "x86_64").replace("SessionLayer", "SessionLayerX86")
    template.write_text(text)
    made = build(template, relative_to=EXAMPLE)
    with start_api(made / "template.yaml", published_layer, core, {"Domain": "{url}"}) as url:
        yield App(url, core, StringIO())


@pytest.fixture
def browser(app: App) -> Iterator[Browser]:
    with closing(Browser(app.url)) as browser:
        yield browser


def test_functions_of_both_apis_are_told_who_the_visitor_is(app: App, browser: Browser):
    account = app.sign_up(browser, "/auth?show=signup&redirectBack=/visitor")

    visitors = [browser.fetch("GET", path).json() for path in ("/visitor", "/api/visitor")]
    assert visitors[0] == visitors[1]
    assert visitors[0]["userId"]

    browser.clear()
    app.sign_in_hours_ago(browser, account)
    assert browser.fetch("GET", "/api/visitor").status_code == 403
    # The second request after a refresh is one that the core hears of, too: an authorizer hands no token over.
    assert browser.hop(redirect_back("/auth/session/refresh", "/visitor")).location == "/visitor"
    users = [browser.fetch("GET", "/visitor").json()["userId"] for _ in range(2)]
    assert users == [visitors[0]["userId"]] * 2


def test_nobody_else_gets_there(browser: Browser):
    assert browser.hop("/visitor").status == 403
    assert browser.fetch("GET", "/api/visitor").status_code == 403
    assert browser.fetch("GET", "/visitor").status_code >= 400


def test_not_to_know_is_another_answer(app: App, browser: Browser):
    account = app.sign_up(browser, "/auth?show=signup&redirectBack=/visitor")
    browser.clear()
    app.sign_in_hours_ago(browser, account)
    # The authorizers have the keys at hand before the core fails, whichever test comes first.
    assert {browser.fetch("GET", path).status_code for path in ("/visitor", "/api/visitor")} <= {401, 403, 500, 502}
    assert browser.hop(redirect_back("/auth/session/refresh", "/visitor")).location == "/visitor"

    with app.core.failing("answers 500"):
        answers = [browser.fetch("GET", path).status_code for path in ("/visitor", "/api/visitor")]

    assert all(status >= 500 for status in answers)
    assert browser.fetch("GET", "/api/visitor").status_code == 200
