"""The example whose routes are those of Powertools' Event Handler."""

import json
from contextlib import closing

import pytest
from tests.support.http_browser import Browser

from .conftest import ROOT, run_app

SIGN_UP = "/auth?show=signup&redirectBack=/about"


@pytest.fixture(scope="module")
def app(core):
    with run_app(core, ROOT / "examples/powertools/template.yaml") as app:
        yield app


@pytest.fixture
def browser(app):
    with closing(Browser(app.url)) as browser:
        yield browser


def test_a_guarded_route_is_reached_by_way_of_the_refresh_and_the_query_kept(app, browser):
    page = browser.open("/orders/1?q=a%20b")
    assert page.heading == "Sign in"
    account = app.sign_up(browser, SIGN_UP)
    browser.clear()
    app.sign_in_hours_ago(browser, account)

    page = browser.open("/orders/1?q=a%20b")

    assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
    assert (page.target, page.heading) == ("/orders/1?q=a%20b", "Order 1")
    assert page.response.headers["cache-control"] == "no-store"


def test_an_optional_session_is_in_the_context(app, browser):
    assert "Your order" in browser.open("/about").text
    app.sign_up(browser, SIGN_UP)
    assert "Welcome back" in browser.open("/about").text


def test_a_call_is_told_in_json(browser):
    answer = browser.fetch("GET", "/orders/1")

    assert (answer.status_code, answer.json()) == (401, {"message": "unauthorised"})


def test_verdicts_are_counted_and_carry_the_correlation_id(app, browser):
    app.sign_up(browser, SIGN_UP)
    browser.open("/orders/1")

    lines = [line.strip() for line in app.said("SessionsVerified", '"verdict": ?"verified"').splitlines()]
    records = [json.loads(line) for line in lines if line.startswith("{")]
    assert any("SessionsVerified" in record for record in records)
    verdicts = [record for record in records if record.get("verdict") == "verified"]
    assert verdicts
    assert all(record["correlation_id"] and record["service"] == "pages" for record in verdicts)
