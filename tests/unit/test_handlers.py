import json
import re
from urllib.parse import urlencode

import pytest
from tests.support.constants import PASSWORD

from supertokens_lambda import handlers, sign_in
from supertokens_lambda._http.message import MAX_BODY
from supertokens_lambda.settings import SettingsError
from supertokens_lambda.testing.event_sources import ApiGateway


class TestAuth:
    @pytest.mark.parametrize("path", ["/auth/session/refresh", "/auth/session/refresh/"])
    def test_refreshes_by_a_navigation(self, browser, core, path):
        browser.holds(core.expired_session())

        answer = browser.open(handlers.auth, f"{path}?redirectBack=/dashboard")

        assert (answer.status, answer.location) == (302, "/dashboard")
        assert answer.sets("sAccessToken")

    def test_refreshes_by_a_call_of_a_scripts(self, browser, core):
        browser.holds(core.expired_session())

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert answer.status == 200
        assert answer.headers["front-token"]

    @pytest.mark.parametrize("target", ["/auth/session/refreshed", "/auth/SESSION/refresh", "/session/refresh"])
    def test_refreshes_nowhere_else(self, browser, core, target):
        browser.holds(core.session(), refresh_path="/")
        core.calls.clear()

        assert browser.open(handlers.auth, f"{target}?redirectBack=/dashboard").status == 404
        assert not core.asked("/refresh")

    def test_refreshes_at_the_settings_path(self, toolkit, browser, core):
        toolkit(API_BASE_PATH="/api", API_GATEWAY_PATH="/dev")
        browser.holds(core.expired_session(), refresh_path="/dev/api/session/refresh")

        answer = browser.open(handlers.auth, "/dev/api/session/refresh?redirectBack=/dev/dashboard")

        assert answer.location == "/dev/dashboard"

    def test_serves_the_rest_of_the_api(self, browser):
        assert browser.call(handlers.auth, "/auth/signup/email/exists?email=a@example.com").status == 200


class TestRefreshSession:
    @pytest.mark.parametrize(
        ("query", "location"),
        [
            ("", "/auth/session/refresh"),
            (
                "?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b",
                "/auth/session/refresh?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b",
            ),
            (
                "?redirectBack=/&sessionRequired=false",
                "/auth/session/refresh?redirectBack=/&sessionRequired=false",
            ),
            ("?sessionRequired=false", "/auth/session/refresh?sessionRequired=false"),
            ("?redirectBack=/&sessionRequired=true&x=y", "/auth/session/refresh?redirectBack=/"),
            ("?redirectBack=https://evil.example/", "/auth/session/refresh"),
            ("?redirectBack=//evil.example/", "/auth/session/refresh"),
            ("?redirectBack=/%0d%0aset-cookie:x", "/auth/session/refresh"),
            ("?redirectBack=/refresh-session", "/auth/session/refresh"),
        ],
    )
    def test_sends_on_to_the_api(self, browser, core, query, location):
        answer = browser.open(handlers.refresh_session, f"/refresh-session{query}")

        assert (answer.status, answer.location) == (302, location)
        assert answer.headers["cache-control"] == "no-store"
        assert not answer.cookies
        assert not core.calls

    def test_sends_on_byte_for_byte(self, browser):
        answer = browser.open(handlers.refresh_session, "/refresh-session?redirectBack=/%25C3%25A9%3Fq%3D%252520%2526")

        assert answer.location == "/auth/session/refresh?redirectBack=/%25C3%25A9%3Fq%3D%252520%2526"

    def test_knows_the_stage(self, toolkit, browser):
        toolkit(API_GATEWAY_PATH="/dev")

        answer = browser.open(handlers.refresh_session, "/dev/refresh-session?redirectBack=/dev/dashboard")

        assert answer.location == "/dev/auth/session/refresh?redirectBack=/dev/dashboard"

    def test_knows_the_apis_host(self, toolkit, browser):
        toolkit(API_DOMAIN="https://api.example.com")

        answer = browser.open(handlers.refresh_session, "/refresh-session?redirectBack=/dashboard")

        assert answer.location == "https://api.example.com/auth/session/refresh?redirectBack=/dashboard"


@pytest.mark.parametrize("handler", [handlers.auth, handlers.refresh_session])
class TestEveryHandler:
    @pytest.mark.parametrize("event", [{"source": "aws.events"}, {}, {"Records": []}, None, [], "ping", 1])
    def test_answers_what_is_no_http_event(self, toolkit, core, records, handler, event):
        answer = handler(event, None)

        assert answer["statusCode"] == 400
        assert json.loads(answer["body"]) == {"message": "this function answers HTTP events"}
        assert records.outcomes == [("bad-request", "not-http")]
        assert not core.calls

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"rawPath": None}, "rawPath of the event must be a string"),
            ({"requestContext": {}}, "requestContext.http.method of the event must be a string"),
            ({"cookies": ["a=b", 1]}, "cookies of the event must be a list of strings"),
            (
                {"body": "a-secret!", "isBase64Encoded": True},
                "body of the event must be base64 where isBase64Encoded is true",
            ),
        ],
    )
    def test_answers_a_malformed_event(self, browser, records, handler, changed, message):
        answer = handler(browser.event("/auth/signup") | changed, None)

        assert answer["statusCode"] == 400
        assert json.loads(answer["body"]) == {"message": message}
        assert answer["headers"]["cache-control"] == "no-store"
        assert records.outcomes == [("bad-request", "event-malformed")]

    def test_names_the_settings_that_are_missing(self, toolkit, browser, handler):
        toolkit(WEBSITE_DOMAIN=None)

        with pytest.raises(SettingsError, match=r"^SUPERTOKENS_WEBSITE_DOMAIN is missing$"):
            handler(browser.event("/"), None)

    def test_has_a_name(self, handler):
        assert handler.__name__ in ("auth", "refresh_session")


class TestALargeForm:
    BODIES = (b"a&" * 3_000_000, b"email=" + b"x" * 6_000_000)

    @pytest.mark.parametrize("body", BODIES, ids=["fields", "bytes"])
    def test_is_refused_by_the_sign_in_page(self, browser, core, records, body):
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}

        answer = browser.open(sign_in.handler, "/auth", method="POST", body=body, headers=headers)

        assert answer.status == 413
        assert "<h1>" in answer.body
        assert len(answer.body) < 5_000
        assert not core.asked("/signin")
        assert records.outcomes == [("bad-request", "content-too-large")]

    @pytest.mark.parametrize("path", ["/auth/signin", "/auth/signup"])
    def test_is_refused_by_the_api(self, browser, core, path):
        body = json.dumps({"formFields": [{}] * (MAX_BODY // 4)})

        answer = browser.call(
            handlers.auth, path, body=body, method="POST", headers={"content-type": "application/json"}
        )

        assert (answer.status, answer.json()) == (413, {"message": "content too large"})
        assert not core.calls


class TestTheSignInPage:
    @pytest.mark.parametrize("path", ["//evil.example/auth", "/%5Cevil.example/auth", "/auth/", "/x/auth"])
    def test_leads_nowhere_that_a_request_says(self, browser, path):
        browser.event_source = ApiGateway("function-url")

        page = browser.open(sign_in.handler, f"{path}?redirectBack=/dashboard")

        is_known = path == "/auth/"
        assert page.status == (200 if is_known else 404)
        assert re.findall(r'(?:action|href)="([^"]*)"', page.body) == is_known * [
            "/auth?redirectBack=/dashboard",
            "/auth/reset-password?redirectBack=/dashboard",
            "/auth?redirectBack=/dashboard&amp;show=signup",
        ]

    def test_leads_on_to_itself_by_the_settings_path(self, browser, core):
        core.http.post("/recipe/signup", json={"email": "path@example.com", "password": PASSWORD})
        browser.event_source = ApiGateway("function-url")
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        body = urlencode({"email": "path@example.com", "password": PASSWORD})

        answer = browser.open(sign_in.handler, "/auth/", method="POST", body=body, headers=headers)

        assert (answer.status, answer.location) == (303, "/auth?signIn=done")


@pytest.mark.parametrize("prefix", ["", "/dev"])
def test_an_address_without_a_page_gets_one_with_a_way_on(toolkit, browser, prefix):
    toolkit(**({"API_GATEWAY_PATH": prefix} if prefix else {}))

    answer = browser.open(handlers.not_found, "/nowhere")
    called = browser.call(handlers.not_found, "/nowhere")

    assert (answer.status, called.status) == (404, 404)
    assert f'<a href="{prefix}/">' in answer.body
    assert called.json() == {"message": "Not Found"}
