"""Forms that are sent hours after they were opened, over HTTP."""

from base64 import b64decode
from html import unescape
from re import findall
from urllib.parse import parse_qsl, urlencode

import pytest

from .conftest import ROOT, run_app

FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
TYPED = [("text", "Grüße <b>&amp;\"'\r\n\r\nEnde 🎈"), ("again", "1"), ("again", "2"), ("password", "hunter2-hunter2")]
TARGET = "/notes?draft=1&q=a%20b"


@pytest.fixture(scope="module")
def notes(core):
    with run_app(core, ROOT / "tests/e2e/templates/notes.yaml") as app:
        yield app


@pytest.fixture(params=[True, False], ids=["fetch metadata", "none"])
def stale(request, notes, new_browser):
    """A browser with an expired session; an older one says no more than its origin."""
    browser = new_browser(notes.url, fetch_metadata=request.param)
    account = notes.sign_up(browser)
    browser.clear()
    notes.sign_in_hours_ago(browser, account)
    return browser


def post(browser, fields, **headers):
    given = FORM | {"origin": browser.origin} | {name.replace("_", "-"): value for name, value in headers.items()}
    return browser._hop("POST", TARGET, given, urlencode(fields).encode())


def kept(page):
    found = findall(r'<input type="(\w+)" name="([^"]*)"(?: value="([^"]*)")?', page)
    return [(name, unescape(value)) for kind, name, value in found], [kind for kind, _, _ in found]


def test_what_was_typed_is_kept_and_sent_again_with_the_session(stale):
    hop = post(stale, TYPED)

    assert (hop.status, hop.response.headers["cache-control"]) == (401, "no-store")
    assert "hunter2" not in hop.response.text
    fields, kinds = kept(hop.response.text)
    assert fields == [*TYPED[:3], ("password", "")]
    assert kinds == ["hidden"] * 3 + ["password"]

    (frame,) = findall(r'<iframe[^>]* src="([^"]*)"', hop.response.text)
    assert stale.hop(unescape(frame), headers={"sec-fetch-dest": "iframe"}).location == "/"
    saved = post(stale, [*fields[:3], TYPED[3]])

    assert saved.status == 200
    (body,) = findall(r'id="body">([^<]*)<', saved.response.text)
    assert parse_qsl(b64decode(body).decode()) == TYPED


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_gets_no_page(stale, site):
    hop = post(stale, TYPED, sec_fetch_site=site, origin="https://evil.example")

    assert (hop.status, hop.response.json()) == (401, {"message": "try refresh token"})


def test_a_call_of_a_script_gets_json(stale):
    answer = stale.fetch("POST", TARGET, headers={"content-type": FORM["content-type"], "accept": "application/json"})

    assert (answer.status_code, answer.json()) == (401, {"message": "try refresh token"})
