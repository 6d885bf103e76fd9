"""Several tabs of one browser, which share its cookies."""

import pytest

pytestmark = pytest.mark.usefixtures("javascript")

# Each tab's own, with what has to come back byte for byte.
QUERIES = [
    "tab=0",
    "tab=1&q=a+b%20c%2Bd",
    "tab=2&path=%2Fa%2Fb",
    "tab=3&empty=&bare",
    "tab=4&a=1&a=2&a=1",
    "tab=5&caf%C3%A9=%E2%98%83",
    "tab=6&broken=%FF",
    "tab=7&back=/dashboard?tab=8",
    "tab=8&brackets[]=1;2",
    "tab=9&percent=%2525&amp=%26",
]


@pytest.mark.parametrize("number", [2, 10])
def test_tabs_that_are_restored_at_once_are_all_signed_in_and_stay_so(visitor, core, number):
    visitor.signed_up_hours_ago()
    targets = [f"/dashboard?{query}" for query in QUERIES[:number]]
    tabs = [visitor.tab() for _ in targets]
    visitor.open_at_once(tabs, targets)
    assert [(tab.heading, tab.target) for tab in tabs] == [("Dashboard", target) for target in targets]
    visitor.comes_back_hours_later()
    visitor.open_at_once(tabs, targets)
    assert [(tab.heading, tab.target) for tab in tabs] == [("Dashboard", target) for target in targets]
    assert set(core.refreshes) == {"OK"}


def test_signing_out_in_one_tab_ends_the_session_in_the_others(visitor):
    first, second = visitor.sign_up(), visitor.tab()
    second.open("/dashboard?tab=second")
    assert second.heading == "Dashboard"
    first.press("text=Sign out")
    assert first.heading == "Sign in"
    second.page.reload()
    assert second.heading == "Sign in"
    second.submit(visitor.email)
    assert second.target == "/dashboard?tab=second"


def test_signing_out_in_a_tab_that_is_signed_out_already(visitor):
    first, second = visitor.sign_up(), visitor.tab()
    second.open("/dashboard")
    first.press("text=Sign out")
    second.press("text=Sign out")
    assert second.heading == "Sign in"


def test_signing_in_in_one_tab_is_seen_in_the_others(visitor):
    visitor.has_signed_up()
    visitor.context.clear_cookies()
    first, second = visitor.tab(), visitor.tab()
    first.open("/dashboard?tab=first")
    second.open("/dashboard?tab=second")
    first.submit(visitor.email)
    second.page.reload()
    assert (first.target, second.target) == ("/dashboard?tab=first", "/dashboard?tab=second")
