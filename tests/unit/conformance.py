"""What every event source has to do alike: the same visits give the same verdicts, cookies and redirects.

A event source's test class inherits `Conformance`, and says what the event source is and what it may do in its own way.
"""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple
from urllib.parse import unquote

import jwt
import pytest

from supertokens_lambda import Session, handlers, verify_session
from supertokens_lambda._entry import http_handler
from supertokens_lambda._http.message import Response
from supertokens_lambda.testing.event_sources import ApiGateway
from supertokens_lambda.testing.visits import EventSource

REFRESH_PATH = "/auth/session/refresh"
REFRESH = f"{REFRESH_PATH}?redirectBack=/dashboard"
CREDENTIALS = {
    "formFields": [{"id": "email", "value": "conformance@example.com"}, {"id": "password", "value": "correct-horse-1"}]
}
# Of a page that is sent to the refresh at "/dashboard?tab=billing".
LOCATION = "/refresh-session?redirectBack=/dashboard%3Ftab%3Dbilling"


class Target(NamedTuple):
    """A target, and what is left of it where an event source decodes it, or hands its query over in maps."""

    sent: str
    decoded_path: str
    decoded_query: str
    lists: str
    singles: str


# What each answer sets that gives a browser a new access token.
SESSION = ("sAccessToken", "sFrontToken", "st-last-access-token-update")


class Act(NamedTuple):
    """What a page does with its session, in a handler and in a coroutine."""

    now: Callable[[Session], Any]
    later: Callable[[Session], Awaitable[Any]]


REVOKE = Act(lambda session: session.sdk().sync_revoke_session(), lambda session: session.sdk().revoke_session())
MERGE = Act(
    lambda session: session.sdk().sync_merge_into_access_token_payload({"plan": "pro"}),
    lambda session: session.sdk().merge_into_access_token_payload({"plan": "pro"}),
)

TARGETS = [
    Target("/dashboard", "/dashboard", "", "", ""),
    Target("/a%20b/caf%C3%A9?q=x%20y", "/a%20b/caf%C3%A9", "q=x%20y", "q=x%20y", "q=x%20y"),
    Target("/%7Eme/a%2Bb%25?tab=%7E&q=a+b", "/~me/a+b%25", "tab=~&q=a%20b", "tab=%7E&q=a+b", "tab=%7E&q=a+b"),
    Target("/x?a=1&b=2&a=3&c&d=", "/x", "a=1&a=3&b=2&c=&d=", "a=1&a=3&b=2&c=&d=", "a=3&b=2&c=&d="),
    Target("/x?to=%2Fa%3Fb%3D1&a=b=c", "/x", "to=/a?b%3D1&a=b%3Dc", "to=%2Fa%3Fb%3D1&a=b=c", "to=%2Fa%3Fb%3D1&a=b=c"),
]


@http_handler
def echo(request):
    content = {"method": request.method, "form": request.form(), "bytes": list(request.body), "query": request.query}
    return Response(status=200, headers=(("content-type", "application/json"),), body=json.dumps(content))


def signed_in(browser):
    """Sign in by the API, with an account that is made by the first who needs it."""
    answer = browser.call(handlers.auth, "/auth/signup", CREDENTIALS)
    if answer.json()["status"] == "FIELD_ERROR":
        answer = browser.call(handlers.auth, "/auth/signin", CREDENTIALS)
    assert answer.json()["status"] == "OK"
    return answer


def follow(browser, page, target: str = "/dashboard", limit: int = 20) -> tuple[str, int]:
    """Follow redirects as a browser does; give where they lead, the page, the sign-in page or nowhere, and how many."""
    functions = {"/dashboard": page, "/refresh-session": handlers.refresh_session, REFRESH_PATH: handlers.auth}
    for hops in range(limit):
        path = target.partition("?")[0]
        if path == "/auth":
            return path, hops
        answer = browser.open(functions[path], target)
        if answer.status == 200:
            return path, hops
        assert answer.status == 302, answer
        target = answer.location
    return "", limit


class Conformance:
    """The visits.

    Attributes
    ----------
    event source
        The event source under test.
    path, query
        How what the browser sent comes back out of the events.
    malformed
        What makes an event one that the event source never sends, with the field that is to be named.
    one_cookie
        Whether an answer carries the session's one cookie and no other.
    wants_objects
        Whether a handler's answer has to be an object with a status.
    """

    event_source: ClassVar[EventSource]
    path: ClassVar[str] = "sent"
    query: ClassVar[str] = "sent"
    malformed: ClassVar[tuple[tuple[dict[str, Any], str], ...]]
    one_cookie: ClassVar[bool] = False
    wants_objects: ClassVar[bool] = True

    def own_answer(self, *cookies: str, status: int = 200, body: str = "own", **headers: str) -> dict[str, Any]:
        """Give a handler's answer with headers and cookies, as the event source's documentation has it."""
        raise NotImplementedError

    def target(self, target: Target) -> str:
        path, _, query = target.sent.partition("?")
        queries = {"sent": query, "decoded": target.decoded_query, "lists": target.lists, "singles": target.singles}
        path = path if self.path == "sent" else target.decoded_path
        return f"{path}?{queries[self.query]}" if query else path

    def page(self, *cookies: str, act: Act | None = None, **own: Any):
        """Give a guarded page with an answer of its own, and where the visitor's id is written."""
        own = {"content-type": "text/html"} | own

        @verify_session()
        def page(event, context, session):
            if act:
                act.now(session)
            return self.own_answer(*cookies, **({"body": session.get_user_id()} | own))

        return page

    def assert_sets(self, answer, *names: str) -> None:
        assert answer.headers["cache-control"] == "no-store"
        carried = {"sAccessToken"} if self.one_cookie else {*names}
        assert {cookie.name for cookie in answer.cookies if not cookie.is_gone} == carried
        assert len(answer.cookies) == 1 or not self.one_cookie

    def assert_clears(self, answer, *names: str) -> None:
        assert answer.headers["cache-control"] == "no-store"
        for name in {"sAccessToken"} if self.one_cookie else {*names}:
            assert answer.clears(name), name
        assert len(answer.cookies) == 1 or not self.one_cookie

    @pytest.fixture
    def browser(self, browser):
        browser.event_source = self.event_source
        return browser

    @pytest.fixture
    def refreshed(self, browser, core):
        """Give the session of a refresh, a moment ago: the next answer carries cookies."""
        issued = browser.holds(core.session())
        # Whatever this event source lets through of a refresh, here it is whole.
        browser.event_source = ApiGateway("http-api-2.0")
        assert browser.open(handlers.auth, REFRESH).status == 302
        browser.event_source = self.event_source
        return issued

    # The guard's verdicts.

    def test_a_good_token_gives_the_page(self, browser, core, records):
        issued = browser.holds(core.session())

        answer = browser.open(self.page(), "/dashboard?tab=billing")

        assert (answer.status, answer.body) == (200, issued.user_id)
        assert answer.headers["content-type"] == "text/html"
        assert not answer.cookies
        assert records.outcomes == [("verified", "token-valid")]

    @pytest.mark.parametrize("written", ['"{}"', " {} "], ids=["quoted", "blanks"])
    def test_a_token_is_taken_however_its_cookie_is_written(self, browser, core, written):
        browser.more_cookies = ["a=b", f"sAccessToken={written.format(core.session().access_token)}", "c=d=e"]

        assert browser.open(self.page()).status == 200

    def test_a_token_is_found_among_many_cookies(self, browser, core):
        browser.more_cookies = [f"c{number}=v{number}" for number in range(100)]
        browser.holds(core.session())

        assert browser.open(self.page()).status == 200

    def test_a_token_in_the_authorization_header_is_as_good(self, browser, core):
        issued = core.session()

        answer = browser.call(self.page(), "/x", headers={"Authorization": f"Bearer {issued.access_token}"})

        assert (answer.status, answer.body) == (200, issued.user_id)

    def test_a_visitor_without_a_token_is_sent_to_the_refresh(self, browser, records):
        answer = browser.open(self.page(), "/dashboard?tab=billing")

        assert (answer.status, answer.location, answer.content) == (302, LOCATION, b"")
        assert answer.headers["cache-control"] == "no-store"
        assert not answer.cookies
        assert records.outcomes == [("unauthorised", "token-missing")]

    @pytest.mark.parametrize("prefix", ["", "/dev"])
    def test_a_visitor_whose_address_is_not_verified_is_sent_to_verify_it(
        self, toolkit, browser, core, records, prefix
    ):
        toolkit(GLOBAL_CLAIM_VALIDATORS="email-verification", **({"API_GATEWAY_PATH": prefix} if prefix else {}))
        browser.holds(core.session(**{"st-ev": {"v": False, "t": time.time() * 1000}}))

        page = self.page()
        answer, called = browser.open(page, "/dashboard?tab=billing"), browser.call(page, "/dashboard")

        location = f"{prefix}/auth/verify-email?redirectBack=/dashboard%3Ftab%3Dbilling"
        assert (answer.status, answer.location, answer.content) == (302, location, b"")
        assert answer.headers["cache-control"] == "no-store"
        assert called.status == 403
        assert [error["id"] for error in called.json()["claimValidationErrors"]] == ["st-ev"]
        assert records.outcomes == [("invalid-claims", "claims-invalid")] * 2
        assert browser.open(page, f"{prefix}/auth/verify-email?redirectBack=/dashboard").status == 403
        assert records.outcomes[2:] == [("looping", "claim-page-guarded")]

    def test_so_is_one_with_an_expired_token(self, browser, core, records):
        browser.holds(core.expired_session())

        answer = browser.open(self.page(), "/dashboard?tab=billing")

        assert (answer.status, answer.location) == (302, LOCATION)
        assert records.outcomes == [("try-refresh", "token-expired")]

    def test_so_is_one_with_two(self, browser, core, records):
        token = browser.holds(core.session()).access_token
        browser.more_cookies = [f"sAccessToken={token}"]

        answer = browser.open(self.page(), "/dashboard?tab=billing")

        assert (answer.status, answer.location) == (302, LOCATION)
        assert records.outcomes == [("try-refresh", "duplicate-cookies")]

    def test_a_call_is_told_in_json(self, browser, core):
        anonymous = browser.call(self.page(), "/dashboard")
        browser.holds(core.expired_session())
        expired = browser.call(self.page(), "/dashboard")

        assert (anonymous.status, anonymous.json()) == (401, {"message": "unauthorised"})
        assert (expired.status, expired.json()) == (401, {"message": "try refresh token"})
        assert expired.headers["content-type"] == "application/json"

    @pytest.mark.parametrize(
        "visit", [{"method": "POST", "body": "a=b"}, {"headers": {"Sec-Purpose": "prefetch;prerender"}}]
    )
    def test_what_is_no_page_is_not_redirected(self, browser, visit):
        assert browser.open(self.page(), "/dashboard", **visit).status == 401

    def test_a_form_keeps_what_was_typed(self, browser, core, records):
        browser.holds(core.expired_session())
        form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}

        answer = browser.open(
            self.page(), "/notes?a=1", method="POST", body="text=caf%C3%A9+%3C%0D%0A&pin=1234", headers=form
        )

        assert (answer.status, answer.headers["cache-control"]) == (401, "no-store")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert '<input type="hidden" name="text" value="café &lt;\r\n">' in answer.body
        assert "1234" not in answer.body
        assert records.outcomes == [("try-refresh", "token-expired")]

    def test_head_is_a_page(self, browser, core):
        assert browser.open(self.page(), "/dashboard?tab=billing", method="HEAD").location == LOCATION
        browser.holds(core.session())

        assert browser.open(self.page(), method="HEAD").status == 200

    def test_a_core_that_is_out_of_reach_changes_nothing(self, browser, refreshed, core):
        with core.failing((500, "{}"), at="/session/verify"):
            answer = browser.open(self.page())

        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert not answer.cookies

    # Where the browser was.

    @pytest.mark.parametrize("target", TARGETS, ids=[target.sent for target in TARGETS])
    def test_the_way_back_is_where_the_browser_was(self, browser, target):
        location = browser.open(self.page(), target.sent).location

        path, _, way_back = location.partition("=")
        assert path == "/refresh-session?redirectBack"
        assert unquote(way_back) == self.target(target)
        # Encoded once: a browser that follows it asks for the same.
        onwards = browser.open(handlers.refresh_session, location).location
        assert onwards == f"/auth/session/refresh?redirectBack={way_back}"

    def test_a_stage_or_base_path_is_the_browsers_alone(self, toolkit, browser, core):
        toolkit(API_GATEWAY_PATH="/dev")
        if isinstance(self.event_source, ApiGateway) and self.event_source.kind != "function-url":
            browser.event_source = replace(self.event_source, stage="dev")
        page = self.page()

        assert browser.open(page, "/dev/dashboard").location == "/dev/refresh-session?redirectBack=/dev/dashboard"

        browser.holds(core.session(), refresh_path="/dev/auth/session/refresh")
        answer = browser.open(handlers.auth, "/dev/auth/session/refresh?redirectBack=/dev/dashboard")
        way_on = "/dev/refresh-session" if self.one_cookie else "/dev/dashboard"
        assert (answer.status, answer.location.partition("?")[0]) == (302, way_on)

    # What a function is given.

    @pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain"])
    def test_a_body_arrives(self, browser, content_type):
        answer = browser.open(echo, method="POST", headers={"Content-Type": content_type}, body="a=%C3%A9&b=c+d")

        content = answer.json()
        assert bytes(content["bytes"]) == b"a=%C3%A9&b=c+d"
        assert content["form"] == ({"a": "é", "b": "c d"} if "form" in content_type else {})
        assert content["method"] == "POST"

    def test_a_binary_body_arrives(self, browser):
        body = bytes(range(256))

        answer = browser.open(echo, method="PUT", headers={"Content-Type": "image/png"}, body=body)

        assert bytes(answer.json()["bytes"]) == body

    def test_a_malformed_event_does_not_reach_the_function(self, browser, core, records):
        browser.holds(core.session())
        for changed, named in self.malformed:
            answer = self.event_source.seen(self.page()(browser.event("/dashboard") | changed, None))

            assert (answer.status, named in json.loads(answer.body)["message"]) == (400, True), changed
        assert records.reasons == ["event-malformed"] * len(self.malformed)

    # What becomes of a function's answer.

    def test_a_new_token_goes_out_with_the_page(self, browser, refreshed):
        answer = browser.open(self.page())

        assert (answer.status, answer.body) == (200, refreshed.user_id)
        self.assert_sets(answer, *SESSION)
        assert not browser.open(self.page()).sets("sAccessToken")

    @pytest.mark.parametrize("status", [200, 302, 404])
    def test_the_answer_keeps_what_it_has(self, browser, refreshed, status):
        own: dict[str, Any] = {"Cache-Control": "max-age=60", "X-Own": "x", "location": "/elsewhere"}
        page = self.page("own=1; Path=/", "other=2; Path=/", status=status, body="mine", **own)

        answer = browser.open(page)

        assert (answer.status, answer.body) == (status, "mine")
        assert (answer.headers["x-own"], answer.location) == ("x", "/elsewhere")
        self.assert_sets(answer, *SESSION, "own", "other")

    @pytest.mark.parametrize("name", ["Cache-Control", "cache-control", "CACHE-CONTROL"])
    @pytest.mark.parametrize("status", [200, 404])
    def test_caches_are_told_once_whatever_the_answer_says(self, browser, refreshed, name, status):
        own: dict[str, Any] = {name: "max-age=600"}

        answer = browser.open(self.page(status=status, **own))

        assert (answer.status, answer.headers["cache-control"]) == (status, "no-store")
        self.assert_sets(answer, *SESSION)

    def test_an_answer_with_nothing_to_add_is_not_touched(self, browser, core):
        browser.holds(core.session())
        for given in (self.own_answer("own=1", "other=2"), "<p>", {"a": 1}, None, ["a"], {"statusCode": 204}):
            assert verify_session()(lambda *_, given=given: given)(browser.event("/"), None) is given

    @pytest.mark.parametrize("given", ["<p>", {"a": 1}, ["a"], 3, None])
    def test_an_answer_without_a_status_means_what_it_meant(self, browser, refreshed, given):
        answer = verify_session()(lambda *_: given)(browser.event("/"), None)

        if not self.wants_objects:
            seen = self.event_source.seen(answer)
            assert (seen.status, seen.body.decode()) == (200, given if isinstance(given, str) else json.dumps(given))
            assert ("content-type", "application/json") in seen.headers
        elif isinstance(given, dict):
            assert given.items() <= answer.items()
            assert "statusCode" not in answer
        else:
            assert answer is given

    @pytest.mark.parametrize("content", [b"\x00\xff", b"x" * 700_000])
    def test_a_body_in_base64_stays_one(self, browser, refreshed, content):
        given = self.own_answer(body=b64encode(content).decode()) | {"isBase64Encoded": True}

        answer = browser.open(verify_session()(lambda *_: given))

        assert answer.content == content
        self.assert_sets(answer, *SESSION)

    @pytest.mark.parametrize("body", ["<p>é", b"\x00\xff", "x" * 1_000_000])
    def test_a_response_is_given_the_event_sources_shape(self, browser, refreshed, body):
        cookies = tuple(f"c{number}=v; Path=/; Expires=Wed, 01 Jan 2031 00:00:00 GMT" for number in range(20))
        headers = (("content-type", "text/html"), ("Cache-Control", "max-age=600"))
        response = Response(status=201, headers=headers, cookies=cookies, body=body)

        answer = browser.open(verify_session()(lambda *_: response))

        assert (answer.status, answer.headers["content-type"]) == (201, "text/html")
        assert answer.content == (body.encode() if isinstance(body, str) else body)
        self.assert_sets(answer, *SESSION, *(f"c{number}" for number in range(20)))

    def test_a_session_that_the_handler_ends_is_cleared(self, browser, refreshed, core):
        page = self.page(act=REVOKE, body="bye")

        answer = browser.open(page)

        assert (answer.status, answer.body, answer.headers["front-token"]) == (200, "bye", "remove")
        self.assert_clears(answer, "sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf", "stRefreshEvidence")
        assert self.one_cookie or answer.sets("st-last-access-token-update")
        names = [cookie.name for cookie in answer.cookies]
        assert len(names) == len({*names})
        assert not core.has(refreshed.handle)
        # Evidence that another event source left, and this one does not withdraw, is taken for a loop until it ends.
        assert browser.open(page).status == (401 if self.one_cookie else 302)

    @pytest.mark.parametrize("anti_csrf", ["VIA_TOKEN", "NONE"])
    def test_a_payload_that_the_handler_changes_is_known_to_scripts(self, toolkit, browser, core, anti_csrf):
        toolkit(ANTI_CSRF=anti_csrf)
        issued = browser.holds(core.session(anti_csrf=anti_csrf == "VIA_TOKEN"))

        answer = browser.open(self.page(act=MERGE))

        self.assert_sets(answer, *SESSION)
        assert answer.body == issued.user_id
        assert browser.has("sAntiCsrf") == issued.anti_csrf_token
        if not self.one_cookie:
            known = json.loads(b64decode(unquote(answer.cookie("sFrontToken").value)))
            claims = jwt.decode(answer.cookie("sAccessToken").value, options={"verify_signature": False})
            assert known == json.loads(b64decode(answer.headers["front-token"]))
            assert known == {"uid": issued.user_id, "ate": claims["exp"] * 1000, "up": claims}
            assert claims["plan"] == "pro"

    @pytest.mark.parametrize("act", [REVOKE, MERGE], ids=["revoke", "merge"])
    def test_an_app_that_keeps_its_tokens_itself_gets_no_cookie(self, browser, core, act):
        issued = core.session()

        answer = browser.call(self.page(act=act), "/x", headers={"Authorization": f"Bearer {issued.access_token}"})

        assert (answer.status, answer.cookies) == (200, ())
        assert (answer.headers["st-access-token"] == "") == (act is REVOKE)
        assert answer.headers["cache-control"] == "no-store"

    # The ready-made handlers.

    def test_a_navigation_refreshes(self, browser, core):
        issued = browser.holds(core.expired_session())

        answer = browser.open(handlers.auth, REFRESH)

        assert (answer.status, answer.location) == (302, "/dashboard")
        self.assert_sets(answer, *SESSION, "sRefreshToken", "stRefreshEvidence")
        assert browser.open(self.page()).body == issued.user_id

    def test_a_navigation_that_cannot_refresh_ends_at_the_sign_in_page(self, browser, core):
        issued = browser.holds(core.expired_session())
        core.post("/recipe/session/remove", sessionHandles=[issued.handle])

        answer = browser.open(handlers.auth, REFRESH)

        assert (answer.status, answer.location) == (302, "/auth?redirectBack=/dashboard")
        self.assert_clears(answer, "sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf")

    def test_a_script_refreshes(self, browser, core):
        browser.holds(core.expired_session())

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert (answer.status, bool(answer.headers["front-token"])) == (200, True)
        self.assert_sets(answer, *SESSION, "sRefreshToken", "stRefreshEvidence")

    def test_a_script_signs_up_and_out(self, browser):
        exists = "/auth/signup/email/exists?email=conformance%40example.com"

        signed_up = signed_in(browser)

        self.assert_sets(signed_up, *SESSION, "sRefreshToken")
        assert browser.call(handlers.auth, exists).json() == {"status": "OK", "exists": True}
        assert browser.open(self.page()).body == signed_up.json()["user"]["id"]

        signed_out = browser.call(handlers.auth, "/auth/signout", {})
        self.assert_clears(signed_out, "sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf")
        assert browser.open(self.page()).status == 302

    def test_a_session_lives_through_its_expiries(self, browser, records, clock):
        page = self.page()
        signed_in(browser)

        for _ in range(4):
            assert follow(browser, page) == ("/dashboard", 0)
            clock.forward(3601)
            if self.one_cookie:
                assert follow(browser, page) == ("/auth", 4)
                signed_in(browser)
            else:
                assert follow(browser, page) == ("/dashboard", 3)

        assert not {"token-theft", "looping"} & {verdict for verdict, _ in records.outcomes}

    def test_a_body_that_is_none_of_the_apis_is_refused(self, browser, core):
        answer = browser.call(handlers.auth, "/auth/signup", "x", body="nonsense")

        assert answer.status == 400 or answer.json()["status"] == "FIELD_ERROR"
        assert not core.asked("/signup")
