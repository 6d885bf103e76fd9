"""The same application behind other kinds of API."""

from contextlib import closing
from pathlib import Path

import pytest
from tests.support.http_browser import Browser

from .conftest import run_app

TEMPLATES = Path(__file__).parent / "templates"
QUERY = "?tab=billing&q=a%20b"
ENCODED = "%3Ftab%3Dbilling%26q%3Da%2520b"


class Flow:
    template: str
    prefix = ""

    @pytest.fixture(scope="class")
    @classmethod
    def app(cls, core):
        with run_app(core, TEMPLATES / cls.template, cls.prefix) as app:
            yield app

    @pytest.fixture(scope="class")
    @classmethod
    def account(cls, app):
        with closing(Browser(app.url)) as browser:
            yield app.sign_up(browser)

    def test_signing_up_leads_to_the_dashboard(self, browser):
        page = browser.open(f"{self.prefix}/auth?show=signup")
        page = browser.submit(page, email=f"a@{type(self).__name__}.example", password="correct horse 1")
        assert page.target == f"{self.prefix}/dashboard"
        assert page.heading == "Dashboard"

    def test_without_a_session_a_page_is_reached_by_way_of_the_sign_in_page(self, browser, account):
        target = f"{self.prefix}/dashboard{QUERY}"
        page = browser.open(target)
        assert page.locations == [
            f"{self.prefix}/refresh-session?redirectBack={self.prefix}/dashboard{ENCODED}",
            f"{self.prefix}/auth/session/refresh?redirectBack={self.prefix}/dashboard{ENCODED}",
            f"{self.prefix}/auth?redirectBack={self.prefix}/dashboard{ENCODED}",
        ]
        page = account.submit(browser, page)
        assert page.target == target
        assert page.heading == "Dashboard"

    def test_an_expired_token_is_refreshed_and_nobody_notices(self, expired):
        assert expired.cookie("sRefreshToken").path == f"{self.prefix}/auth/session/refresh"
        before = expired.cookies
        page = expired.open(f"{self.prefix}/dashboard{QUERY}")
        assert page.target == f"{self.prefix}/dashboard{QUERY}"
        assert page.heading == "Dashboard"
        assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
        assert all(expired.cookies[name] != before[name] for name in ("sAccessToken", "sRefreshToken"))
        assert len(expired.open(f"{self.prefix}/dashboard").hops) == 1

    def test_an_optional_page_refreshes_too(self, expired):
        page = expired.open(f"{self.prefix}/?a=1")
        assert page.target == f"{self.prefix}/?a=1"
        assert page.heading == "Welcome back"

    def test_the_links_of_the_pages_lead_on(self, browser, account):
        sign_in = browser.follow(browser.open(f"{self.prefix}/"), "Sign in")
        sign_up = browser.follow(sign_in, "Create an account")
        again = browser.follow(sign_up, "Sign in")
        dashboard = account.submit(browser, again)
        welcome = browser.open(f"{self.prefix}/")
        assert browser.follow(welcome, "Go to the dashboard").heading == "Dashboard"
        links = [link.attributes["href"] for page in (sign_in, sign_up, welcome) for link in page.document.all("a")]
        forms = [page.document.one("form").attributes["action"] for page in (sign_in, sign_up, dashboard)]
        assert [link for link in links + forms if not link.startswith(f"{self.prefix}/")] == []

    def test_signing_out_ends_the_session(self, signed_in):
        page = signed_in.submit(signed_in.open(f"{self.prefix}/dashboard"))
        assert [hop.target for hop in page.hops] == [f"{self.prefix}/auth/sign-out", f"{self.prefix}/auth"]
        assert page.heading == "Sign in"
        assert not {"sAccessToken", "sRefreshToken"} & signed_in.cookies.keys()
        assert signed_in.open(f"{self.prefix}/dashboard").heading == "Sign in"

    def test_a_script_uses_the_api(self, browser, account):
        fields = [{"id": "email", "value": account.email}, {"id": "password", "value": "correct horse 1"}]
        sdk = {"rid": "emailpassword", "st-auth-mode": "cookie"}
        response = browser.fetch("POST", f"{self.prefix}/auth/signin", json={"formFields": fields}, headers=sdk)
        assert response.json()["status"] == "OK"
        assert browser.fetch("POST", f"{self.prefix}/auth/session/refresh", headers=sdk).status_code == 200
        assert browser.open(f"{self.prefix}/dashboard").heading == "Dashboard"

    def test_a_token_that_does_not_come_back_ends_the_refreshing(self, expired):
        expired.deaf_to = frozenset({"sAccessToken"})
        page = expired.open(f"{self.prefix}/dashboard{QUERY}")
        assert (page.status, page.heading, len(page.hops)) == (401, "Your session does not hold", 4)
        assert "did not send back" in page.text
        assert expired.follow(page, "Sign in again").heading == "Sign in"

    def test_a_sign_in_whose_cookies_do_not_come_back_is_told(self, browser, account):
        browser.deaf_to = frozenset({"sAccessToken", "sRefreshToken", "sFrontToken", "stRefreshEvidence"})
        page = account.submit(browser, browser.open(f"{self.prefix}/auth?redirectBack={self.prefix}/dashboard"))
        assert (page.status, page.heading, len(page.hops)) == (200, "Sign in", 2)
        (alert,) = page.alerts
        assert "allow cookies" in alert
        browser.deaf_to = frozenset()
        assert account.submit(browser, page).target == f"{self.prefix}/dashboard"

    def test_a_target_elsewhere_is_not_emitted(self, signed_in):
        hop = signed_in.hop(f"{self.prefix}/auth/session/refresh?redirectBack=//evil.example")
        assert hop.location == f"{self.prefix}/"
        assert signed_in.hop(f"{self.prefix}/auth?redirectBack=//evil.example").location == f"{self.prefix}/dashboard"


class TestHttpApi(Flow):
    template = "../../../template.yaml"


class TestRestApi(Flow):
    template = "rest_api.yaml"


class TestNamedStage(Flow):
    template = "named_stage.yaml"
    prefix = "/dev"
