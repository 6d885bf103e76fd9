import base64
import json
import time

import pytest
from tests.support.http_browser import redirect_back

from .conftest import PASSWORD, run_app

TARGET = "/dashboard?tab=billing"
COOL_DOWN = 0.55
REFRESH = redirect_back("/auth/session/refresh", TARGET)
FAULTS = ["refuses", "starts", "answers 500", "answers garbage", "answers HTML", "hangs"]


def once_the_core_is_back(browser, target):
    """Open a page as soon as it is served again: signing keys are not asked for twice in half a second."""
    deadline = time.monotonic() + 60
    while (page := browser.open(target)).status == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return page


def cannot_tell(page, browser, before):
    assert page.status == 503
    assert len(page.hops) == 1
    assert page.response.headers["retry-after"]
    assert page.response.headers["cache-control"] == "no-store"
    assert not page.response.headers.get_list("set-cookie")
    assert browser.cookies == before
    return True


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refresh_that_cannot_be_made_now_is_made_later(app, expired, fault):
    before = expired.cookies
    with app.core.failing(fault):
        page = expired.open(REFRESH)
    assert cannot_tell(page, expired, before)
    assert page.heading == "One moment, please"
    page = expired.open(REFRESH)
    assert page.target == TARGET
    assert page.status == 200


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_that_has_to_ask_the_core_waits_for_it_and_ends_no_session(app, expired, fault):
    # The first use of a refreshed token is one that the core has to hear of.
    assert expired.hop(REFRESH).location == TARGET
    before = expired.cookies
    with app.core.failing(fault):
        page = expired.open(TARGET)
    assert cannot_tell(page, expired, before)
    assert page.heading == "One moment, please"
    assert [hop.target for hop in expired.open(TARGET).hops] == [TARGET]


@pytest.mark.parametrize("target", ["/", "/auth"])
def test_a_page_that_does_without_a_session_ends_none_either(app, expired, target):
    assert expired.hop(REFRESH).location == TARGET
    before = expired.cookies
    with app.core.failing("answers 500"):
        assert cannot_tell(expired.open(target), expired, before)
    assert once_the_core_is_back(expired, "/").heading == "Welcome back"


def test_a_script_is_told_in_json(app, expired):
    assert expired.hop(REFRESH).location == TARGET
    with app.core.failing("answers 500"):
        for method, target in (("GET", TARGET), ("POST", "/auth/session/refresh")):
            response = expired.fetch(method, target)
            assert response.status_code == 503
            assert response.headers["retry-after"]
            assert response.json() == {"message": "temporarily unavailable"}
            assert not response.headers.get_list("set-cookie")
    assert expired.fetch("GET", TARGET).status_code == 200


def test_a_core_that_refuses_ends_no_session_and_is_told_from_one_that_is_down(app, expired):
    assert expired.hop(REFRESH).location == TARGET
    before = expired.cookies
    with app.core.failing("answers 401"):
        for target in (TARGET, REFRESH):
            page = expired.open(target)
            assert (page.status, len(page.hops), page.heading) == (500, 1, "Something is wrong here")
            assert page.response.headers["cache-control"] == "no-store"
            assert "retry-after" not in page.response.headers
            assert not page.response.headers.get_list("set-cookie")
            assert expired.cookies == before
        call = expired.fetch("POST", "/auth/session/refresh")
        assert (call.status_code, call.json()) == (500, {"message": "internal error"})
    app.said(
        "the core answered 401: Invalid API key",
        r"GET /dashboard\?… 500 \d+ ms  DashboardFunction  error: core-refused",
        r"GET /auth/session/refresh\?… 500 \d+ ms  Refresh\w+  refresh-error: core-refused",
    )
    assert [hop.target for hop in expired.open(TARGET).hops] == [TARGET]


def test_a_form_that_the_core_refuses_keeps_what_was_typed(app, account, browser):
    page = browser.open("/auth")
    with app.core.failing("answers 401"):
        page = account.submit(browser, page)
    assert page.status == 500
    assert page.alerts == ["We cannot do that until somebody mends this site."]
    assert page.fields == {"email": account.email, "password": ""}
    assert PASSWORD not in page.response.text


def test_a_page_whose_keys_are_known_needs_no_core(app, signed_in):
    assert signed_in.open(TARGET).status == 200
    with app.core.failing("refuses"):
        assert signed_in.open(TARGET).status == 200


def test_keys_out_of_reach_end_no_session(core, signed_in, new_browser):
    with run_app(core) as fresh:
        browser = new_browser(fresh.url)
        browser.take_cookies_of(signed_in)
        before = browser.cookies
        for fault in ("answers garbage", "starts", "refuses", "answers HTML", "hangs"):
            with core.failing(fault):
                assert cannot_tell(browser.open(TARGET), browser, before)
            time.sleep(COOL_DOWN)
        assert [hop.target for hop in browser.open(TARGET).hops] == [TARGET]


def with_another_key(token):
    header, rest = token.split(".", 1)
    fields = json.loads(base64.urlsafe_b64decode(header + "=="))
    other = json.dumps({**fields, "kid": "d-1"}, separators=(",", ":")).encode()
    return f"{base64.urlsafe_b64encode(other).decode().rstrip('=')}.{rest}"


def test_a_key_that_cannot_be_looked_up_ends_no_session(app, signed_in):
    assert signed_in.open(TARGET).status == 200
    token = signed_in.cookies["sAccessToken"]
    signed_in.set_cookie("sAccessToken", with_another_key(token))
    before = signed_in.cookies
    time.sleep(COOL_DOWN)
    with app.core.failing("answers 500"):
        assert cannot_tell(signed_in.open(TARGET), signed_in, before)
    assert once_the_core_is_back(signed_in, TARGET).target == TARGET
    assert len(signed_in.open(TARGET).hops) == 1


@pytest.mark.parametrize(
    ("form", "fault"),
    [("/auth", "refuses"), ("/auth", "answers HTML"), ("/auth?show=signup", "answers 500")],
)
def test_a_form_that_cannot_be_served_now_keeps_what_was_typed(app, account, browser, form, fault):
    page = browser.open(form)
    with app.core.failing(fault):
        page = account.submit(browser, page)
    assert page.status == 503
    assert page.response.headers["retry-after"]
    assert len(page.alerts) == 1
    assert page.fields == {"email": account.email, "password": ""}
    assert PASSWORD not in page.response.text
    assert not browser.cookies
    assert account.submit(browser, browser.open("/auth")).status == 200


@pytest.mark.parametrize("fault", ["refuses", "answers garbage"])
def test_a_session_that_cannot_be_ended_now_goes_on(app, signed_in, fault):
    page = signed_in.open("/dashboard")
    before = signed_in.cookies
    with app.core.failing(fault):
        assert cannot_tell(signed_in.submit(page), signed_in, before)
    assert signed_in.open("/dashboard").status == 200
    assert signed_in.submit(page).heading == "Sign in"


def test_a_fault_is_told_on_the_console_without_what_was_sent(app, account, expired, new_browser):
    secrets = [account.email, PASSWORD, *expired.cookies.values()]
    other = new_browser()
    form = other.open("/auth")
    with app.core.failing("answers 500"):
        expired.open(REFRESH)
        account.submit(other, form)
    output = app.said(r"GET /auth/session/refresh\?… 503 \d+ ms  Refresh\w+  refresh-unavailable: core-")
    assert not [secret for secret in secrets if secret in output]
