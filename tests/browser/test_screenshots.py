"""The pages as one sees them; ``make screenshots`` puts the pictures into the documentation."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from .visitor import PASSWORD, Visitor

RECIPES = Path(__file__).parents[1] / "e2e" / "recipes" / "template.yaml"
FOLDER = os.environ.get("SCREENSHOTS")
BORDER = 16  # pixels
HEIGHT = 900  # pixels of the window
LIMIT = 60_000  # bytes, for who reads the documentation over a slow line


@pytest.fixture(scope="package")
def site(new_site):
    return new_site()


@pytest.fixture
def take(tmp_path):
    def take(tab, name, heading, scheme="light", height=HEIGHT):
        assert tab.heading == heading
        tab.page.set_viewport_size({"width": 480, "height": HEIGHT})
        tab.page.emulate_media(color_scheme=scheme)
        # With the links above the card.
        top, card = (tab.page.locator(found).first.bounding_box() for found in ("nav, main", "main"))
        clip = {
            "x": card["x"] - BORDER,
            "y": top["y"] - BORDER,
            "width": card["width"] + 2 * BORDER,
            "height": min(card["y"] + card["height"] - top["y"] + 2 * BORDER, height),
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


@pytest.fixture
def tab_of_recipes(new_site, context):
    """A tab at an application with all recipes."""
    return Visitor.of(new_site(RECIPES), context).tab()


def test_the_pages_of_the_recipes(tab_of_recipes, take):
    tab = tab_of_recipes
    tab.open("/auth")
    take(tab, "sign-in-ways", "Sign in")
    tab.open("/auth/reset-password")
    take(tab, "forgotten-password", "Forgot your password?")
    tab.open("/auth/reset-password?token=of-a-link")
    take(tab, "new-password", "Choose a new password")
    tab.open("/auth/code")
    tab.page.fill("[name=contact]", "ada@example.com")
    tab.press("main form button")
    tab.page.fill("[name=code]", "0")
    tab.press("main form button")
    take(tab, "code", "Look at your messages")
    tab.open("/auth?show=signup")
    tab.submit("needs-totp@example.com")
    tab.open("/auth/verify-email")
    take(tab, "verify-email", "Confirm your e-mail address")
    tab.open("/auth/mfa/totp")
    tab.press("main form button")
    take(tab, "totp", "Set up an authenticator app")


def test_the_dashboard_and_the_account(visitor, core, take):
    visitor = replace(visitor, email="ada.lovelace@example.com")
    tab = visitor.sign_up()
    take(tab, "dashboard", "Dashboard")
    take(tab, "dashboard-dark", "Dashboard", "dark")
    tab.open("/account/password")
    tab.page.fill("[name=current_password]", PASSWORD)
    tab.page.fill("[name=new_password]", "short")
    tab.press("main form button")
    take(tab, "account-password", "Change your password")
    tab.open("/account/sessions")
    take(tab, "account-sessions", "Where you are signed in")
    tab.open("/account/delete")
    take(tab, "account-delete", "Delete your account")
    tab.open("/admin")
    take(tab, "forbidden", "You may not see this page")
    tab.open("/nowhere")
    take(tab, "not-found", "Page not found")
    core.give_role(visitor.email, "admin")
    tab.open("/auth?signIn=again&redirectBack=/account")
    tab.submit(visitor.email)
    take(tab, "account", "Your account")
    tab.open("/admin")
    # Other tests have signed up users too.
    take(tab, "users", "Users", height=300)


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
