"""The refresh by SuperTokens' browser SDK: the page, its script, and what becomes of a visit there."""

import re
import subprocess
import sys
from shutil import copytree, ignore_patterns

import pytest

from .conftest import ROOT
from .visitor import PASSWORD, redirect_back

TARGET = "/dashboard?tab=billing&q=a%20b"
REFRESH_PAGE = redirect_back("/refresh-session", TARGET)
THE_REFRESH = "**/auth/session/refresh"
SERVER_REFRESH = redirect_back("/auth/session/refresh", TARGET)


@pytest.fixture(scope="module")
def site(refresh_page):
    return refresh_page


@pytest.fixture
def asked():
    """What the tab asks for, less the script, which it may have kept."""
    return []


@pytest.fixture
def said():
    """What the tab's console is told."""
    return []


@pytest.fixture
def tab(visitor, asked, said):
    tab = visitor.tab()

    def note(request):
        target = tab.site.target(request.url)
        if "/script.js" not in target:
            asked.append(f"{request.method} {target}")

    tab.page.on("request", note)
    tab.page.on("console", lambda message: said.append(message.text))
    tab.page.on("pageerror", lambda error: said.append(str(error)))
    return tab


def text(tab, state):
    return tab.page.locator(f"[data-state={state}]")


class TestAnExpiredSession:
    def test_comes_back_byte_for_byte_after_one_refresh(self, visitor, tab, core, asked, said):
        visitor.signed_up_hours_ago()

        tab.open(TARGET)
        tab.page.wait_for_url("**/dashboard?**")

        assert tab.target == TARGET
        assert tab.heading == "Dashboard"
        assert asked == [
            f"GET {TARGET}",
            f"GET {REFRESH_PAGE}",
            "POST /auth/session/refresh",
            f"GET {TARGET}",
        ]
        assert len(core.refreshes) == 1
        assert said == []

    def test_leaves_no_trace_in_the_history(self, visitor, tab):
        visitor.signed_up_hours_ago()
        tab.open("/auth/jwt/jwks.json")

        tab.open(TARGET)
        tab.page.wait_for_url("**/dashboard?**")
        tab.page.go_back()

        assert tab.path == "/auth/jwt/jwks.json"

    def test_is_refreshed_by_one_of_two_tabs(self, visitor, tab, core):
        visitor.signed_up_hours_ago()
        held = []

        def hold(route):
            held.append(route)

        tab.page.route(THE_REFRESH, hold)
        with tab.page.expect_request(THE_REFRESH):
            tab.open(TARGET)
        other = visitor.tab()
        other.open("/dashboard?other")
        text(other, "refreshing").wait_for()

        held[0].continue_()
        tab.page.wait_for_url("**/dashboard?**")
        other.page.wait_for_url("**/dashboard?other")

        assert other.heading == tab.heading == "Dashboard"
        assert len(core.refreshes) == 1


class TestTheAntiCsrfToken:
    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, new_site, refresh_page):
        return new_site(SUPERTOKENS_REFRESH_WITH="browser-sdk", SUPERTOKENS_ANTI_CSRF="VIA_TOKEN")

    def test_goes_along(self, visitor, tab, core, asked):
        visitor.signed_up_hours_ago()

        with tab.page.expect_request(THE_REFRESH) as refresh:
            tab.open(TARGET)
        tab.page.wait_for_url("**/dashboard?**")

        assert refresh.value.headers["anti-csrf"]
        assert len(core.refreshes) == 1


class TestNoSession:
    def test_ends_at_the_sign_in_page_and_then_at_the_page_asked_for(self, visitor, tab, said):
        tab.open(TARGET)
        tab.page.wait_for_url("**/auth?**")
        assert tab.target == redirect_back("/auth", TARGET)
        tab.page.click("text=Create an account")
        tab.submit(visitor.email)

        assert tab.target == TARGET
        # The one word of the console's is Chromium's own, on the refresh that was refused.
        assert [text for text in said if "401" not in text] == []

    def test_of_a_session_that_was_revoked_nothing_is_left(self, visitor, tab, core):
        visitor.signed_up_hours_ago()
        (session,) = (cookie for cookie in visitor.context.cookies() if cookie["name"] == "sRefreshToken")
        visitor.context.add_cookies([{**session, "value": "revoked"}])

        tab.open(TARGET)
        tab.page.wait_for_url("**/auth?**")

        assert tab.heading == "Sign in"
        assert visitor.cookies().keys() <= {"st-last-access-token-update", "stRefreshEvidence"}

    def test_is_none_either_where_only_the_browser_sdk_says_so(self, visitor, tab, asked):
        # As after a change of the cookie domain: the SDK would make no call, and the session is still good.
        visitor.signed_up_hours_ago()
        visitor.context.clear_cookies(name="sFrontToken")

        tab.open(TARGET)
        tab.page.wait_for_url("**/dashboard?**")

        assert asked == [f"GET {TARGET}", f"GET {REFRESH_PAGE}", f"GET {SERVER_REFRESH}", f"GET {TARGET}"]
        assert tab.heading == "Dashboard"
        assert "sFrontToken" in visitor.cookies()

    def test_leads_back_to_a_page_that_does_without(self, visitor, tab):
        visitor.signed_up_hours_ago()
        visitor.context.clear_cookies(name="sRefreshToken")

        tab.open("/?a=1")
        tab.page.wait_for_url(f"{tab.site.url}/?a=1")

        assert tab.heading == "Welcome"
        assert "sAccessToken" not in visitor.cookies()


class TestAFault:
    @pytest.mark.parametrize("fault", ["refuses", "answers 500"])
    def test_of_the_core_leaves_the_session_and_can_be_tried_again(self, visitor, tab, core, fault):
        visitor.signed_up_hours_ago()
        before = visitor.cookies()

        with core.failing(fault):
            tab.open(REFRESH_PAGE)
            text(tab, "unreachable").wait_for()
            assert not text(tab, "refreshing").is_visible()
            assert visitor.cookies() == before
        tab.press("button")
        tab.page.wait_for_url("**/dashboard?**")

        assert tab.target == TARGET
        assert tab.heading == "Dashboard"

    def test_of_the_network_leaves_the_session_and_can_be_tried_again(self, visitor, tab):
        visitor.signed_up_hours_ago()
        before = visitor.cookies()
        tab.page.route(THE_REFRESH, lambda route: route.abort("internetdisconnected"))

        tab.open(TARGET)
        text(tab, "unreachable").wait_for()
        with tab.page.expect_event("requestfailed"):
            tab.page.click("button")
        text(tab, "unreachable").wait_for()
        assert visitor.cookies() == before
        tab.page.unroute(THE_REFRESH)
        tab.press("button")
        tab.page.wait_for_url("**/dashboard?**")

        assert tab.heading == "Dashboard"


class TestALoop:
    @pytest.fixture
    def deaf(self, visitor, tab):
        """A browser that does not keep the token that a refresh sets, nor what the server would tell it by."""

        def answer(route):
            response = route.fetch()
            visitor.context.clear_cookies(name="sAccessToken")
            visitor.context.clear_cookies(name="stRefreshEvidence")
            kept = {name: value for name, value in response.headers.items() if name != "set-cookie"}
            route.fulfill(response=response, headers=kept)

        visitor.signed_up_hours_ago()
        tab.page.route(THE_REFRESH, answer)
        return tab

    def test_ends_at_once(self, deaf, asked):
        deaf.open(TARGET)
        text(deaf, "looping").wait_for()

        assert asked.count("POST /auth/session/refresh") == 1
        assert deaf.page.get_attribute("text=Sign in again", "href") == redirect_back("/auth", TARGET)

    def test_is_none_once_another_token_is_there(self, deaf, visitor, asked):
        deaf.open(TARGET)
        text(deaf, "looping").wait_for()
        visitor.context.clear_cookies()
        visitor.context.request.post(
            f"{deaf.site.url}/auth", form={"email": visitor.email, "password": PASSWORD}, max_redirects=0
        )
        deaf.page.unroute(THE_REFRESH)

        deaf.open(REFRESH_PAGE)
        deaf.page.wait_for_url("**/dashboard?**")

        assert asked.count("POST /auth/session/refresh") == 2

    def test_is_none_long_after(self, deaf):
        deaf.open(TARGET)
        text(deaf, "looping").wait_for()
        change(deaf, "evidence.at -= 11000")

        with deaf.page.expect_request(THE_REFRESH):
            deaf.open(REFRESH_PAGE)

    def test_is_none_once_the_token_has_lived_its_life(self, deaf):
        deaf.open(TARGET)
        text(deaf, "looping").wait_for()
        change(
            deaf,
            """
            const token = JSON.parse(atob(evidence.token));
            token.up.exp = token.up.iat + 2;
            evidence.token = btoa(JSON.stringify(token));
            document.cookie = `sFrontToken=${evidence.token};path=/`;
            evidence.at -= 2000;
            """,
        )

        with deaf.page.expect_request(THE_REFRESH):
            deaf.open(REFRESH_PAGE)

    def test_is_told_whatever_the_devices_clock_says(self, deaf):
        deaf.page.clock.install(time="2040-01-01")
        deaf.open(TARGET)
        text(deaf, "looping").wait_for()


def change(tab, evidence):
    """Change what the last refresh has left in a tab."""
    tab.page.evaluate(
        f"""() => {{
            const evidence = JSON.parse(sessionStorage.getItem("supertokens-lambda.refreshed"));
            {evidence};
            sessionStorage.setItem("supertokens-lambda.refreshed", JSON.stringify(evidence));
        }}"""
    )


class TestThePage:
    @pytest.mark.parametrize(
        "query",
        [
            "",
            "?redirectBack=https://evil.example/",
            "?redirectBack=//evil.example/",
            "?redirectBack=javascript:alert(1)",
            "?redirectBack=/refresh-session",
            "?redirectBack=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        ],
    )
    def test_leads_nowhere_else(self, visitor, tab, query):
        visitor.signed_up_hours_ago()

        tab.open(f"/refresh-session{query}")
        tab.page.wait_for_url(f"{tab.site.url}/")

        assert tab.heading == "Welcome back"

    def test_checks_the_target_itself(self, visitor, tab, asked):
        visitor.signed_up_hours_ago()

        def answer(route):
            response = route.fetch()
            html = response.text()
            assert 'data-target="/"' in html
            route.fulfill(response=response, body=html.replace('data-target="/"', 'data-target="//evil.example/"'))

        tab.page.route("**/refresh-session", answer)
        tab.open("/refresh-session")
        tab.page.wait_for_url(f"{tab.site.url}/")

        assert asked[-2:] == ["GET /auth/session/refresh", "GET /"]

    def test_lets_in_one_script_and_one_call(self, visitor, site):
        response = visitor.context.request.get(site.url + REFRESH_PAGE)

        assert response.headers["cache-control"] == "no-store"
        policy = dict(part.partition(" ")[::2] for part in response.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == f"{site.url}/auth/session/refresh"
        assert policy["require-trusted-types-for"] == "'script'"
        assert not re.search(r"<script(?! defer src=)|javascript:|\son\w+=|style=", response.text())

    @pytest.mark.parametrize(
        "attack",
        [
            "document.body.innerHTML = '<b>'",
            "document.createElement('script').text = '1'",
            "fetch('/auth/jwt/jwks.json')",
        ],
    )
    def test_runs_nothing_else(self, tab, attack):
        tab.page.route(THE_REFRESH, lambda route: route.abort())
        tab.open(REFRESH_PAGE)
        text(tab, "unreachable").wait_for()

        outcome = tab.page.evaluate(f"async () => {{ try {{ await ({attack}) }} catch {{ return 'refused' }} }}")

        assert outcome == "refused"

    def test_keeps_its_script_for_as_long_as_it_is_the_same(self, visitor, site):
        page = visitor.context.request.get(site.url + REFRESH_PAGE).text()
        (source,) = re.findall(r'<script defer src="([^"]+)"', page)

        kept, other = (visitor.context.request.get(site.url + path) for path in (source, source.partition("?")[0]))

        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert other.headers["cache-control"] == "no-cache"
        assert (
            kept.body() == other.body() == (ROOT / "functions/refresh_session/static/refresh_session.js").read_bytes()
        )
        for script in (kept, other):
            assert script.headers["content-type"] == "text/javascript; charset=utf-8"
            assert script.headers["x-content-type-options"] == "nosniff"

    def test_says_what_goes_on_to_those_who_cannot_see_it(self, tab):
        tab.page.route(THE_REFRESH, lambda route: route.abort())
        tab.open(REFRESH_PAGE)

        alert = tab.page.get_by_role("alert")
        alert.wait_for()

        assert "You are still signed in" in alert.inner_text()
        assert tab.page.get_by_role("button").inner_text() == "Try again"


class TestOtherKindsOfApi:
    @pytest.fixture(scope="class", params=["named_stage", "rest_api"])
    @classmethod
    def template(cls, request):
        return request.param

    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, new_site, refresh_page, template):
        file = ROOT / f"tests/e2e/templates/{template}.yaml"
        return new_site(file, SUPERTOKENS_REFRESH_WITH="browser-sdk")

    def test_come_back_just_so(self, visitor, tab, core, asked, template):
        stage = {"named_stage": "/dev", "rest_api": ""}[template]
        with core.hours_ago():
            visitor._post(f"{stage}/auth?show=signup", {"email": visitor.email, "password": PASSWORD})

        tab.open(stage + TARGET)
        tab.page.wait_for_url("**/dashboard?**")

        assert tab.target == stage + TARGET
        assert asked[-2:] == [f"POST {stage}/auth/session/refresh", f"GET {stage}{TARGET}"]


class TestWithoutScripts:
    @pytest.fixture
    def javascript(self):
        return False

    def test_the_page_leads_to_the_other_way(self, javascript, visitor):
        visitor.signed_up_hours_ago()
        tab = visitor.tab()

        tab.open(TARGET)
        assert "JavaScript is off." in tab.page.inner_text("main")
        tab.press("text=Refresh without JavaScript")

        assert tab.target == TARGET
        assert tab.heading == "Dashboard"


class TestTheFunction:
    @pytest.fixture
    def function(self, tmp_path):
        copytree(ROOT / "functions/refresh_session", tmp_path, ignore=ignore_patterns("static"), dirs_exist_ok=True)

        def load(refresh_with):
            variables = {
                "PYTHONPATH": str(ROOT / "layers/session"),
                "SUPERTOKENS_CONNECTION_URI": "http://127.0.0.1:1",
                "SUPERTOKENS_API_DOMAIN": "https://example.com",
                "SUPERTOKENS_WEBSITE_DOMAIN": "https://example.com",
                "SUPERTOKENS_REFRESH_WITH": refresh_with,
            }
            command = [sys.executable, "-c", "import app; print(app.handler.__module__)"]
            return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)

        return load

    def test_names_the_command_where_its_script_has_not_been_built(self, function):
        loaded = function("browser-sdk")

        assert loaded.returncode != 0
        assert "refresh_session.js has not been built: run `make refresh-page`" in loaded.stderr

    @pytest.mark.parametrize("setting", ["", "navigation"])
    def test_needs_no_script_where_a_navigation_refreshes(self, function, setting):
        assert function(setting).stdout == "supertokens_lambda.handlers\n"
