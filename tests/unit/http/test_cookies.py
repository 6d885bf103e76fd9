from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda._http.cookies import Cookies, clear_cookie, set_cookie


def test_cookies_are_read_in_their_order_and_repeats_are_kept():
    cookies = Cookies("a=1; b=2;a=3; c=x=y")

    assert cookies.get("a") == "1"
    assert cookies.all("a") == ("1", "3")
    assert cookies.get("c") == "x=y"
    assert cookies.get("d") is None


@pytest.mark.parametrize(
    ("header", "value"), [('a="x/y=="', "x/y=="), ('a="', '"'), ('a=""', ""), ("a=%22x%22", "%22x%22")]
)
def test_a_quoted_value_is_unquoted(header, value):
    assert Cookies(header).get("a") == value


@pytest.mark.parametrize("header", ["", ";", "a", "=1", "a\x00=1", " ; ; "])
def test_what_is_no_cookie_is_passed_over(header):
    assert Cookies(header).get("a") is None


def test_a_good_cookie_survives_a_bad_neighbour():
    assert Cookies("a=\x01; =; b=2").get("b") == "2"


def test_values_are_not_in_the_representation():
    assert repr(Cookies("sAccessToken=secret")) == "Cookies(sAccessToken)"


@given(st.text(max_size=300))
def test_any_header_can_be_read(header):
    Cookies(header).get("a")


def test_a_large_cookie_is_read():
    assert Cookies("a=" + "x" * 16_384).get("a") == "x" * 16_384


def test_set_cookie_writes_every_attribute():
    written = set_cookie(
        "a",
        "b",
        path="/x",
        domain=".example.com",
        expires=1893553445,
        max_age=10,
        secure=True,
        same_site="none",
    )

    assert written == (
        "a=b; Domain=.example.com; Path=/x; Expires=Wed, 02 Jan 2030 03:04:05 GMT; Max-Age=10; "
        "Secure; HttpOnly; SameSite=None"
    )


def test_a_cookie_is_kept_from_scripts_and_from_other_sites_unless_told():
    assert set_cookie("a", "b") == "a=b; Path=/; HttpOnly; SameSite=Lax"
    assert set_cookie("a", "b", http_only=False) == "a=b; Path=/; SameSite=Lax"


def test_a_cookie_is_cleared_by_one_of_the_past():
    assert clear_cookie("a") == "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [("a b", "", "/"), ("", "", "/"), ("a", "x;y", "/"), ("a", "x\r\n", "/"), ("a", "é", "/"), ("a", "x", "/;y")],
)
def test_what_would_end_a_cookie_or_the_header_is_refused(name, value, path):
    with pytest.raises(ValueError, match="cookie"):
        set_cookie(name, value, path=path)


def test_the_error_does_not_tell_the_value():
    with pytest.raises(ValueError, match="cookie a ") as caught:
        set_cookie("a", "secret;")

    assert "secret" not in str(caught.value)


OCTETS = st.text("".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\'))


@given(OCTETS)
def test_what_is_written_is_read_back(value):
    pair = set_cookie("a", value).split("; ")[0]

    assert Cookies(pair).get("a") == value
    assert SimpleCookie(pair)["a"].value == value
