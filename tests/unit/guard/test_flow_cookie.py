from base64 import urlsafe_b64encode

import pytest

from supertokens_lambda import forms
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import Request

NAME = "__Host-stFlow-passwordless"


def asking(*cookies: str) -> Request:
    return Request("GET", "/auth", "/auth", cookies=Cookies("; ".join(cookies)))


def pair_of(set_cookie: str) -> str:
    return set_cookie.partition(";")[0]


def test_what_is_kept_comes_back(toolkit):
    content = {"deviceId": "a+b/c=", "redirectBack": "/dashboard?q=é"}

    cookie = forms.keep("passwordless", content)

    assert cookie.split("; ")[1:] == ["Path=/", "Max-Age=3600", "Secure", "HttpOnly", "SameSite=Lax"]
    assert cookie.startswith(f"{NAME}=")
    assert forms.kept(asking("other=1", pair_of(cookie)), "passwordless") == content
    assert forms.kept(asking(pair_of(cookie)), "thirdparty") == {}


def test_over_http_the_cookie_has_no_prefix_that_wants_https(toolkit):
    toolkit(API_DOMAIN="http://localhost:3000", WEBSITE_DOMAIN="http://localhost:3000")

    cookie = forms.keep("passwordless", {"deviceId": "1"})

    assert cookie.startswith("stFlow-passwordless=")
    assert "Secure" not in cookie
    assert forms.kept(asking(pair_of(cookie)), "passwordless") == {"deviceId": "1"}


def test_what_is_forgotten_is_cleared_under_the_same_name(toolkit):
    assert forms.forget("passwordless").startswith(f"{NAME}=; Path=/; Expires=Thu, 01 Jan 1970")


def test_a_target_that_browsers_would_not_keep_is_left_out(toolkit):
    cookie = forms.keep("passwordless", {"deviceId": "1", "redirectBack": f"/{'x' * 4000}"})

    assert len(cookie) < 4096
    assert forms.kept(asking(pair_of(cookie)), "passwordless") == {"deviceId": "1"}


@pytest.mark.parametrize(
    "text", ["nonsense", "é", "[]", '"a"', '{"a": 1}', '{"a": null}', "[" * 100_000, "{", r'{"a": "\ud800"}']
)
def test_nonsense_is_nothing(toolkit, text):
    for value in (text, urlsafe_b64encode(text.encode()).decode()):
        assert forms.kept(asking(f"{NAME}={value}"), "passwordless") == {}


def test_of_two_neither_is_taken(toolkit):
    pair = pair_of(forms.keep("passwordless", {"deviceId": "1"}))

    assert forms.kept(asking(pair, pair), "passwordless") == {}
    assert forms.kept(asking(pair, pair.replace("__Host", "%5F_Host")), "passwordless") == {}
