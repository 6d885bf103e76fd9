"""Browsers that keep no cookie, or not the one that they are given: they are led somewhere, and not in circles."""

import json
from base64 import urlsafe_b64decode

import httpx
import pytest

from .conftest import FLAGS
from .visitor import Visitor, redirect_back

SIGN_IN = redirect_back("/auth", "/dashboard?a=1")
PATIENCE = 8  # requests: the form, what is typed into it, and the way from there
# To the sign-in page and no further: the page, the two of the refresh, the sign-in page.
WAY = [
    "/dashboard?a=1",
    redirect_back("/refresh-session", "/dashboard?a=1"),
    redirect_back("/auth/session/refresh", "/dashboard?a=1"),
    SIGN_IN,
]

pytestmark = pytest.mark.usefixtures("javascript")


@pytest.fixture
def blocked(site, playwright, chromium_path, tmp_path, javascript):
    """A visitor whose browser is set to block all cookies."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium_path, args=FLAGS, java_script_enabled=javascript
    )
    yield Visitor.of(site, context)
    context.close()


@pytest.fixture(scope="package")
def misplaced(site, new_site):
    """The application after a deployment that sets the cookies' domain wrong."""
    return new_site(https=site.url.startswith("https:"), SUPERTOKENS_COOKIE_DOMAIN=".other.example")


def test_a_session_whose_cookie_is_too_large_for_the_browser_is_told_so(visitor, core):
    visitor.signed_up_hours_ago()
    payload = visitor.cookies()["sAccessToken"].split(".")[1]
    handle = json.loads(urlsafe_b64decode(payload + "=="))["sessionHandle"]
    changed = httpx.put(
        f"{core.uri}/recipe/jwt/data",
        json={"sessionHandle": handle, "userDataInJWT": {"blob": "x" * 4096}},
        headers={"cdi-version": "5.4"},
    )
    assert changed.json() == {"status": "OK"}
    tab = visitor.tab()

    assert tab.open("/dashboard?a=1")[:3] == WAY[:3]
    assert tab.heading == "Your session does not hold"
    assert "more than 4,096 bytes" in tab.page.inner_text("body")
    assert "allow cookies" not in tab.page.inner_text("body")
    assert core.refreshes == ["OK"]


def test_with_cookies_blocked_one_ends_at_the_sign_in_page(blocked):
    tab = blocked.tab()
    assert tab.open("/dashboard?a=1") == WAY
    assert tab.heading == "Sign in"
    requests = blocked.requests()
    tab.press("text=Create an account")
    tab.submit(blocked.email)
    assert tab.heading == "Sign in"
    assert len(requests) <= PATIENCE
    assert "allow cookies for this site" in tab.alert
    assert not [request for request in requests if "cookie" in request.all_headers()]
    assert not blocked.cookies()


def test_with_cookies_for_another_domain_one_ends_at_the_sign_in_page(misplaced, context):
    stranger = Visitor.of(misplaced, context)
    tab = stranger.tab()
    assert tab.open("/dashboard?a=1") == WAY
    requests = stranger.requests()
    tab.press("text=Create an account")
    tab.submit(stranger.email)
    assert tab.heading == "Sign in"
    assert "another address" in tab.alert
    assert len(requests) <= PATIENCE


def test_a_session_whose_new_cookies_are_for_another_domain_is_told_so(visitor, misplaced, core):
    visitor.signed_up_hours_ago()
    # To cookies two ports are one host: it is the same visitor as before the deployment.
    tab = Visitor.of(misplaced, visitor.context).tab()
    assert tab.open("/dashboard?a=1")[:3] == WAY[:3]
    assert tab.heading == "Your session does not hold"
    assert tab.target == "/dashboard?a=1"
    tab.page.reload()
    assert core.refreshes == ["OK"]
