import json
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda._http.redirects import MAX_LENGTH, is_local, quote_path, redirect_back, redirect_location

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "redirects.json").read_text())
NEVER = ("/refresh-session", "/auth/session/refresh")

MORE_MALICIOUS = [
    "",
    "dashboard",
    "?a=1",
    "/%5Cevil.com",
    "/%2e%2e/admin",
    "/a/%2e%2e%2fb",
    "/..;/admin",
    "/.;x/admin",
    "/a/..",
    "/%252e%252e/admin",
    "/%c0%af%c0%afevil.com",
    "/%c0%ae%c0%ae/",
    "/%ef%bc%8fevil.com",
    "/%ef%bc%bcevil.com",
    "/%e2%80%ae/moc.live",
    "/%00",
    "/a%0d%0aSet-Cookie:x",
    "/a\x7f",
    "/a b",
    "/a?b c",
    '/a?b="',
    "/a?b=<",
    "/a?b=é",
    "/a\n",
    "/a?b\r",
    "///",
    "/%",
    "/%72efresh-session",
    "/refresh%2Dsession?x=1",
    "/refresh-session/deeper",
    "/auth/session/refresh?redirectBack=/",
    "/auth/session/refresh;x",
    "/auth;y/session/refresh",
    "/auth%2Fsession%2Frefresh",
    "/refresh-session//",
    "/auth//session/refresh",
    "/%ef%bd%92efresh-session",
    "/%zz/evil.com",
    "/%%2fevil.com",
    "/%u002fevil.com",
    "/%ff/evil.com",
    "/%ff%2fevil.com",
    "/%ef%bb%bf/evil.com",
    "/%e2%80%8b%5cevil.com",
    "/%e3%80%80/evil.com",
    "/;/evil.com",
    "/%3b%2fevil.com",
    "/%e2%81%84evil.com",
    "/%ef%bc%852fevil.com",
    "/%25ef%25bc%258fevil.com",
    "/%252525252fevil.com",
    "/a%25252525252525252541",
    "/a/%%32%65%%32%65/b",
    "/a/..%5cb",
    "/a/%ef%bc%8e%ef%bc%8e/b",
    "/a/%c0%ae%c0%ae/b",
    "/a/%e0%80%ae/b",
    "/a/%f0%80%80%ae/b",
    "/a[\n",
    "/a\\b",
    "/a`b",
    "/a{b}",
    "/a<b",
    "/a#b c",
    '/a#b"',
    "/a#b`",
    "/a#b\r\nSet-Cookie:x",
    "/#\u202e",
    "#a",
    "/" + "a" * MAX_LENGTH,
    "/?" + "=" * (MAX_LENGTH // 3),
]

MORE_BENIGN = [
    "/dashboard?tab=billing&q=a%20b",
    "/dashboard?q=a+b%2Bc",
    "/q?text=line%0D%0Aline",
    "/proxy/https%3A%2F%2Fexample.com%2Fx",
    "/a?b=O'Brien&c=(d)!*,;:@$",
    "/a?b|c^d={e}[f]",
    "/a;v=1/b;v=2",
    "/...",
    "/.well-known/x",
    "/%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9",
    "/auth",
    "/auth/session",
    "/refresh",
    "/?a=/../..//%2F%5C",
    "/a?",
    "/a??b?",
    "/50%25%20off",
    "/orders/report[1].pdf",
    "/orders//1",
    "/orders///1//",
    "/orders//evil.example",
    "/orders/100%",
    "/orders/%",
    "/orders/%zz%2",
    "/100%/x",
    "/50%off",
    "/[1]",
    "/orders/a|b^c",
    "/orders/%20/x",
    "/orders/a%5Cb",
    "/orders/%2Fa",
    "/caf%E9/%FF",
    "/%E9t%E9",
    "/orders/%252541",
    "/a?b=\\&c=`",
    "/a?b=%zz&c=50%",
    "/docs/page#section-2",
    "/docs/page?a=1#b?c#d",
    "/#:~:text=a,b",
    "/a#!/b/{c}[d]|e^f\\g%",
    "/a#//evil.com",
    "/a?#",
    "/" + "a" * (MAX_LENGTH - 1),
    "/%3F" + "=" * ((MAX_LENGTH - 6) // 3),
]


@pytest.mark.parametrize("value", [vector["value"] for vector in VECTORS["malicious"]] + MORE_MALICIOUS, ids=ascii)
def test_what_is_no_local_path_is_never_emitted(value):
    assert not is_local(value, never=NEVER)


@pytest.mark.parametrize("value", [vector["value"] for vector in VECTORS["benign"]] + MORE_BENIGN, ids=ascii)
def test_a_local_path_survives_byte_for_byte(value):
    location = redirect_location("/refresh-session", value)

    assert redirect_back(urlsplit(location).query, never=NEVER) == value


def test_the_target_is_encoded_once_and_its_slashes_left_as_they_are():
    location = redirect_location("/refresh-session", "/dashboard?tab=billing&q=a%20b")

    assert location == "/refresh-session?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b"


def test_further_parameters_stand_behind_the_target():
    location = redirect_location("/refresh-session", "/a", (("sessionRequired", "false"),))

    assert location == "/refresh-session?redirectBack=/a&sessionRequired=false"


@pytest.mark.parametrize("target", ["", "//evil.com", "/" + "a" * MAX_LENGTH, "/a?" + "=" * 1400])
def test_a_target_that_would_not_be_taken_back_is_left_out(target):
    assert redirect_location("/refresh-session", target) == "/refresh-session"


@pytest.mark.parametrize("letter", ["a", "/", "=", "%", "\\"])
def test_what_is_bounded_is_the_length_of_the_encoded_target(letter):
    encoded = len(quote(letter, safe="/"))
    longest = "/?" + letter * ((MAX_LENGTH - 4) // encoded)

    location = redirect_location("/refresh-session", longest)

    assert 0 <= len("/refresh-session?redirectBack=") + MAX_LENGTH - len(location) < encoded
    assert redirect_back(urlsplit(location).query) == longest
    assert redirect_location("/refresh-session", longest + letter) == "/refresh-session"
    assert redirect_back("redirectBack=" + quote(longest + letter, safe="")) is None


@pytest.mark.parametrize(
    ("query", "written"), [('q="a"', "q=%22a%22"), ("q=<b>", "q=%3Cb%3E"), ("q=é", "q=%C3%A9"), ("q=a b", "q=a%20b")]
)
def test_what_no_browser_leaves_bare_in_a_query_is_encoded_on_the_way_out(query, written):
    location = redirect_location("/refresh-session", f"/a?{query}")

    assert redirect_back(urlsplit(location).query) == f"/a?{written}"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x=1",
        "redirectBack",
        "redirectBack=",
        "redirectBack=%ff",
        "redirectBack=/\ud800",
        "redirectBack=//a&redirectBack=/b",
        "a%",
    ],
)
def test_a_query_with_no_good_target_has_none(query):
    assert redirect_back(query) is None


def test_a_plus_is_a_plus():
    assert redirect_back("redirectBack=/a+b") == "/a+b"


@pytest.mark.parametrize("prefix", ["", "/dev"])
def test_the_refresh_is_found_behind_a_stage(prefix):
    assert not is_local(f"{prefix}/refresh-session", never=[f"{prefix}/refresh-session"])


def test_a_path_is_encoded_but_for_what_a_path_may_hold():
    assert quote_path("/a b/ü/%/c;d=e,f:@!$&'()*+") == "/a%20b/%C3%BC/%25/c;d=e,f:@!$&'()*+"


@given(st.text(max_size=40))
def test_nothing_that_comes_through_leaves_the_site(value):
    target = redirect_back(f"redirectBack={value}")

    if target is not None:
        found = urlsplit(target)
        assert not found.scheme
        assert not found.netloc
        assert target.startswith("/")
        assert target.isascii()
        assert target.isprintable()


PATHS = st.text("abcXYZ019-_~!$&'()*+,=:@[]|^/").map(lambda rest: f"/a{rest}")
QUERIES = st.text("abcXYZ019-._~!$&'()*+,;=:@/?[]{}|^\\`")
FRAGMENTS = st.text("abcXYZ019-._~!$&'()*+,;=:@/?[]{}|^\\#")


@given(PATHS, QUERIES, FRAGMENTS)
def test_whatever_the_grammar_lists_comes_back_as_it_went(path, query, fragment):
    target = f"{path}?{query}#{fragment}"
    location = redirect_location("/refresh-session", target)

    assert redirect_back(urlsplit(location).query) == target
    assert parse_qs(urlsplit(location).query) == {"redirectBack": [target]}


@given(st.text())
def test_a_location_is_one_line_of_ascii(target):
    location = redirect_location("/refresh-session", target)

    assert location.isascii()
    assert location.isprintable()
