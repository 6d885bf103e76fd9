"""The example's frontend of React, and the server's pages beside it."""

import re

import pytest

from .conftest import ROOT, built
from .visitor import PASSWORD, redirect_back


@pytest.fixture(scope="module")
def site(new_site):
    built(ROOT / "examples/react/functions/website/static/index.html", "make examples")
    return new_site(ROOT / "examples/react/template.yaml", has_own_core=True, access_token_validity=3)


@pytest.fixture
def said():
    """What the tab's console is told."""
    return []


@pytest.fixture
def tab(visitor, said):
    tab = visitor.tab()
    tab.page.on("console", lambda message: said.append(message.text))
    tab.page.on("pageerror", lambda error: said.append(str(error)))
    return tab


def fill(tab, visitor, button):
    """Fill the form of the prebuilt UI, and submit it."""
    tab.page.get_by_role("textbox", name="email").fill(visitor.email)
    tab.page.locator("input[type=password]").fill(PASSWORD)
    tab.page.get_by_role("button", name=button).click()


def sign_up(tab, visitor):
    tab.page.get_by_text("Sign Up").click()
    fill(tab, visitor, "SIGN UP")


def arrives(tab, target):
    tab.page.wait_for_url(tab.site.url + target)
    return tab


def user_of(tab):
    """The id of the user whom the page shows: the client's page by the id, the server's by the e-mail address."""
    shown = tab.page.locator("dd").inner_text()
    token = tab.page.evaluate(
        "() => JSON.parse(atob(decodeURIComponent(/sFrontToken=([^;]+)/.exec(document.cookie)[1])))"
    )
    assert shown in (token["uid"], token["up"]["email"])
    return token["uid"]


@pytest.fixture
def signed_up(tab, visitor):
    tab.open("/auth")
    sign_up(tab, visitor)
    return arrives(tab, "/app")


def expire(tab):
    """Wait until the access token has expired, as the client sees it."""
    tab.page.wait_for_function(
        """() => {
            const token = /sFrontToken=([^;]+)/.exec(document.cookie)[1];
            return JSON.parse(atob(decodeURIComponent(token))).ate < Date.now();
        }"""
    )


class TestOneSession:
    def test_is_made_on_the_way_to_a_page_of_the_servers(self, tab, visitor):
        target = "/dashboard?tab=billing&q=a%20b"
        tab.open(target)
        arrives(tab, redirect_back("/auth", target))
        sign_up(tab, visitor)
        arrives(tab, target)

        assert tab.heading == "Dashboard"

    def test_is_the_clients_and_the_servers(self, signed_up):
        user = user_of(signed_up)
        signed_up.press("text=The dashboard")

        assert signed_up.heading == "Dashboard"
        assert user_of(signed_up) == user

    @pytest.mark.parametrize(("first", "second"), [("/app", "/dashboard"), ("/dashboard", "/app")])
    def test_is_refreshed_by_either(self, signed_up, first, second):
        user = user_of(signed_up)
        expire(signed_up)
        for target in (first, second):
            signed_up.open(target)
            arrives(signed_up, target)
            assert user_of(signed_up) == user

    def test_is_ended_by_the_client(self, signed_up):
        signed_up.press("text=Sign out")
        arrives(signed_up, "/auth")
        signed_up.open("/dashboard")

        arrives(signed_up, redirect_back("/auth", "/dashboard"))
        signed_up.page.get_by_text("Forgot password?").wait_for()

    def test_is_ended_by_the_server(self, signed_up, visitor):
        user = user_of(signed_up)
        signed_up.open("/dashboard")
        signed_up.press("text=Sign out")
        arrives(signed_up, "/auth")
        signed_up.open("/app")
        arrives(signed_up, "/auth?redirectToPath=%2Fapp")
        fill(signed_up, visitor, "SIGN IN")
        arrives(signed_up, "/app")

        assert user_of(signed_up) == user


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/.//evil.example", "/%5Cevil.example"])
def test_signing_in_leads_nowhere_else(tab, visitor, target):
    tab.open(redirect_back("/auth", target))
    sign_up(tab, visitor)

    arrives(tab, "/app")


def test_the_policy_lets_in_all_that_the_frontend_needs(signed_up, said):
    signed_up.open("/auth/reset-password")
    signed_up.page.get_by_text("Reset your password", exact=True).wait_for()

    assert [text for text in said if "401" not in text] == []


class TestTheFiles:
    def test_are_kept_by_their_names(self, visitor):
        get, url = visitor.context.request.get, visitor.site.url
        page = get(f"{url}/app")
        files = re.findall(r'"(/assets/[^"]+)"', page.text())

        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        kinds = {file.rpartition(".")[2]: get(url + file).headers for file in files}
        assert kinds["js"]["content-type"] == "text/javascript; charset=utf-8"
        assert kinds["css"]["content-type"] == "text/css; charset=utf-8"
        assert {headers["cache-control"] for headers in kinds.values()} == {"public, max-age=31536000, immutable"}

    @pytest.mark.parametrize("path", ["/assets/", "/assets/..%2Findex.html", "/assets/..%2F..%2Fapp.py"])
    def test_are_those_that_were_built_and_no_other(self, visitor, path):
        assert visitor.context.request.get(visitor.site.url + path).status == 404
