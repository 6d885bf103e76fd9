import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._entry import http_handler
from supertokens_lambda._guard.answers import answer_to_fault, redirect
from supertokens_lambda._http.message import Additions
from supertokens_lambda._verification.verdict import Unavailable
from supertokens_lambda.forms import sign_out

REFRESH = "/auth/session/refresh?redirectBack=/dashboard"


@verify_session()
def page(event, context, session):
    return {"statusCode": 200, "body": session.get_user_id()}


@http_handler
def leaving(request):
    ended = sign_out(request)
    if isinstance(ended, Additions):
        return redirect("/auth", status=303).plus(ended)
    return answer_to_fault(ended, as_page=True)


def leave(browser):
    return browser.open(leaving, "/auth/sign-out", method="POST")


def assert_signed_out(answer, browser):
    assert answer.status == 303
    assert answer.headers["cache-control"] == "no-store"
    for name in ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf", "stRefreshEvidence"):
        assert answer.clears(name), name
    assert answer.sets("st-last-access-token-update")
    assert browser.has("sAccessToken") is None
    assert browser.has("sRefreshToken") is None


def forged(token, **header):
    claims = jwt.decode(token, options={"verify_signature": False})
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers=jwt.get_unverified_header(token) | header)


@pytest.mark.parametrize("mode", ["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE", None])
@pytest.mark.parametrize("expired", [False, True], ids=["good", "expired"])
def test_ends_the_session(toolkit, browser, core, mode, expired):
    toolkit(ANTI_CSRF=mode)
    start = core.expired_session if expired else core.session
    issued = browser.holds(start(anti_csrf=mode == "VIA_TOKEN"))

    answer = leave(browser)

    assert_signed_out(answer, browser)
    assert not core.has(issued.handle)
    assert browser.open(page).status == 302


def test_ends_a_session_that_was_refreshed_a_moment_ago(browser, core):
    issued = browser.holds(core.expired_session())
    browser.open(handlers.auth, REFRESH)

    assert_signed_out(leave(browser), browser)
    assert not core.has(issued.handle)


def test_ends_a_session_that_has_ended_already(browser, core):
    issued = browser.holds(core.expired_session())
    core.post("/recipe/session/remove", sessionHandles=[issued.handle])

    assert_signed_out(leave(browser), browser)


def test_ends_both_sessions_of_two_tokens(browser, core):
    issued, other = browser.holds(core.session()), core.session()
    browser.more_cookies = [f"sAccessToken={other.access_token}"]

    assert_signed_out(leave(browser), browser)
    assert not core.has(issued.handle)
    assert not core.has(other.handle)


def aged(core, days):
    """Start a session whose access token expired that many days ago."""
    core.ahead = -days * 86_400 - 3600
    try:
        return core.session()
    finally:
        core.ahead = 0


@pytest.mark.parametrize(("days", "ends"), [(0.1, True), (6.9, True), (7.1, False), (80, False)])
def test_ends_a_session_whose_token_expired_a_week_ago_at_most(browser, core, days, ends):
    issued = browser.holds(aged(core, days))

    # This browser is signed out either way.
    assert_signed_out(leave(browser), browser)
    assert core.has(issued.handle) != ends


def test_ends_all_sessions_in_one_call(browser, core):
    issued, others = browser.holds(core.expired_session()), [core.expired_session() for _ in range(5)]
    browser.more_cookies = [f"sAccessToken={other.access_token}" for other in [*others, *others]]
    core.calls.clear()

    assert_signed_out(leave(browser), browser)
    assert core.asked("/recipe/session/remove") == ["/recipe/session/remove"]
    assert not [session for session in [issued, *others] if core.has(session.handle)]


@pytest.mark.parametrize("cookies", [[], ["sAccessToken=nonsense"], ["sAccessToken=a.b.c"], ["sAccessToken=e30.e30.x"]])
def test_clears_what_is_no_session(browser, core, cookies):
    browser.more_cookies = cookies

    assert_signed_out(leave(browser), browser)


def test_ends_nobody_elses_session(browser, core):
    issued = core.session()
    browser.more_cookies = [f"sAccessToken={forged(issued.access_token)}"]

    assert_signed_out(leave(browser), browser)
    assert core.has(issued.handle)


def test_clears_a_token_of_an_unknown_key(browser, core):
    issued = core.session()
    browser.more_cookies = [f"sAccessToken={forged(issued.access_token, kid='d-1')}"]

    assert_signed_out(leave(browser), browser)
    assert core.has(issued.handle)


@pytest.mark.parametrize("expired", [False, True], ids=["good", "expired"])
@pytest.mark.parametrize("at", ["/recipe/session/remove", ""])
def test_leaves_everything_as_it_is_where_the_core_fails(browser, core, eager, expired, at):
    issued = browser.holds((core.expired_session if expired else core.session)())

    with core.failing((500, "oops"), at=at):
        assert isinstance(sign_out(browser.request("/auth/sign-out", method="POST")), Unavailable)
        answer = leave(browser)

    assert answer.status == 503
    assert not answer.cookies
    assert core.has(issued.handle)
    assert_signed_out(leave(browser), browser)
    assert not core.has(issued.handle)


def test_leaves_everything_as_it_is_where_nothing_is_on_the_port(toolkit, browser, core, dead_port):
    issued = browser.holds(core.session())
    toolkit(CONNECTION_URI=dead_port.uri)

    assert isinstance(sign_out(browser.request("/auth/sign-out", method="POST")), Unavailable)

    with dead_port.with_core():
        assert_signed_out(leave(browser), browser)
    assert not core.has(issued.handle)


def test_leaves_no_cookie_of_another_domain(browser, core):
    browser.holds(core.session())
    browser.more_cookies = [f"sAccessToken={core.session().access_token}"]

    answer = leave(browser)

    gone = {cookie.attributes.get("domain") for cookie in answer.cookies if cookie.name == "sAccessToken"}
    assert gone == {None, "app.example.com", "example.com"}


def test_ends_what_a_cookie_of_long_ago_began(browser, core):
    issued = browser.holds(core.session())
    browser.cookies["sIdRefreshToken", "/"] = "x"

    assert_signed_out(leave(browser), browser)
    assert not core.has(issued.handle)
