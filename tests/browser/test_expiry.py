import pytest

from .visitor import redirect_back

pytestmark = pytest.mark.usefixtures("javascript")

# What RFC 3986 lets stand in a query, and what a browser leaves as it is besides.
QUERIES = [
    "tab=billing&q=a%20b+c%2Bd",
    "path=%2Fa%2F..%2Fb&path=/a/b",
    "empty=&bare&&=nameless&a=1&a=2&a=1",
    "caf%C3%A9=%E2%98%83&broken=%FF%fe%e2%98",
    "redirectBack=/elsewhere%3Fx%3D1&next=https://example.com/?a=b",
    "a=1;b=2&punctuation=-._~!$()*,:@",
    "brackets[]=1&brackets[]=2&pipe=|&caret=^&brace={}",
    "grave=`&back=\\&half=50%&broken=%zz",
    "percent=%25&double=%2525&hash=%23&amp=%26&equals=%3D&quote=%22&less=%3C&nul=%00&line=%0D%0A",
]


def test_an_expired_session_comes_back_to_the_very_query(visitor, core):
    visitor.has_signed_up()
    tab = visitor.tab()
    for target in [f"/dashboard?{query}" for query in QUERIES]:
        visitor.comes_back_hours_later()
        core.refreshes.clear()
        assert tab.open(target) == [
            target,
            redirect_back("/refresh-session", target),
            redirect_back("/auth/session/refresh", target),
            target,
        ]
        assert (tab.heading, tab.target) == ("Dashboard", target)
        assert core.refreshes == ["OK"]


def test_the_part_after_the_hash_comes_back_too(visitor):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    tab.open("/dashboard?a=1#part-2")
    assert tab.target == "/dashboard?a=1#part-2"


def test_it_expires_again_and_again(visitor, core):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    for _ in range(3):
        tab.open("/dashboard?a=1")
        assert tab.heading == "Dashboard"
        visitor.comes_back_hours_later()
    assert set(core.refreshes) == {"OK"}


def test_an_optional_page_comes_back_signed_in(visitor):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    tab.open("/?a=b%20c")
    assert tab.heading == "Welcome back"
    assert tab.target == "/?a=b%20c"


def test_a_fault_of_the_core_is_no_sign_out(visitor, core):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    # With no key at hand a function asks for them again a moment later, and not by the next request.
    tab.open("/dashboard")
    visitor.comes_back_hours_later()
    with core.failing("answers 500"):
        tab.open("/dashboard?a=1")
        assert tab.heading == "One moment, please"
    tab.page.reload()
    assert tab.heading == "Dashboard"
    assert tab.target == "/dashboard?a=1"
