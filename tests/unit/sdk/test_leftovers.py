import pytest

from supertokens_lambda.http.cookies import Cookies
from supertokens_lambda.http.message import Headers, Request
from supertokens_lambda.sdk.leftovers import clear_leftovers
from supertokens_lambda.settings import Settings

TWO = "sAccessToken=a; sAccessToken=b"


def cleared(cookies, host="app.shop.example.com:443", **more):
    settings = Settings(
        connection_uris=("http://localhost",),
        api_domain="https://example.com",
        website_domain="https://example.com",
        **more,
    )
    request = Request(
        method="GET",
        seen_path="/",
        path="/",
        headers=Headers.of([("host", host)] if host else []),
        cookies=Cookies(cookies),
    )
    additions = clear_leftovers(request, settings)
    assert not additions.headers
    return additions.cookies


def domains(cookies):
    found = []
    for cookie in cookies:
        attributes = dict(part.partition("=")[::2] for part in cookie.split("; ")[1:])
        assert attributes["Expires"].startswith("Thu, 01 Jan 1970")
        found.append(attributes.get("Domain"))
    return found


@pytest.mark.parametrize("cookies", ["", "sAccessToken=a; sRefreshToken=b", "x=1; x=2", "sFrontToken=a; sFrontToken=b"])
def test_what_came_once_stays(cookies):
    assert not cleared(cookies)


def test_a_cookie_of_this_host_alone_outlives_those_of_its_domains():
    assert domains(cleared(TWO)) == ["app.shop.example.com", "shop.example.com", "example.com"]


@pytest.mark.parametrize("own", ["shop.example.com", ".shop.example.com"])
def test_a_cookie_of_the_settings_domain_outlives_the_others(own):
    assert domains(cleared(TWO, cookie_domain=own)) == [None, "app.shop.example.com", "example.com"]


@pytest.mark.parametrize("host", ["", "localhost", "localhost:3000"])
def test_a_host_without_a_domain_has_no_others(host):
    assert not cleared(TWO, host)


@pytest.mark.parametrize("host", ["a;b.example.com", "a b.com", "..", ".example.com", "x.com\r\nset-cookie: a=b"])
def test_a_host_that_is_none_is_written_nowhere(host):
    assert not cleared(TWO, host)


def test_each_cookie_is_cleared_on_its_own_path():
    two = f"{TWO}; sRefreshToken=a; sRefreshToken=b"

    cookies = cleared(two, "example.com", api_gateway_path="/dev", api_base_path="/api")

    assert cookies == (
        "sAccessToken=; Domain=example.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; "
        "SameSite=Lax",
        "sRefreshToken=; Domain=example.com; Path=/dev/api/session/refresh; Expires=Thu, 01 Jan 1970 00:00:00 GMT; "
        "Secure; HttpOnly; SameSite=Lax",
    )


def test_a_cookie_of_an_old_session_is_cleared_where_it_was_set():
    cookies = cleared("sIdRefreshToken=x", cookie_domain=".example.com")

    assert cookies == (
        "sIdRefreshToken=; Domain=.example.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; "
        "SameSite=Lax",
    )
