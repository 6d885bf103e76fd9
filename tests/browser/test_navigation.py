"""Back and forward, in a browser that keeps whole pages in memory.

Chromium keeps pages that say ``no-store``, too, but shows them again only as long as no cookie has changed.
"""

import pytest

pytestmark = pytest.mark.usefixtures("javascript")


def test_back_and_forward_while_signed_in(visitor):
    tab = visitor.sign_up()
    tab.open("/dashboard?page=2")
    tab.back()
    assert (tab.heading, tab.target) == ("Dashboard", "/dashboard")
    tab.forward()
    assert (tab.heading, tab.target) == ("Dashboard", "/dashboard?page=2")


def test_back_after_an_expiry_does_not_pass_through_the_refresh_again(visitor, core):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    tab.open("/")
    tab.open("/dashboard?page=2")
    tab.back()
    assert (tab.heading, tab.target) == ("Welcome back", "/")
    assert core.refreshes == ["OK"]


def test_back_after_signing_out_shows_no_page_of_the_session(visitor):
    tab = visitor.sign_up()
    tab.open("/dashboard?page=2")
    tab.press("text=Sign out")
    tab.back()
    assert (tab.heading, tab.target) == ("Sign in", "/auth?redirectBack=/dashboard%3Fpage%3D2")
    tab.back()
    assert (tab.heading, tab.target) == ("Sign in", "/auth?redirectBack=/dashboard")
    tab.forward()
    assert tab.heading == "Sign in"


def test_forward_after_signing_out_in_another_tab_shows_no_page_of_the_session(visitor):
    tab, other = visitor.sign_up(), visitor.tab()
    tab.open("/dashboard?page=2")
    tab.back()
    other.open("/dashboard")
    other.press("text=Sign out")
    tab.forward()
    assert (tab.heading, tab.target) == ("Sign in", "/auth?redirectBack=/dashboard%3Fpage%3D2")


def test_back_to_the_form_after_signing_in_leads_on(visitor):
    visitor.has_signed_up()
    visitor.context.clear_cookies()
    tab = visitor.tab()
    tab.open("/dashboard?a=1")
    tab.submit(visitor.email)
    tab.back()
    assert (tab.heading, tab.target) == ("Dashboard", "/dashboard?a=1")
