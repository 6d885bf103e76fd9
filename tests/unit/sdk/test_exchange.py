import json
from typing import Any

import pytest

from supertokens_lambda._event_loop import run
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_request import SdkRequest
from supertokens_lambda._sdk.sdk_response import SdkResponse

FORM = {"content-type": "application/x-www-form-urlencoded"}


class TestARequest:
    def test_is_read(self, browser):
        browser.more_cookies = ["a=%2F", "a=2", 'b="x"']
        headers = {"X-Custom": "y"}

        request = SdkRequest(browser.request("/auth/x?q=a%20b&e=", method="POST", headers=headers))

        assert request.method() == "POST"
        assert request.get_path() == "/auth/x"
        assert request.get_original_url() == "/auth/x?q=a%20b&e="
        assert request.get_query_param("q") == "a b"
        assert request.get_query_param("none") is None
        assert request.get_query_param("none", "default") == "default"
        assert request.get_query_params() == {"q": "a b", "e": ""}
        assert request.get_cookie("a") == "%2F"
        assert request.get_cookie("b") == "x"
        assert request.get_cookie("c") is None
        assert request.get_header("x-custom") == "y"
        assert request.get_header("X-CUSTOM") == "y"
        assert request.get_header("none") is None
        assert request.get_header("Cookie") == 'a=%2F; a=2; b="x"'
        assert request.wrapper_used

    @pytest.mark.parametrize(
        ("body", "content"),
        [
            ('{"a": [1]}', {"a": [1]}),
            ("{}", {}),
            ("", {}),
            ("nonsense", {}),
            ("[1]", {}),
            ('"x"', {}),
            ("null", {}),
            ("\udc80", {}),
            ('{"a":' * 100_000, {}),
            ('{"a": "\\ud800"}', {}),
            ('{"formFields": [{"id": "email"}, 1], "a": 2}', {"a": 2}),
            ('{"formFields": [{"id": "email"}]}', {"formFields": [{"id": "email"}]}),
        ],
        ids=range(12),
    )
    def test_has_a_json_object_or_an_empty_one(self, browser, body, content):
        assert run(SdkRequest(browser.request("/", method="POST", body=body)).json()) == content

    def test_has_a_form(self, browser):
        request = SdkRequest(browser.request("/", method="POST", headers=FORM, body="a=%20b&c=+"))

        assert run(request.form_data()) == {"a": " b", "c": " "}
        assert run(request.get_json_or_form_data()) == {"a": " b", "c": " "}

    def test_keeps_the_session_that_the_sdk_leaves(self, browser):
        request: Any = SdkRequest(browser.request("/"))
        assert request.get_session() is None

        request.set_session("a session")
        assert request.get_session() == "a session"

        request.set_session_as_none()
        assert request.get_session() is None


class TestAResponse:
    def test_keeps_the_first_status_and_the_first_body(self):
        response = SdkResponse()
        response.set_json_content({"a": 1})
        response.set_status_code(400)
        response.set_json_content({"b": 2})
        response.set_html_content("<p>")
        response.set_status_code(500)

        written = response.response()

        assert (written.status, written.body) == (400, '{"a": 1}')
        assert dict(written.headers) == {"content-type": "application/json", "cache-control": "no-store"}
        assert response.content == {"a": 1}

    def test_may_be_a_page(self):
        response = SdkResponse()
        response.set_html_content("<p>")
        response.set_json_content({})

        written = response.response()

        assert (written.status, written.body) == (200, "<p>")
        assert dict(written.headers)["content-type"] == "text/html; charset=utf-8"

    def test_may_be_empty(self):
        written = SdkResponse().response()

        assert (written.status, written.body, written.cookies) == (200, "", ())

    def test_may_be_a_redirect(self):
        response = SdkResponse()

        assert response.redirect("https://example.com/") is response
        assert response.response().status == 302
        assert dict(response.response().headers)["location"] == "https://example.com/"

    def test_keeps_the_last_of_a_header(self):
        response = SdkResponse()
        response.set_header("Front-Token", "a")
        response.set_header("front-token", "b")
        assert response.get_header("FRONT-TOKEN") == "b"

        response.remove_header("Front-token")
        response.remove_header("never-set")

        assert response.get_header("front-token") is None
        assert not response.additions()

    def test_keeps_the_last_of_a_cookie(self):
        response = SdkResponse()
        for value in ("first", "last"):
            response.set_cookie("a", value, 1_000_000_000_500)
        response.set_cookie("a", "of-another-path", 0, path="/x", domain="", samesite="none", secure=True)
        response.set_cookie("a", "of-another-domain", 0, domain=".example.com", httponly=True, samesite="strict")

        assert response.additions().cookies == (
            "a=last; Path=/; Expires=Sun, 09 Sep 2001 01:46:40 GMT; SameSite=Lax",
            "a=of-another-path; Path=/x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=None",
            "a=of-another-domain; Domain=.example.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; "
            "SameSite=Strict",
        )

    def test_adds_all_but_its_body(self):
        response = SdkResponse()
        response.set_json_content({})
        response.set_status_code(401)
        response.set_header("front-token", "x")
        response.set_cookie("a", "b", 0)

        additions = response.additions()

        assert additions.headers == (("front-token", "x"),)
        assert len(additions.cookies) == 1

    @pytest.mark.parametrize("value", ["a;b", "a\r\nb", "ü", "a b"])
    def test_refuses_a_cookie_that_would_be_another(self, value):
        with pytest.raises(ValueError, match="sAccessToken") as raised:
            SdkResponse().set_cookie("sAccessToken", value, 0)

        assert value not in str(raised.value)


class TestAnExchange:
    def test_has_a_context_of_its_own(self, browser):
        one, other = SdkCall(browser.request("/")), SdkCall(browser.request("/"))

        assert one.user_context is not other.user_context
        assert json.dumps(sorted(one.user_context)) == '["_default"]'
