"""Back and forward in a browser that keeps whole pages in memory: none of a session's is shown once it has ended.

Chromium keeps pages that say ``no-store``, too, until a cookie changes. Playwright cannot follow to a page out of that
cache and leaves it off, so that a page which should not come back shows here as a test that waits in vain.
"""

import pytest

from .conftest import FLAGS

pytestmark = pytest.mark.usefixtures("javascript")


@pytest.fixture(scope="module")
def chromium(chromium_path, playwright):
    browser = playwright.chromium.launch(
        executable_path=chromium_path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


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
