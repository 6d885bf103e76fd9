import pytest

from supertokens_lambda import handlers
from supertokens_lambda._guard.stale_cookies import MAX_BYTES, clear_stale_cookies, without_duplicates
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import Headers, Request
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
    additions = clear_stale_cookies(request, settings)
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


@pytest.mark.parametrize("host", ["", "localhost", "localhost:3000", "127.0.0.1", "10.0.0.1:443", "[::1]:3000"])
def test_a_host_without_a_domain_has_no_others(host):
    assert not cleared(TWO, host)


@pytest.mark.parametrize(
    "host", ["a;b.example.com", "a b.com", "..", ".example.com", "x.com\r\nset-cookie: a=b", "caf\xe9.com"]
)
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


def test_a_cookie_in_another_spelling_is_cleared_as_it_is_spelled():
    cookies = cleared("%73AccessToken=x=y; sAccessToken=a==; s%41ccessToken=b", "shop.example.com")

    assert [cookie.partition("=")[0] for cookie in cookies] == [
        *["sAccessToken"] * 2, *["%73AccessToken"] * 3, *["s%41ccessToken"] * 3,
    ]  # fmt: skip
    assert domains(cookies) == ["shop.example.com", "example.com", *[None, "shop.example.com", "example.com"] * 2]


def test_no_answer_clears_spellings_without_end():
    spellings = [name for number in range(2**6) for name in [spelled("sAccessToken", number)]]

    assert len(cleared("; ".join(f"{name}=x" for name in spellings), "localhost")) == 4


def spelled(name: str, number: int) -> str:
    """Spell a name, each character whose bit is set percent-encoded."""
    return "".join(f"%{ord(char):02x}" if number >> at & 1 else char for at, char in enumerate(name))


@pytest.mark.parametrize(
    ("cookies", "kept"),
    [
        ("sRefreshToken=a; x=1", ["sRefreshToken=a", "x=1"]),
        ("sRefreshToken=a%3D; x=1; sRefreshToken=a=", ["x=1", "sRefreshToken=a%3D"]),
        ("sRefreshToken=a=; sRefreshToken=b", []),
        ("sRefreshToken=a; %73RefreshToken=b", []),
        ("sRefreshToken=a; %73RefreshToken=a", ["sRefreshToken=a"]),
    ],
)
def test_the_sdk_is_shown_no_session_cookie_twice(cookies, kept):
    request = Request(method="POST", seen_path="/", path="/", cookies=Cookies(cookies))

    assert [pair.strip() for pair in without_duplicates(request).cookies.pairs if pair] == kept


def test_a_cookie_of_an_old_session_is_cleared_where_it_was_set():
    cookies = cleared("sIdRefreshToken=x", cookie_domain=".example.com")

    assert cookies == (
        "sIdRefreshToken=; Domain=.example.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; "
        "SameSite=Lax",
    )


FOUR = "sAccessToken=a; sAccessToken=b; sRefreshToken=a; sRefreshToken=b; sIdRefreshToken=x"
LONGEST = ".".join(["a"] * 127)  # labels and octets of a name, RFC 1035 section 2.3.4


@pytest.mark.parametrize("host", [LONGEST, f"{'.'.join(['a' * 63] * 3)}.{'b' * 57}.com", "x.example.com"])
def test_what_is_cleared_fits_beside_the_session(host):
    assert len(host) <= 253

    cookies = cleared(FOUR, host)

    assert sum(len("set-cookie: ") + len(cookie) for cookie in cookies) <= MAX_BYTES
    assert cookies[0].startswith("sIdRefreshToken=;")
    assert len(cookies) >= 5
    # Of each domain both.
    names = [cookie.partition("=")[0] for cookie in cookies[1:]]
    assert names[:4] == ["sAccessToken", "sRefreshToken"] * 2


@pytest.mark.parametrize("host", [".".join(["a"] * 128), f"{'a' * 64}.com", ".".join(["a"] * 4096), "a" * 8192])
def test_a_host_that_no_name_is_as_long_as_has_no_domains(host):
    assert [cookie.partition("=")[0] for cookie in cleared(FOUR, host)] == ["sIdRefreshToken"]


def test_two_cookies_of_thousands_are_read_once():
    cookies = Cookies("; ".join(f"sRefreshToken={number}" for number in range(5000)))
    request = Request(method="GET", seen_path="/", path="/", cookies=cookies)

    assert without_duplicates(request).cookies.header == ""


def test_one_cookie_that_came_a_thousand_times_is_one():
    request = Request(method="GET", seen_path="/", path="/", cookies=Cookies("; ".join(["sRefreshToken=a"] * 1000)))

    assert without_duplicates(request).cookies.all("sRefreshToken") == ("a",)


def test_a_refresh_with_the_longest_host_fits_what_api_gateway_carries(core, browser):
    browser.holds(core.expired_session())
    browser.more_cookies = [f"sAccessToken={'x' * 20}", f"sRefreshToken={browser.has('sRefreshToken')}"]

    answer = browser.open(handlers.auth, "/auth/session/refresh?redirectBack=/x", headers={"host": LONGEST})

    assert answer.status == 302
    assert answer.sets("sAccessToken")
    size = sum(len(name) + 4 + len(value) for name, value in answer.headers.items())
    assert size + sum(len("set-cookie") + 4 + len(cookie) for cookie in answer.set_cookies) < 10_240
