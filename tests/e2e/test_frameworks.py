"""The examples of web frameworks, and the plain decorator: the same visits, the same answers.

The table of docs/frameworks.md is made here: `make frameworks` writes it anew.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from tests.support.http_browser import Browser

from .conftest import ROOT, Account, App, run_app

DOCS = ROOT / "docs" / "frameworks.md"
NAMES = {"fastapi": "FastAPI", "flask": "Flask", "django": "Django", "starlette": "Starlette"}
PLAIN = Path(__file__).parent / "templates" / "decorated_reports.yaml"
SIGN_UP = "/auth?show=signup&redirectBack=/reports/2026"
PAGE = "/reports/2026?tab=a%20b"
REFRESH = "/auth/session/refresh?redirectBack=/reports/2026"

Visit = Callable[[App, Browser], httpx.Response]


def visit_signed_out(app: App, browser: Browser) -> httpx.Response:
    return browser.hop(PAGE).response


def visit_signed_in(app: App, browser: Browser) -> httpx.Response:
    app.sign_up(browser, SIGN_UP)
    return browser.hop(PAGE).response


def visit_long_after(app: App, browser: Browser) -> httpx.Response:
    come_back_later(app, browser)
    return browser.hop(PAGE).response


def visit_after_a_refresh(app: App, browser: Browser) -> httpx.Response:
    come_back_later(app, browser)
    refresh(browser)
    return browser.hop(PAGE).response


def visit_while_the_core_fails(app: App, browser: Browser) -> httpx.Response:
    come_back_later(app, browser)
    refresh(browser)
    with app.core.failing("answers 500"):
        return browser.hop(PAGE).response


def visit_with_a_changed_token(app: App, browser: Browser) -> httpx.Response:
    app.sign_up(browser, SIGN_UP)
    header, _, signature = browser.cookies["sAccessToken"].split(".")
    browser.set_cookie("sAccessToken", f"{header}.e30.{signature}")
    return browser.hop(PAGE).response


def visit_with_two_tokens(app: App, browser: Browser) -> httpx.Response:
    app.sign_up(browser, SIGN_UP)
    browser.pinned = {"sAccessToken": browser.cookies["sAccessToken"]}
    return browser.hop(PAGE).response


def call_signed_out(app: App, browser: Browser) -> httpx.Response:
    return browser.fetch("GET", PAGE)


def call_long_after(app: App, browser: Browser) -> httpx.Response:
    come_back_later(app, browser)
    return browser.fetch("GET", PAGE)


def post_signed_in(app: App, browser: Browser) -> httpx.Response:
    app.sign_up(browser, SIGN_UP)
    return browser.fetch("POST", PAGE)


def visit_the_account(app: App, browser: Browser) -> httpx.Response:
    app.sign_up(browser, SIGN_UP)
    return browser.hop("/account").response


def visit_the_account_after_the_end(app: App, browser: Browser) -> httpx.Response:
    app.sign_up(browser, SIGN_UP)
    with closing(Browser(app.url)) as other:
        other.take_cookies_of(browser)
        assert other.fetch("POST", "/auth/signout", json={}, headers={"rid": "anti-csrf"}).status_code == 200
    return browser.hop("/account").response


def own(target: str) -> Visit:
    def visit(app: App, browser: Browser) -> httpx.Response:
        come_back_later(app, browser)
        refresh(browser)
        return browser.hop(target).response

    return visit


VISITS: dict[str, Visit] = {
    "a page, signed out": visit_signed_out,
    "a page, signed in": visit_signed_in,
    "a page, the token expired": visit_long_after,
    "a page, just after the refresh": visit_after_a_refresh,
    "a page, the core failing then": visit_while_the_core_fails,
    "a page, the token changed": visit_with_a_changed_token,
    "a page, with two tokens": visit_with_two_tokens,
    "a call, signed out": call_signed_out,
    "a call, the token expired": call_long_after,
    "a POST, signed in": post_signed_in,
    "a page with `check_database`": visit_the_account,
    "that page, the session revoked": visit_the_account_after_the_end,
    "a redirect of the page's own": own("/reports/latest"),
    "a body of 1 MB": own("/reports/table.csv"),
    "a binary body": own("/reports/chart.png"),
    "ten cookies of the page's own": own("/reports/columns"),
}
BODIES = {"a body of 1 MB": b"0123456789" * 100_000, "a binary body": bytes(range(256))}


def come_back_later(app: App, browser: Browser) -> None:
    with app.core.hours_ago():
        browser.open(SIGN_UP)
        account = Account(f"{os.urandom(8).hex()}@example.com")
        assert account.submit_hop(browser, browser.open(SIGN_UP)).status == 303


def refresh(browser: Browser) -> None:
    assert browser.hop(REFRESH).location == "/reports/2026"


def told(response: httpx.Response) -> str:
    """Say what of an answer has to be the same everywhere."""
    location = response.headers.get("location")
    cookies = response.headers.get_list("set-cookie")
    is_gone = re.compile(r"[^=]+=;")
    own = [cookie for cookie in cookies if cookie.startswith("column")]
    sets = sorted({named(cookie) for cookie in cookies if not is_gone.match(cookie)} - {*map(named, own)})
    clears = sorted({named(cookie) for cookie in cookies if is_gone.match(cookie)})
    parts = [str(response.status_code)]
    parts += [f"to `{location}`"] if location else []
    parts += [f"{len(own)} of the page"] if own else []
    parts += [f"sets {', '.join(sets)}"] if sets else []
    parts += [f"clears {', '.join(clears)}"] if clears else []
    return "; ".join(parts)


def named(cookie: str) -> str:
    return cookie.partition("=")[0]


@pytest.fixture(scope="module")
def apps(core) -> Iterator[dict[str, App]]:
    with ExitStack() as stack:
        templates = {"": PLAIN} | {name: ROOT / "examples" / name / "template.yaml" for name in NAMES}
        yield {name: stack.enter_context(run_app(core, template)) for name, template in templates.items()}


def measure(app: App) -> dict[str, str]:
    rows = {}
    for name, visit in VISITS.items():
        with closing(Browser(app.url)) as browser:
            response = visit(app, browser)
            rows[name] = told(response)
            assert response.content == BODIES.get(name, response.content), name
            assert rows[name] == "200" or response.headers["cache-control"] == "no-store", name
    return rows


def test_every_framework_answers_as_the_decorator_does(apps):
    measured = {name: measure(app) for name, app in apps.items()}
    rows = [
        f"| {visit} | {measured[''][visit]} | "
        + " | ".join(
            "the same" if measured[name][visit] == measured[""][visit] else measured[name][visit] for name in NAMES
        )
        + " |"
        for visit in VISITS
    ]
    head = f"| visit | the decorator | {' | '.join(NAMES.values())} |"
    table = "\n".join([head, "|---" * (len(NAMES) + 2) + "|", *rows])

    begin, end = "<!-- made by tests/e2e/test_frameworks.py -->\n", "\n<!-- end -->"
    text = DOCS.read_text()
    before, _, rest = text.partition(begin)
    in_docs, _, after = rest.partition(end)
    if os.environ.get("FRAMEWORKS_TABLE") == "write":
        DOCS.write_text(before + begin + table + end + after)
        in_docs = table
    assert in_docs == table
    for name in NAMES:
        assert measured[name] == measured[""], name


@pytest.mark.parametrize("name", ["", *NAMES])
def test_a_page_knows_its_visitor(apps, name):
    with closing(Browser(apps[name].url)) as browser:
        apps[name].sign_up(browser, SIGN_UP)
        report, account = (browser.hop(target).response.text for target in ("/reports/2026", "/account"))
    user_id = re.search("<p>(.+)</p>", report)
    assert user_id
    assert report.startswith("<h1>Report 2026</h1>")
    assert account == f"<h1>Account</h1><p>{user_id[1]}</p>"
