"""What a request can make long: the work that it makes grows as its length does, and no faster."""

import sys

import pytest

from supertokens_lambda import handlers, sign_in, verify_session

LENGTHS = (1_000, 4_000)  # of what is repeated; the longer is more than an event source lets through
TOKENS = "sAccessToken=a; sAccessToken=b; sRefreshToken=a; sRefreshToken=b; "

HEADERS = {
    "accept": "text/html;q=0.1;a=b,",
    "host": "a.",
    "cookie": "sRefreshToken=%61; ",
    "cookies of two kinds": "sAccessToken=x; sRefreshToken=x; ",
    "names in names": "sAccessTokensAccessToken=x; ",
    "half a cookie": "sAccessToken",
    "encoded names": "%73=x; ",
    "evidence": "stRefreshEvidence=refreshed.1.a; ",
    "origin": "https://a.",
    "x-forwarded-for": "10.0.0.1, ",
    "x-forwarded-proto": "https, ",
    "authorization": "Bearer a.",
    "content-type": "a; ",
    "sec-purpose": "prefetch;",
}
COOKIES = {"cookie", "cookies of two kinds", "names in names", "half a cookie", "encoded names", "evidence"}
QUERIES = ["a&", "a=%41&", "redirectBack=/x&", "signIn=x&", "%", "%25", "a=b;", "redirectBack=/%2525252525"]


@verify_session()
def guarded(event, context, session):
    raise AssertionError("there is no session")


@pytest.fixture
def work(browser):
    """Count the calls, of Python's own functions too, that a request makes."""

    def count(handler, target, **more):
        event = browser.event(target, **more)
        calls = 0

        def note(_frame, kind, _what):
            nonlocal calls
            calls += kind in ("call", "c_call")

        handler(event, None)
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            handler(event, None)
        finally:
            sys.setprofile(before)
        return calls

    return count


def assert_in_proportion(less, more):
    # Four times the length, and what is done once.
    assert more <= 4.5 * less, (less, more)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize(
    ("handler", "target"),
    [
        (guarded, "/dashboard"),
        (handlers.auth, "/auth/session/refresh"),
        (handlers.refresh_session, "/refresh-session"),
        (sign_in.handler, "/auth?signIn=done"),
    ],
    ids=["page", "refresh", "refresh page", "sign-in"],
)
def test_a_long_header(browser, work, handler, target, name):
    def visit(length):
        repeated = HEADERS[name] * length
        if name in COOKIES:
            browser.more_cookies = (TOKENS + repeated).removesuffix("; ").split("; ")
            return work(handler, target)
        browser.more_cookies = TOKENS.removesuffix("; ").split("; ")
        return work(handler, target, headers={name: repeated})

    assert_in_proportion(*map(visit, LENGTHS))


@pytest.mark.parametrize("repeated", QUERIES)
@pytest.mark.parametrize(
    ("handler", "path"),
    [
        (guarded, "/dashboard"),
        (handlers.auth, "/auth/session/refresh"),
        (handlers.refresh_session, "/refresh-session"),
        (sign_in.handler, "/auth"),
    ],
    ids=["page", "refresh", "refresh page", "sign-in"],
)
def test_a_long_query(work, handler, path, repeated):
    assert_in_proportion(*(work(handler, f"{path}?{repeated * length}") for length in LENGTHS))
