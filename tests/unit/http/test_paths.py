import re
import sys
import unicodedata
from re import _casefix  # type: ignore[attr-defined]  # what `re.IGNORECASE` takes for one letter, beside lower case
from urllib.parse import unquote

import pytest

from supertokens_lambda._http.paths import canonical, canonical_with_case, is_below, plain, readings


@pytest.mark.parametrize(
    "path",
    [
        "/a/b",
        "/a/b/",
        "//a//b//",
        "/./a/././b/.",
        "/a%2Fb",
        "/a%252Fb",
        "/%61/%2562",
        "\\a\\b",
        "/a\\b",
        "/a%5Cb",
        "/A/B",
        "/%41/%42",
        "/a;x=1/b;y",
        "/a%3Bx/b",
        "/a/b?c",
        "/a/b%23c",
        "/;x/a/b",
        "/ a / b ",
        "/a%20/b%C2%A0",
        "/a./b..",
        "/a%EF%BC%8Fb",
        "/%EF%BD%81/b",
        "/a/b%E2%80%8B",
        "/%EF%BB%BFa/b",
        "/a/%25252562",
        "/a/b%EF%BC%9Bc",
        "/a/b/%2e/",
        "/%EF%BC%852Fa/b",
    ],
)
def test_one_path_has_one_canonical_form(path):
    assert canonical(f"/{path}" if path[0] == "\\" else path) == ("a", "b")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "*",
        "http://host/a",
        "%2Fa"[1:],
        "/..",
        "/a/../b",
        "/a/..",
        "/a%2F..%2Fb",
        "/a/%2e%2e/b",
        "/a/%252e%252e/b",
        "/a/..;/b",
        "/a/.. /b",
        "/a/. ./b",
        "/...",
        "/a\\..\\b",
        "/a/%E2%80%A5/b",
        "/a/%EF%BC%8E%EF%BC%8E/b",
        "/a/.%E2%80%8B./b",
        "/a\n",
        "/a%0A",
        "/a%250A",
        "/%0Aa",
        "/a%00",
        "/a%0D%0Ab",
        "/a%09",
        "/a%7F",
        "/a%C2%85",
        "/a%E2%80%A8",
        "/a%E2%80%A9",
        "/%FF",
        "/%C0%AFa",
        "/%C0%2Fa",
        "/%ED%A0%80",
        "/\ud800",
        "/a\ufffd",
        f"/%{'25' * 9}61",
        "/" + "a" * 20_000,
    ],
)
def test_some_paths_have_none(path):
    assert canonical(path) is None
    assert canonical_with_case(path) is None or path == "/a/%E2%80%A5/b" or "%EF%BC%8E" in path or "%E2%80%8B" in path
    assert plain(path) is None
    assert plain(path, is_encoded=True) is None


@pytest.mark.parametrize("path", ["/", "//", "/.", "/%2F", "/;", "/ "])
def test_nothing_is_the_root(path):
    assert canonical(path) == ()


def test_the_canonical_form_is_its_own():
    for path in ("/Straße/100%/a b/..c/.well-known/ÉCOLE", "/%E0%A4%95%E0%A4%BF/x:y@z", "/İstanbul/\u017f\u017f/ﬁ"):
        found = canonical(path)

        assert found
        assert canonical("/" + "/".join(found)) == found


def test_letters_that_a_route_without_case_takes_for_one_are_one():
    letters = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith("L")]
    cased = [letter for letter in letters if letter.lower() != letter.upper()]
    for letter in cased:
        assert canonical(f"/x{letter}x") == canonical(f"/x{letter.lower()}x") == canonical(f"/x{letter.upper()}x"), (
            letter
        )
    for code, others in _casefix._EXTRA_CASES.items():
        assert {canonical(f"/x{chr(other)}x") for other in others} == {canonical(f"/x{chr(code)}x")}, code
    assert len(cased) > 2500


def test_case_can_be_kept():
    assert canonical_with_case("//Reports/./Übersicht;a") == ("Reports", "Übersicht")


@pytest.mark.parametrize(
    ("path", "sent", "segments"),
    [
        ("/", "/", ()),
        ("/About", "/About", ("About",)),
        ("/blog/", "/blog/", ("blog",)),
        ("/café/a b", "/caf%C3%A9/a%20b", ("café", "a b")),
        ("/100%/x", "/100%25/x", ("100%", "x")),
        ("/.well-known/x.json", "/%2Ewell-known/x.json", (".well-known", "x.json")),
        ("/Logo@2x.PNG", "/Logo@2x.PNG", ("Logo@2x.PNG",)),
    ],
)
def test_a_plain_path_leaves_nothing_to_interpret(path, sent, segments):
    assert plain(path) == plain(sent, is_encoded=True) == segments


@pytest.mark.parametrize("segment", ["a;b", "c%23", "what%3F", "a.", "%20a%20", "etc...", "a%EF%BC%9Bb"])
def test_what_others_cut_off_leaves_a_segment_where_it_is(segment):
    assert plain(f"/x/{segment}/y", is_encoded=True) == ("x", unquote(segment), "y")


@pytest.mark.parametrize(
    "sent",
    [
        "//",
        "//a",
        "/a//b",
        "/a//",
        "/./a",
        "/a/.",
        "/a/../b",
        "/a%2Fb",
        "/a%5Cb",
        "/a\\b",
        "/;",
        "/a/;b/c",
        "/a/%3F",
        "/a/%20/b",
        "/%2561",
        "/a%252Fb",
        "/a%EF%BC%8Fb",
        "/a/;/b%EF%BC%8Fc",
        "/a/%E2%80%8B",
        "/a%0A",
        "/%FF",
        "/%2F",
        "/a/..;/b",
        "a",
        "",
    ],
)
def test_other_spellings_are_not_plain(sent):
    assert plain(sent, is_encoded=True) is None


def test_a_parent_is_a_whole_segment():
    assert is_below(("a", "b"), [("x",), ("a",)])
    assert is_below(("a",), [("a",)])
    assert not is_below(("ab",), [("a",)])
    assert not is_below(("x", "a"), [("a",)])
    assert is_below(("a",), [()])
    assert not is_below((), [("a",)])


def test_prefixes_are_cut_once_in_any_order():
    found = [*readings(("a", "b", "a", "c"), [("a",), ("b",), ("z",)])]

    assert found == [(("a", "b", "a", "c"), False), (("b", "a", "c"), False), (("a", "c"), True)]
    assert [*readings(("c",), [("a",)])] == [(("c",), True)]


def test_a_route_that_ignores_case_is_what_the_folding_is_for():
    assert re.fullmatch("admin", "ADMİN", re.IGNORECASE)
    assert canonical("/ADMİN") == canonical("/adm\u0131n") == ("admin",)
