"""Back and forward, where a browser would rather show what it has kept."""

import pytest

pytestmark = pytest.mark.usefixtures("javascript")


def test_back_and_forward_while_signed_in(visitor):
    tab = visitor.sign_up()
    tab.open("/dashboard?page=2")
    tab.page.go_back()
    assert (tab.heading, tab.target) == ("Dashboard", "/dashboard")
    tab.page.go_forward()
    assert (tab.heading, tab.target) == ("Dashboard", "/dashboard?page=2")


def test_back_after_an_expiry_does_not_pass_through_the_refresh_again(visitor, core):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    tab.open("/")
    tab.open("/dashboard?page=2")
    tab.page.go_back()
    assert tab.target == "/"
    assert core.refreshes == ["OK"]


def test_back_and_forward_after_signing_out_show_no_page_of_the_session(visitor):
    tab = visitor.sign_up()
    tab.open("/dashboard?page=2")
    tab.press("text=Sign out")
    tab.page.go_back()
    assert tab.heading == "Sign in"
    assert tab.target == "/auth?redirectBack=/dashboard%3Fpage%3D2"
    tab.page.go_back()
    assert tab.heading == "Sign in"
    tab.page.go_forward()
    assert tab.heading == "Sign in"


def test_back_to_the_form_after_signing_in_leads_on(visitor):
    visitor.has_signed_up()
    visitor.context.clear_cookies()
    tab = visitor.tab()
    tab.open("/dashboard?a=1")
    tab.submit(visitor.email)
    tab.page.go_back()
    assert tab.heading == "Dashboard"
