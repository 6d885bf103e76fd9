"""The pages as one sees them; ``make screenshots`` puts the pictures into the documentation."""

import os
from pathlib import Path

import pytest

from .visitor import Visitor

FOLDER = os.environ.get("SCREENSHOTS")
BORDER = 16  # pixels
LIMIT = 60_000  # bytes, for who reads the documentation over a slow line


@pytest.fixture(scope="package")
def site(new_site):
    return new_site()


@pytest.fixture
def take(tmp_path):
    def take(tab, name, heading, scheme="light"):
        assert tab.heading == heading
        tab.page.set_viewport_size({"width": 480, "height": 640})
        tab.page.emulate_media(color_scheme=scheme)
        card = tab.page.locator("main").bounding_box()
        clip = {side: card[side] - BORDER for side in "xy"} | {
            side: card[side] + 2 * BORDER for side in ("width", "height")
        }
        file = Path(FOLDER or tmp_path) / f"{name}.png"
        tab.page.screenshot(path=file, clip=clip)
        assert file.stat().st_size < LIMIT

    return take


def test_signing_in(visitor, take):
    tab = visitor.tab()
    tab.open("/auth")
    take(tab, "sign-in", "Sign in")
    tab.submit("ada@example.com", "wrong horse 1")
    take(tab, "sign-in-refused", "Sign in")
    tab.open("/auth?show=signup")
    tab.submit("ada@example", "short")
    take(tab, "sign-up-refused", "Sign up")


def test_the_dashboard(visitor, take):
    tab = visitor.sign_up()
    take(tab, "dashboard", "Dashboard")
    take(tab, "dashboard-dark", "Dashboard", "dark")


def test_a_core_out_of_reach(visitor, core, take):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    with core.failing("answers 500"):
        tab.open("/dashboard")
        take(tab, "unavailable", "One moment, please")


def test_a_session_that_does_not_hold(visitor, new_site, take):
    visitor.signed_up_hours_ago()
    visitor.context.clear_cookies(name="sAccessToken")
    misplaced = new_site(SUPERTOKENS_COOKIE_DOMAIN=".other.example")
    tab = Visitor.of(misplaced, visitor.context).tab()
    tab.open("/dashboard")
    take(tab, "loop", "Your session does not hold")
