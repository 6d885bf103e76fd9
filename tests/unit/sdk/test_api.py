import logging
from itertools import count
from urllib.parse import quote

import pytest
from tests.support.answer import SetCookie
from tests.support.event_sources import EVENT_SOURCES

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._entry import http_handler
from supertokens_lambda._http.message import Response
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.api_answer import ApiAnswer
from supertokens_lambda._verification.verdict import Unavailable

PASSWORD = "correct-horse-1"
HANGING = "never answers"
FAULTS = {
    "hangs": HANGING,
    "500": (500, "oops"),
    "429": (429, ""),
    "html": (200, "<!doctype html>"),
    "list": (200, "[]"),
    "empty": (200, "{}"),
}

_numbers = count()


@verify_session()
def page(event, context, session):
    return {"statusCode": 200, "body": session.get_user_id()}


def form(email, password=PASSWORD):
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": password}]}


@pytest.fixture
def email(seen_tokens):
    address = f"somebody-{next(_numbers)}@example.com"
    seen_tokens.add(address)
    return address


def names(cookies):
    return {cookie.partition("=")[0] for cookie in cookies}


def call(request, path, content):
    answer = current().api.call(request, path, content)
    assert isinstance(answer, ApiAnswer)
    return answer


class TestTheServersOwnCall:
    def test_signs_up_and_in(self, browser, email):
        signed_up = call(browser.request("/auth", method="POST"), "/signup", form(email))

        assert (signed_up.status, signed_up.content["status"]) == (200, "OK")
        assert signed_up.content["user"]["emails"] == [email]
        assert names(signed_up.additions.cookies) == {
            "sAccessToken",
            "sRefreshToken",
            "sFrontToken",
            "st-last-access-token-update",
        }

        signed_in = call(browser.request("/auth", method="POST"), "/signin", form(email))

        assert signed_in.content["user"]["id"] == signed_up.content["user"]["id"]

    @pytest.mark.parametrize("mode", ["VIA_TOKEN", "VIA_CUSTOM_HEADER"])
    def test_passes_the_protection_against_forged_requests(self, toolkit, browser, email, mode):
        toolkit(ANTI_CSRF=mode)
        signed_up = call(browser.request("/auth", method="POST"), "/signup", form(email))
        browser.keep(map(SetCookie.of, signed_up.additions.cookies))
        assert (browser.has("sAntiCsrf") is not None) == (mode == "VIA_TOKEN")

        answer = call(browser.request("/auth/sign-out", method="POST"), "/signout", {})

        assert (answer.status, answer.content) == (200, {"status": "OK"})
        assert "sAccessToken" in names(answer.additions.cookies)

    def test_gives_a_session_that_holds(self, browser, email):
        @http_handler
        def signing_up(request):
            return Response(status=303).plus(call(request, "/signup", form(email)).additions)

        answer = browser.open(signing_up, "/auth", method="POST")

        assert answer.headers["cache-control"] == "no-store"
        assert answer.cookie("sRefreshToken").attributes["path"] == "/auth/session/refresh"
        assert {"httponly", "secure"} <= answer.cookie("sAccessToken").attributes.keys()
        assert browser.open(page).status == 200

    @pytest.mark.parametrize(
        ("path", "address", "password", "wrong"),
        [
            ("/signup", "nonsense", PASSWORD, ["email"]),
            ("/signup", "a@example.com", "short1", ["password"]),
            ("/signup", "", "", ["email", "password"]),
            ("/signin", "", PASSWORD, ["email"]),
        ],
    )
    def test_names_the_fields_that_are_wrong(self, browser, core, path, address, password, wrong):
        answer = call(browser.request("/auth"), path, form(address, password))

        assert answer.status == 200
        assert answer.content["status"] == "FIELD_ERROR"
        assert sorted(field["id"] for field in answer.content["formFields"]) == wrong
        assert not answer.additions
        assert not core.asked("/signup", "/signin")

    def test_does_not_sign_up_twice(self, browser, email):
        call(browser.request("/auth"), "/signup", form(email))

        answer = call(browser.request("/auth"), "/signup", form(email))

        assert answer.content["status"] == "FIELD_ERROR"
        assert not answer.additions

    @pytest.mark.parametrize("given", [PASSWORD, "another-horse-2"])
    def test_does_not_sign_in_with_wrong_credentials(self, browser, email, given):
        if given != PASSWORD:
            call(browser.request("/auth"), "/signup", form(email))

        answer = call(browser.request("/auth"), "/signin", form(email, given))

        assert (answer.status, answer.content) == (200, {"status": "WRONG_CREDENTIALS_ERROR"})
        assert not answer.additions

    def test_replaces_the_headers_of_a_form(self, toolkit, browser, email):
        toolkit(ANTI_CSRF="VIA_CUSTOM_HEADER")
        headers = {"content-type": "application/x-www-form-urlencoded", "st-auth-mode": "header", "rid": "x"}
        request = browser.request("/auth", method="POST", headers=headers, body="email=x")

        answer = call(request, "/signup", form(email))

        assert "sAccessToken" in names(answer.additions.cookies)
        assert "st-access-token" not in dict(answer.additions.headers)
        assert request.headers.get("content-type") == "application/x-www-form-urlencoded"

    def test_writes_the_anti_csrf_token_down(self, toolkit, browser, email):
        toolkit(ANTI_CSRF="VIA_TOKEN")

        answer = call(browser.request("/auth"), "/signup", form(email))

        assert "sAntiCsrf" in names(answer.additions.cookies)

    def test_clears_a_session_that_has_ended(self, toolkit, browser, core):
        issued = browser.holds(core.session())

        answer = call(browser.request("/auth"), "/signout", {})

        assert answer.content == {"status": "OK"}
        assert names(answer.additions.cookies) >= {"sAccessToken", "sRefreshToken", "sFrontToken", "stRefreshEvidence"}
        assert not core.has(issued.handle)

    def test_says_so_where_the_path_is_no_route(self, browser):
        assert call(browser.request("/auth"), "/nothing", {}).status == 404

    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    def test_is_unavailable_where_the_core_fails(self, browser, core, failing_soon, email, fault):
        with failing_soon(fault, at="/recipe"):
            assert isinstance(current().api.call(browser.request("/auth"), "/signup", form(email)), Unavailable)

        assert call(browser.request("/auth"), "/signup", form(email)).content["status"] == "OK"

    def test_is_unavailable_where_nothing_is_on_the_port(self, toolkit, browser, dead_port, email):
        toolkit(CONNECTION_URI=dead_port.uri)
        assert isinstance(current().api.call(browser.request("/auth"), "/signup", form(email)), Unavailable)

        with dead_port.with_core():
            assert call(browser.request("/auth"), "/signup", form(email)).content["status"] == "OK"

    def test_shows_no_token_in_its_reprs(self, browser, email):
        answer = call(browser.request("/auth"), "/signup", form(email))

        token = answer.additions.cookies[0].partition("=")[2].partition(";")[0]
        response = Response(status=303, body=PASSWORD).plus(answer.additions)
        shown = f"{answer.additions!r} {response!r} {browser.request('/auth', body=PASSWORD)!r}"
        assert len(token) > 100
        assert token not in shown + repr(answer)
        assert PASSWORD not in shown


class TestTheApi:
    def test_signs_up_with_cookies(self, browser, email):
        answer = browser.call(handlers.auth, "/auth/signup", form(email))

        assert (answer.status, answer.json()["status"]) == (200, "OK")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["front-token"]
        assert {cookie.name for cookie in answer.cookies} == {
            "sAccessToken", "sRefreshToken", "sFrontToken", "st-last-access-token-update",
        }  # fmt: skip
        assert browser.open(page).status == 200

    @pytest.mark.parametrize("mode", ["header", "any"])
    def test_signs_up_with_headers(self, browser, email, mode):
        answer = browser.call(handlers.auth, "/auth/signup", form(email), headers={"st-auth-mode": mode})

        assert answer.status == 200
        assert not answer.cookies
        assert "st-access-token" in answer.headers["access-control-expose-headers"]
        headers = {"authorization": f"Bearer {answer.headers['st-access-token']}"}
        assert browser.call(page, "/dashboard", headers=headers).status == 200

    def test_signs_in(self, browser, new_browser, email):
        signed_up = browser.call(handlers.auth, "/auth/signup", form(email)).json()

        answer = new_browser().call(handlers.auth, "/auth/signin", form(email))

        assert answer.json()["user"]["id"] == signed_up["user"]["id"]
        assert answer.sets("sAccessToken")

    def test_names_the_fields_that_are_wrong(self, browser):
        answer = browser.call(handlers.auth, "/auth/signup", form("nonsense", "short"))

        assert answer.json()["status"] == "FIELD_ERROR"
        assert not answer.cookies

    def test_refuses_wrong_credentials(self, browser, email):
        answer = browser.call(handlers.auth, "/auth/signin", form(email))

        assert answer.json() == {"status": "WRONG_CREDENTIALS_ERROR"}

    @pytest.mark.parametrize(
        "body", ["", "nonsense", "[]", '"x"', "null", "1", '{"formFields": 1}', "[" * 100_000, "\0"]
    )
    def test_refuses_a_body_that_is_none_of_its_own(self, browser, core, body):
        answer = browser.call(handlers.auth, "/auth/signup", "x", body=body)

        content = answer.json()
        assert answer.status == 400 or content["status"] == "FIELD_ERROR"
        assert content.get("message") or {field["id"] for field in content["formFields"]} == {"email", "password"}
        assert not core.asked("/signup")

    def test_answers_a_get(self, browser, email):
        target = f"/auth/signup/email/exists?email={email}"
        assert browser.call(handlers.auth, target).json() == {"status": "OK", "exists": False}

        browser.call(handlers.auth, "/auth/signup", form(email))

        assert browser.call(handlers.auth, target).json() == {"status": "OK", "exists": True}

    @pytest.mark.parametrize("target", ["/auth/nothing", "/auth", "/elsewhere", "/auth/../signup"])
    def test_does_not_know_what_is_none_of_its_own(self, browser, target):
        answer = browser.call(handlers.auth, target)

        assert (answer.status, answer.json()) == (404, {"message": "Not Found"})
        assert answer.headers["cache-control"] == "no-store"

    def test_knows_the_stage(self, toolkit, browser, email):
        toolkit(API_GATEWAY_PATH="/dev")

        assert browser.call(handlers.auth, "/dev/auth/signup", form(email)).status == 200
        assert browser.has("sRefreshToken")
        assert ("sRefreshToken", "/dev/auth/session/refresh") in browser.cookies

    def test_refreshes_and_leaves_evidence(self, browser, core):
        issued = browser.holds(core.expired_session())

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert answer.status == 200
        assert answer.sets("sAccessToken")
        assert answer.cookie("stRefreshEvidence").value.startswith("refreshed.")
        assert browser.open(page).body == issued.user_id

    @pytest.mark.parametrize(
        ("cookie", "clears"), [("sRefreshToken=nonsense", True), ("sAccessToken=a.b.c", True), ("x=y", True)]
    )
    def test_ends_a_session_that_cannot_be_refreshed(self, browser, cookie, clears):
        browser.more_cookies = [cookie]

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert (answer.status, answer.json()) == (401, {"message": "unauthorised"})
        assert answer.clears("sAccessToken") == clears
        assert answer.clears("stRefreshEvidence") == clears

    @pytest.mark.parametrize("path", ["/auth/signout", "/auth/signout/"])
    def test_signs_out(self, browser, core, path):
        issued = browser.holds(core.session())

        answer = browser.call(handlers.auth, path, {})

        assert answer.status == 200
        assert answer.headers["front-token"] == "remove"
        assert answer.clears("sAccessToken")
        assert answer.clears("stRefreshEvidence")
        assert not core.has(issued.handle)

    def test_tells_a_token_that_has_expired(self, browser, core):
        browser.holds(core.expired_session())

        answer = browser.call(handlers.auth, "/auth/signout", {})

        assert (answer.status, answer.json()) == (401, {"message": "try refresh token"})
        assert not answer.cookies

    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    def test_is_unavailable_where_the_core_fails(self, browser, core, failing_soon, fault):
        browser.holds(core.session())

        with failing_soon(fault, at="/recipe"):
            answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert (answer.status, answer.json()) == (503, {"message": "temporarily unavailable"})
        assert answer.headers["retry-after"] == "5"
        assert not answer.cookies
        assert browser.call(handlers.auth, "/auth/session/refresh", {}).status == 200


class TestARefreshWithTwoCookiesOfAName:
    @pytest.mark.parametrize("event_source", ["http_api", "rest_api"])
    def test_is_made_where_they_are_the_same(self, browser, core, event_source):
        browser.event_source = EVENT_SOURCES[event_source].event_source
        issued = browser.holds(core.expired_session())
        browser.more_cookies = [f"{name}={value}" for (name, _), value in browser.cookies.items()]

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert answer.status == 200
        assert answer.sets("sAccessToken")
        assert domains_cleared(answer, "sRefreshToken") == {"app.example.com", "example.com"}
        browser.more_cookies = []
        assert browser.open(page).body == issued.user_id

    def test_is_made_where_only_the_access_tokens_differ(self, browser, core):
        issued = browser.holds(core.expired_session())
        browser.more_cookies = [f"sAccessToken={core.session().access_token}"]

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert answer.status == 200
        assert domains_cleared(answer, "sAccessToken") == {"app.example.com", "example.com"}
        browser.more_cookies = []
        assert browser.open(page).body == issued.user_id

    def test_is_none_where_the_refresh_tokens_differ_and_the_next_one_works(self, browser, core, email):
        issued, other = browser.holds(core.expired_session()), core.session()
        browser.more_cookies = [f"sRefreshToken={quote(other.refresh_token)}"]

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert (answer.status, answer.json()) == (401, {"message": "unauthorised"})
        assert answer.clears("sRefreshToken")
        assert domains_cleared(answer, "sRefreshToken") == {None, "app.example.com", "example.com"}
        assert core.has(issued.handle)
        assert core.has(other.handle)
        assert not core.asked("/session/refresh")
        browser.more_cookies = []
        assert browser.call(handlers.auth, "/auth/signup", form(email)).status == 200
        assert browser.call(handlers.auth, "/auth/session/refresh", {}).status == 200


def domains_cleared(answer, name):
    return {cookie.attributes.get("domain") for cookie in answer.cookies if cookie.name == name and cookie.is_gone}


def test_a_theft_that_a_script_brings_to_light_ends_the_session_and_is_reported(browser, core, records, store):
    issued = browser.holds(core.session())
    held = dict(browser.cookies)
    browser.call(handlers.auth, "/auth/session/refresh", {})
    assert browser.open(page).status == 200
    browser.cookies = held
    store.pass_interval()
    records.all.clear()

    answer = browser.call(handlers.auth, "/auth/session/refresh", {})

    assert answer.status == 401
    assert answer.clears("sAccessToken")
    assert answer.clears("sRefreshToken")
    assert not core.has(issued.handle)
    (record,) = [record for record in records.all if record.name == "supertokens_lambda"]
    plain = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}
    assert {name: value for name, value in vars(record).items() if name not in plain} == {
        "verdict": "token-theft",
        "reason": "token-theft",
        "user_id": issued.user_id,
        "session_handle": issued.handle,
    }
    assert record.levelname == "WARNING"
