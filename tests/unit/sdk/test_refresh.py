import logging
from urllib.parse import parse_qs, quote

import pytest

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._http.message import Headers, Request
from supertokens_lambda._runtime import current

PATH = "/auth/session/refresh"
HANGING = "never answers"


@verify_session()
def page(event, context, session):
    return {"statusCode": 200, "body": session.get_user_id()}


@verify_session(session_required=False)
def optional_page(event, context, session):
    return {"statusCode": 200, "body": session.get_user_id() if session else "nobody"}


def back_to(target, more=""):
    return f"{PATH}?redirectBack={quote(target, safe='/')}{more}"


def assert_signed_out(answer):
    assert answer.headers["cache-control"] == "no-store"
    for name in ("sAccessToken", "sRefreshToken", "sFrontToken"):
        assert answer.clears(name), name
    assert answer.sets("st-last-access-token-update")


def assert_unavailable(answer):
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers
    assert not answer.cookies


@pytest.fixture
def stolen(browser, core, store):
    """Let a browser hold a refresh token of which a child has been seen in use, more than a moment ago."""
    issued = browser.holds(core.session())
    held = dict(browser.cookies)
    browser.open(handlers.auth, back_to("/dashboard"))
    assert browser.open(page).status == 200
    browser.cookies = held
    store.pass_interval()
    return issued


class TestASuccess:
    def test_sets_new_tokens_and_what_the_browsers_sdk_keeps(self, browser, core, records):
        issued = browser.holds(core.expired_session())

        answer = browser.open(handlers.auth, back_to("/dashboard"))

        assert (answer.status, answer.location) == (302, "/dashboard")
        assert answer.headers["cache-control"] == "no-store"
        assert records.outcomes == [("refreshed", "refreshed")]
        assert core.asked("/refresh", "/verify") == ["/recipe/session/refresh"]
        assert {cookie.name for cookie in answer.cookies} == {
            "sAccessToken",
            "sRefreshToken",
            "sFrontToken",
            "st-last-access-token-update",
            "stRefreshEvidence",
        }
        assert answer.cookie("sAccessToken").value != issued.access_token
        assert answer.cookie("sRefreshToken").value != issued.refresh_token
        assert answer.cookie("sAccessToken").attributes["path"] == "/"
        assert answer.cookie("sRefreshToken").attributes["path"] == PATH
        for name in ("sAccessToken", "sRefreshToken"):
            assert {"httponly", "secure"} <= answer.cookie(name).attributes.keys()
        for name in ("sFrontToken", "st-last-access-token-update"):
            assert "httponly" not in answer.cookie(name).attributes
        assert answer.cookie("stRefreshEvidence").attributes["max-age"] == "10"
        assert browser.open(page).body == issued.user_id

    @pytest.mark.parametrize(
        "target",
        [
            "/dashboard?tab=billing&q=a%20b",
            "/dashboard?q=%2520%26+c;d&q=",
            "/d%C3%A9j%C3%A0-vu/x;y=1?u=https%3A%2F%2Fevil.example%2F",
            "/%E2%82%AC?%E2%82%AC=%F0%9F%8D%AA",
            "/x?redirectBack=/y",
            "/",
        ],
    )
    def test_leads_back_byte_for_byte(self, browser, core, target):
        browser.holds(core.expired_session())

        assert browser.open(handlers.auth, back_to(target)).location == target

    @pytest.mark.parametrize(
        "given",
        [
            "",
            "?redirectBack=",
            "?redirectBack=https://evil.example/",
            "?redirectBack=//evil.example/",
            "?redirectBack=/%5Cevil.example",
            "?redirectBack=/%255C..%252Fevil.example",
            "?redirectBack=javascript:alert(1)",
            "?redirectBack=/%0D%0Aset-cookie:x=1",
            "?redirectBack=/refresh-session?redirectBack=/",
            "?redirectBack=/auth/session/refresh",
            "?other=/dashboard",
        ],
    )
    def test_leads_nowhere_else(self, browser, core, given):
        browser.holds(core.expired_session())

        answer = browser.open(handlers.auth, PATH + given)

        assert (answer.status, answer.location) == (302, "/")
        assert answer.sets("sAccessToken")

    def test_needs_no_access_token(self, browser, core):
        browser.holds(core.session())
        del browser.cookies["sAccessToken", "/"]

        assert browser.open(handlers.auth, back_to("/dashboard")).sets("sAccessToken")

    @pytest.mark.parametrize("written", [quote, lambda token: f'"{token}"', lambda token: token])
    def test_reads_the_token_however_its_cookie_is_written(self, browser, core, written):
        browser.more_cookies = [f"sRefreshToken={written(core.session().refresh_token)}"]

        assert browser.open(handlers.auth, back_to("/dashboard")).sets("sRefreshToken")

    def test_twice_is_no_theft(self, browser, core):
        issued = browser.holds(core.session())
        held = dict(browser.cookies)

        first, browser.cookies = browser.open(handlers.auth, back_to("/dashboard")), held
        second = browser.open(handlers.auth, back_to("/dashboard"))

        assert first.sets("sAccessToken")
        assert second.sets("sAccessToken")
        assert core.has(issued.handle)

    @pytest.mark.parametrize("mode", ["VIA_CUSTOM_HEADER", "NONE"])
    def test_needs_no_header_of_a_scripts(self, toolkit, browser, core, mode):
        toolkit(ANTI_CSRF=mode)
        browser.holds(core.session())

        answer = browser.open(handlers.auth, back_to("/dashboard"))

        assert answer.sets("sAccessToken")
        assert answer.cookie("sAntiCsrf") is None

    def test_rotates_the_anti_csrf_token_too(self, toolkit, browser, core):
        toolkit(ANTI_CSRF="VIA_TOKEN")
        issued = browser.holds(core.session(anti_csrf=True))

        answer = browser.open(handlers.auth, back_to("/dashboard"))

        assert answer.status == 302
        assert answer.sets("sAntiCsrf")
        assert answer.cookie("sAntiCsrf").value != issued.anti_csrf_token
        headers = {"anti-csrf": browser.has("sAntiCsrf")}
        assert browser.call(page, "/dashboard", method="POST", headers=headers).status == 200

    def test_knows_the_stage(self, toolkit, browser, core):
        toolkit(API_GATEWAY_PATH="/dev")
        browser.holds(core.session(), refresh_path="/dev/auth/session/refresh")

        answer = browser.open(handlers.auth, "/dev/auth/session/refresh?redirectBack=/dev/dashboard")

        assert answer.location == "/dev/dashboard"
        assert answer.cookie("sRefreshToken").attributes["path"] == "/dev/auth/session/refresh"
        assert browser.open(handlers.auth, "/dev/auth/session/refresh?redirectBack=https://x").location == "/dev/"

    def test_leads_to_the_website_where_that_is_another_host(self, toolkit, browser, core):
        toolkit(
            API_DOMAIN="https://api.example.com",
            WEBSITE_DOMAIN="https://app.example.com",
            COOKIE_DOMAIN=".example.com",
        )
        browser.holds(core.session())

        answer = browser.open(handlers.auth, back_to("/dashboard?a=b"))

        way, _, query = answer.location.partition("?")
        assert way == "https://app.example.com/refresh-session"
        assert parse_qs(query)["redirectBack"] == ["/dashboard?a=b"]
        (evidence,) = parse_qs(query)["stRefreshEvidence"]
        assert evidence == answer.cookie("stRefreshEvidence").value
        for name in ("sAccessToken", "sFrontToken", "st-last-access-token-update"):
            assert answer.cookie(name).attributes["domain"] == ".example.com"
        assert "domain" not in answer.cookie("stRefreshEvidence").attributes

    def test_ends_what_a_cookie_of_long_ago_began(self, browser, core):
        browser.holds(core.session())
        browser.cookies["sIdRefreshToken", "/"] = "x"
        assert browser.open(page).status == 302

        answer = browser.open(handlers.auth, back_to("/dashboard"))

        assert answer.clears("sIdRefreshToken")
        assert browser.open(page).status == 200

    def test_clears_the_cookies_of_another_domain(self, browser, core):
        browser.holds(core.session())
        browser.more_cookies = ["sAccessToken=x"]

        answer = browser.open(handlers.auth, back_to("/dashboard"))

        gone = {cookie.attributes.get("domain") for cookie in answer.cookies if cookie.is_gone}
        assert gone == {"app.example.com", "example.com"}
        assert {cookie.name for cookie in answer.cookies if cookie.is_gone} == {"sAccessToken"}
        assert answer.sets("sAccessToken")


class TestAFailureForGood:
    @pytest.fixture(params=["missing", "nonsense", "revoked", "of two"])
    def refused(self, request, browser, core):
        issued = browser.holds(core.expired_session())
        match request.param:
            case "missing":
                del browser.cookies["sRefreshToken", PATH]
            case "nonsense":
                browser.cookies["sRefreshToken", PATH] = "a" * 16_384
            case "revoked":
                core.post("/recipe/session/remove", sessionHandles=[issued.handle])
            case "of two":
                browser.more_cookies = [f"sRefreshToken={quote(core.session().refresh_token)}"]
        return issued

    def test_leads_to_the_sign_in(self, browser, core, records, refused):
        answer = browser.open(handlers.auth, back_to("/dashboard?tab=a%20b"))

        assert (answer.status, answer.location) == (302, "/auth?redirectBack=/dashboard%3Ftab%3Da%2520b")
        assert_signed_out(answer)
        ((name, reason),) = records.outcomes
        assert name == "refresh-failed"
        assert reason in ("refresh-token-missing", "refresh-token-refused")

    def test_leads_back_to_a_page_that_does_without_a_session(self, browser, core, refused):
        answer = browser.open(handlers.auth, back_to("/?a=b", "&sessionRequired=false"))

        assert (answer.status, answer.location) == (302, "/?a=b")
        assert_signed_out(answer)
        assert answer.cookie("stRefreshEvidence").value.startswith("failed.")
        assert browser.open(optional_page, "/?a=b").body == "nobody"

    def test_is_told_by_the_evidence_where_the_cookies_stay(self, browser, core, records, refused):
        held = browser.has("sAccessToken")
        browser.open(handlers.auth, back_to("/", "&sessionRequired=false"))
        browser.cookies["sAccessToken", "/"] = held

        assert browser.open(optional_page, "/").body == "nobody"
        assert records.reasons[-1] == "signed-out"

    @pytest.mark.parametrize("given", ["", "?redirectBack=//evil.example/", "?sessionRequired=false"])
    def test_leads_nowhere_but_to_the_sign_in(self, browser, refused, given):
        assert browser.open(handlers.auth, PATH + given).location == "/auth"

    @pytest.mark.parametrize("value", ["", "true", "0", "FALSE"])
    def test_leads_to_the_sign_in_but_for_one_value(self, browser, refused, value):
        answer = browser.open(handlers.auth, back_to("/", f"&sessionRequired={value}"))

        assert answer.location == "/auth?redirectBack=/"


def test_a_visitor_with_nothing_at_all_is_led_to_the_sign_in(browser, core, records):
    answer = browser.open(handlers.auth, back_to("/dashboard"))

    assert answer.location == "/auth?redirectBack=/dashboard"
    assert records.outcomes == [("refresh-failed", "refresh-token-missing")]
    assert not core.calls
    # Coming from another site brings no cookie that is SameSite=Strict: none of them may be cleared.
    assert not answer.cookies


def test_the_tokens_of_a_session_that_has_just_ended_are_not_refreshed(browser, core, records):
    issued = browser.holds(core.expired_session())
    core.post("/recipe/session/remove", sessionHandles=[issued.handle])
    held = dict(browser.cookies)
    browser.open(handlers.auth, back_to("/dashboard"))
    browser.cookies |= held
    core.calls.clear()

    answer = browser.open(handlers.auth, back_to("/dashboard"))

    assert answer.location == "/auth?redirectBack=/dashboard"
    assert_signed_out(answer)
    assert not core.asked("/refresh")


def test_one_refresh_token_that_came_twice_is_one(browser, core):
    issued = browser.holds(core.session())
    browser.more_cookies = [f"sRefreshToken={quote(issued.refresh_token)}"]

    answer = browser.open(handlers.auth, back_to("/dashboard"))

    assert answer.location == "/dashboard"
    assert answer.sets("sRefreshToken")


def test_two_refresh_tokens_are_none_and_both_sessions_live(browser, core):
    issued, other = browser.holds(core.session()), core.session()
    browser.more_cookies = [f"sRefreshToken={quote(other.refresh_token)}"]

    answer = browser.open(handlers.auth, back_to("/dashboard"))

    assert_signed_out(answer)
    assert core.has(issued.handle)
    assert core.has(other.handle)
    assert not core.asked("/session/refresh")


@pytest.mark.parametrize("cookie", ["", "sAntiCsrf=wrong"])
def test_without_the_anti_csrf_token_the_session_is_over(toolkit, browser, core, cookie):
    toolkit(ANTI_CSRF="VIA_TOKEN")
    browser.holds(core.session(anti_csrf=True))
    del browser.cookies["sAntiCsrf", "/"]
    browser.more_cookies = [cookie] if cookie else []

    answer = browser.open(handlers.auth, back_to("/dashboard"))

    assert answer.location == "/auth?redirectBack=/dashboard"
    assert_signed_out(answer)
    assert answer.clears("sAntiCsrf")


class TestATheft:
    def test_ends_the_session_and_is_reported(self, browser, core, records, stolen):
        issued = stolen
        records.all.clear()

        answer = browser.open(handlers.auth, back_to("/dashboard"))

        assert answer.location == "/auth?redirectBack=/dashboard"
        assert_signed_out(answer)
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

    def test_that_cannot_be_stopped_now_is_found_again(self, browser, core, stolen):
        issued = stolen

        with core.failing((500, ""), at="/session/remove"):
            assert_unavailable(browser.open(handlers.auth, back_to("/dashboard")))
        assert core.has(issued.handle)

        assert_signed_out(browser.open(handlers.auth, back_to("/dashboard")))
        assert not core.has(issued.handle)


class TestAFailureForNow:
    @pytest.mark.parametrize(
        "fault",
        [HANGING, (500, "oops"), (429, ""), (200, "<!doctype html>"), (200, "[]"), (200, "{}")],
        ids=["hangs", "500", "429", "html", "list", "empty"],
    )
    def test_leaves_everything_as_it_is(self, browser, core, records, failing_soon, fault):
        issued = browser.holds(core.expired_session())

        with failing_soon(fault, at="/recipe"):
            answer = browser.open(handlers.auth, back_to("/dashboard"))

        assert_unavailable(answer)
        assert "<h1>" in answer.body
        assert records.outcomes == [("refresh-unavailable", "core-unreachable")]
        assert browser.open(handlers.auth, back_to("/dashboard")).location == "/dashboard"
        assert browser.open(page).body == issued.user_id

    def test_is_a_port_with_nothing_on_it_too(self, toolkit, browser, core, dead_port):
        browser.holds(core.expired_session())
        toolkit(CONNECTION_URI=dead_port.uri)

        assert_unavailable(browser.open(handlers.auth, back_to("/dashboard")))

        with dead_port.with_core():
            assert browser.open(handlers.auth, back_to("/dashboard")).location == "/dashboard"

    def test_needs_no_keys(self, browser, core):
        browser.holds(core.expired_session())

        with core.failing((500, ""), at="jwks"):
            assert browser.open(handlers.auth, back_to("/dashboard")).location == "/dashboard"


class TestWhatIsNoNavigation:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"},
            {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"},
            {"sec-fetch-dest": "script"},
            {"sec-purpose": "prefetch"},
            {"sec-purpose": "prefetch;prerender"},
            {"purpose": "prefetch"},
        ],
    )
    def test_rotates_nothing(self, browser, core, records, headers):
        browser.holds(core.expired_session())
        core.calls.clear()

        answer = browser.open(handlers.auth, back_to("/dashboard"), headers=headers)

        assert answer.status == 403
        assert answer.headers["cache-control"] == "no-store"
        assert not answer.cookies
        assert not core.calls
        assert records.outcomes == [("refresh-refused", "not-a-navigation")]

    def test_is_a_head(self, browser, core):
        browser.holds(core.expired_session())
        core.calls.clear()

        answer = browser.open(handlers.auth, back_to("/dashboard"), method="HEAD")

        assert answer.status == 404
        assert not answer.cookies
        assert not core.calls

    @pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS"])
    def test_is_any_method_but_get(self, core, records, method):
        headers = Headers.of([("sec-fetch-dest", "document")])

        response = current().refresh.serve(Request(method=method, seen_path=PATH, path=PATH, headers=headers))

        assert response.status == 404
        assert not core.calls


def test_a_token_that_does_not_come_back_ends_the_refreshing(browser, core, records):
    browser.holds(core.expired_session())
    browser.open(handlers.auth, back_to("/dashboard"))
    del browser.cookies["sAccessToken", "/"]

    answer = browser.open(page)

    assert answer.status == 401
    assert "location" not in answer.headers
    assert 'href="/auth?redirectBack=/dashboard&amp;signIn=again"' in answer.body
    assert records.outcomes[-1] == ("looping", "token-not-sent-back")
