import time

import pytest

from supertokens_lambda._guard.frontend_cookies import frontend_cookies
from supertokens_lambda._http.message import Additions
from supertokens_lambda.settings import Settings


def settings(**more):
    origins = {"api_domain": "https://example.com", "website_domain": "https://example.com"}
    return Settings(connection_uris=("http://localhost",), **origins | more)


def written(*headers, **more):
    additions = frontend_cookies(Additions(headers=headers), settings(**more))
    assert not additions.headers
    return dict(cookie.split("=", 1) for cookie in additions.cookies)


def test_a_session_that_stays_as_it_is_writes_nothing():
    assert not written(("access-control-expose-headers", "front-token"), ("anti-csrf", "x"))


def test_a_new_session_is_written_down():
    before = time.time_ns() // 1_000_000

    cookies = written(("front-token", "eyJ1aWQiOiJ4In0="), ("anti-csrf", "a-b-c"))

    assert cookies.keys() == {"sFrontToken", "st-last-access-token-update", "sAntiCsrf"}
    assert cookies["sFrontToken"].startswith("eyJ1aWQiOiJ4In0=; Path=/; Expires=")
    assert cookies["sAntiCsrf"].startswith("a-b-c; ")
    assert before <= int(cookies["st-last-access-token-update"].partition(";")[0]) <= time.time_ns() // 1_000_000
    for attributes in cookies.values():
        assert attributes.endswith("; Secure; SameSite=Lax")
        assert "Domain" not in attributes


def test_a_session_without_an_anti_csrf_token_has_no_cookie_of_it():
    assert "sAntiCsrf" not in written(("front-token", "x"))


def test_a_session_that_ended_is_cleared():
    cookies = written(("front-token", "remove"))

    assert cookies.keys() == {"sFrontToken", "st-last-access-token-update", "sAntiCsrf"}
    for name in ("sFrontToken", "sAntiCsrf"):
        assert cookies[name].startswith("; Path=/; Expires=Thu, 01 Jan 1970")
    assert not cookies["st-last-access-token-update"].startswith(";")


@pytest.mark.parametrize("front_token", ["x", "remove"])
def test_the_settings_decide_who_gets_them(front_token):
    cookies = written(
        ("front-token", front_token),
        api_domain="http://localhost",
        cookie_domain=".example.com",
        cookie_same_site="strict",
    )

    for attributes in cookies.values():
        assert "; Domain=.example.com; Path=/; " in attributes
        assert attributes.endswith("; SameSite=Strict")
        assert "Secure" not in attributes
        assert "HttpOnly" not in attributes


@pytest.mark.parametrize("value", ["a;b", "a b", 'a"b', "a\r\nb", "ü"])
def test_what_no_cookie_may_hold_is_encoded(value):
    assert "%" in written(("front-token", value))["sFrontToken"].partition(";")[0]
