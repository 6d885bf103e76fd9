import time

import pytest
from tests.support.http_browser import redirect_back

from .conftest import run_app

TARGET = "/dashboard?tab=billing&q=a%20b"
SIGN_IN = "/auth?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b"
SESSION = {"sAccessToken", "sRefreshToken", "sFrontToken"}


def path_and_query(page):
    return [hop.target for hop in page.hops]


def test_without_a_session_a_page_is_reached_by_way_of_the_sign_in_page(browser, account):
    page = browser.open(TARGET)
    assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
    assert page.locations == [
        "/refresh-session?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b",
        "/auth/session/refresh?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b",
        SIGN_IN,
    ]
    assert all(hop.response.headers["cache-control"] == "no-store" for hop in page.hops)
    page = account.submit(browser, page)
    assert page.locations == [f"{SIGN_IN}&signIn=done", TARGET]
    assert page.target == TARGET
    assert page.status == 200


def test_a_new_visitor_signs_up_on_the_way_and_arrives(browser):
    page = browser.follow(browser.open(TARGET), "Create an account")
    page = browser.submit(page, email="on-the-way@example.com", password="correct horse 1")
    assert page.target == TARGET


@pytest.mark.parametrize(
    "target",
    [
        "/dashboard",
        "/dashboard?q=a+b%2Bc%26d",
        "/dashboard?ids[]=1&ids[]=2&x={%22a%22:1}|^",
        "/dashboard?next=//other/path&again=/dashboard%3Fa",
        "/dashboard?q=%E2%98%83&q=&q",
    ],
)
def test_a_query_comes_back_byte_for_byte(expired, target):
    page = expired.open(target)
    assert page.locations[-1] == target
    assert page.target == target
    assert page.status == 200


def test_an_expired_token_is_refreshed_and_nobody_notices(expired):
    before = expired.cookies
    page = expired.open(TARGET)
    assert path_and_query(page) == [
        TARGET,
        "/refresh-session?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b",
        "/auth/session/refresh?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b",
        TARGET,
    ]
    assert page.status == 200
    assert page.heading == "Dashboard"
    assert all(expired.cookies[name] != before[name] for name in SESSION)
    assert all(hop.response.headers["cache-control"] == "no-store" for hop in page.hops)
    assert path_and_query(expired.open(TARGET)) == [TARGET]


def test_a_browser_that_says_nothing_of_fetches_is_refreshed_too(app, account, new_browser):
    browser = new_browser(fetch_metadata=False)
    app.sign_in_hours_ago(browser, account)
    assert path_and_query(browser.open(TARGET))[-1] == TARGET
    assert browser.open(TARGET).status == 200


def test_the_refresh_token_is_sent_to_the_refresh_alone(expired):
    page = expired.open(TARGET)
    assert [hop.target for hop in page.hops if "sRefreshToken" in hop.cookies] == [
        "/auth/session/refresh?redirectBack=/dashboard%3Ftab%3Dbilling%26q%3Da%2520b"
    ]


def test_the_cookies_are_out_of_the_reach_of_scripts_and_of_other_sites(expired):
    page = expired.open(TARGET)
    cookies = [cookie for hop in page.hops for cookie in hop.response.headers.get_list("set-cookie")]
    for name in ("sAccessToken", "sRefreshToken"):
        (cookie, *_) = (cookie for cookie in cookies if cookie.startswith(f"{name}="))
        assert "HttpOnly" in cookie.split("; ")
        assert "SameSite=Lax" in cookie.split("; ")
    assert {expired.cookie(name).path for name in SESSION} == {"/", "/auth/session/refresh"}


def test_a_refresh_with_nowhere_to_go_ends_at_the_first_page(expired):
    page = expired.open("/refresh-session")
    assert page.target == "/"
    assert page.heading == "Welcome back"


def test_signing_out_ends_the_session(signed_in):
    page = signed_in.submit(signed_in.open("/dashboard"))
    assert page.hops[0].target == "/auth/sign-out"
    assert page.locations == ["/auth"]
    assert page.heading == "Sign in"
    assert not SESSION & signed_in.cookies.keys()
    assert signed_in.open(TARGET).target == SIGN_IN


def test_what_was_kept_of_a_session_does_not_open_it_after_signing_out(signed_in, new_browser):
    thief = new_browser()
    thief.take_cookies_of(signed_in)
    signed_in.submit(signed_in.open("/dashboard"))
    hop = thief.hop(redirect_back("/auth/session/refresh", TARGET))
    assert (hop.status, hop.location) == (302, SIGN_IN)
    assert not SESSION & thief.cookies.keys()
    assert thief.open(TARGET).target == SIGN_IN


def test_signing_out_ends_a_session_whose_token_expired(app, account, browser, new_browser):
    app.sign_in(browser, account)
    page = browser.open("/dashboard")
    app.sign_in_hours_ago(expired := new_browser(), account)
    thief = new_browser()
    thief.take_cookies_of(expired)
    assert expired.submit(page).heading == "Sign in"
    assert not SESSION & expired.cookies.keys()
    hop = thief.hop(redirect_back("/auth/session/refresh", TARGET))
    assert (hop.status, hop.location) == (302, SIGN_IN)


def test_signing_out_without_a_session_leads_to_the_sign_in_page(signed_in, new_browser):
    page = signed_in.open("/dashboard")
    assert new_browser().submit(page).heading == "Sign in"


def test_two_tabs_that_come_back_at_once_share_one_refresh(expired, new_browser):
    other = new_browser()
    other.take_cookies_of(expired)
    assert expired.open(TARGET).target == TARGET
    assert other.open(TARGET).target == TARGET
    assert other.cookies["sRefreshToken"] == expired.cookies["sRefreshToken"]


def test_a_refresh_token_that_was_used_before_is_theft_and_ends_the_session(core, account, new_browser):
    # Without the interval in which it would be that of another tab.
    with run_app(core, environment={"SUPERTOKENS_REFRESH_REUSE_INTERVAL": "0"}) as app:
        owner, thief = new_browser(app.url), new_browser(app.url)
        app.sign_in_hours_ago(owner, account)
        thief.take_cookies_of(owner)
        assert owner.open(TARGET).target == TARGET
        assert thief.open(TARGET).target == SIGN_IN
        owner.forget("sAccessToken")
        assert owner.open(TARGET).target == SIGN_IN


def test_an_optional_page_welcomes_everybody(app, account, browser):
    assert browser.open("/").heading == "Welcome"
    app.sign_in(browser, account)
    assert browser.open("/").heading == "Welcome back"


def test_an_optional_page_refreshes_too(expired):
    page = expired.open("/?a=1&b=%20")
    assert path_and_query(page) == [
        "/?a=1&b=%20",
        "/refresh-session?redirectBack=/%3Fa%3D1%26b%3D%2520&sessionRequired=false",
        "/auth/session/refresh?redirectBack=/%3Fa%3D1%26b%3D%2520&sessionRequired=false",
        "/?a=1&b=%20",
    ]
    assert page.heading == "Welcome back"
    assert len(expired.open("/").hops) == 1


def test_an_optional_page_is_shown_signed_out_when_the_refresh_fails_for_good(expired):
    expired.set_cookie("sRefreshToken", "no-such-token")
    page = expired.open("/?a=1")
    assert page.target == "/?a=1"
    assert page.heading == "Welcome"
    assert page.status == 200
    assert len(page.hops) == 4
    assert not SESSION & expired.cookies.keys()
    assert len(expired.open("/").hops) == 1


def test_an_optional_page_does_not_loop_for_a_cookie_that_cannot_be_cleared(expired, new_browser):
    stuck = new_browser(pinned={"sAccessToken": expired.cookies["sAccessToken"]})
    page = stuck.open("/")
    assert page.heading == "Welcome"
    assert len(page.hops) == 4
    assert len(stuck.open("/").hops) == 1


def test_a_browser_that_does_not_take_the_token_is_told_and_not_sent_round(expired):
    expired.deaf_to = frozenset({"sAccessToken"})
    page = expired.open(TARGET)
    assert page.status == 401
    assert page.heading == "Your session does not hold"
    assert len(page.hops) == 4
    assert expired.follow(page, "Sign in again").target == f"{SIGN_IN}&signIn=again"


def test_a_browser_that_keeps_an_old_token_beside_the_new_one_is_told(expired):
    expired.pinned = {"sAccessToken": expired.cookies["sAccessToken"]}
    page = expired.open(TARGET)
    assert page.status == 401
    assert page.heading == "Your session does not hold"
    assert len(page.hops) == 4


def test_an_old_tab_finds_what_the_other_tab_has_refreshed(expired):
    first, second = "/dashboard?tab=first", "/dashboard?tab=second"
    assert path_and_query(expired.open(first))[-1] == first
    assert path_and_query(expired.open(second)) == [second]
    assert path_and_query(expired.open(first)) == [first]


def test_a_tab_that_goes_to_the_refresh_after_another_one_did_comes_back_as_well(expired):
    first, second = (redirect_back("/refresh-session", f"/dashboard?tab={tab}") for tab in ("first", "second"))
    assert expired.open(first).target == "/dashboard?tab=first"
    assert expired.open(second).target == "/dashboard?tab=second"
    assert len(expired.open("/dashboard").hops) == 1


def test_each_tab_comes_back_to_its_own_page_after_one_sign_in(browser, account):
    first, second = browser.open("/dashboard?tab=first"), browser.open("/dashboard?tab=second")
    assert account.submit(browser, second).target == "/dashboard?tab=second"
    assert browser.open(first.target).target == "/dashboard?tab=first"


def test_signing_out_in_one_tab_signs_out_the_other(signed_in):
    first, second = signed_in.open("/dashboard"), signed_in.open("/dashboard")
    signed_in.submit(first)
    assert signed_in.open("/dashboard?tab=second").target == "/auth?redirectBack=/dashboard%3Ftab%3Dsecond"
    assert signed_in.submit(second).heading == "Sign in"


def test_signing_in_twice_replaces_the_session(app, account, browser):
    page = browser.open("/auth")
    app.sign_in(browser, account)
    before = browser.cookies["sAccessToken"]
    assert account.submit(browser, page).target == "/dashboard"
    assert browser.cookies["sAccessToken"] != before


def test_the_scripts_cookies_agree_with_the_server(expired):
    expired.open(TARGET)
    assert {"sFrontToken", "st-last-access-token-update"} <= expired.cookies.keys()
    scope = {(expired.cookie(name).path, expired.cookie(name).secure) for name in ("sFrontToken", "sAccessToken")}
    assert scope == {("/", False)}


def test_an_answer_on_a_kept_connection_does_not_wait_for_the_network(signed_in):
    def seconds():
        begin = time.perf_counter()
        assert signed_in.open("/dashboard").status == 200
        return time.perf_counter() - begin

    # Nagle's algorithm and a delayed acknowledgement would make it 40 ms each time.
    assert min(seconds() for _ in range(10)) < 0.03
