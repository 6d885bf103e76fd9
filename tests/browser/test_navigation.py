"""Back and forward while the session lives."""

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
