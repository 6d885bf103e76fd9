"""The sample's pages as axe-core reads them: light and dark, and as narrow as a small telephone."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from tests.support.mailbox import codes, links

from .visitor import PASSWORD, Site, Tab, Visitor

RECIPES = Path(__file__).parents[1] / "e2e" / "recipes" / "template.yaml"
NARROW: ViewportSize = {"width": 320, "height": 640}

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    return new_site(RECIPES)


@pytest.fixture
def tab(visitor: Visitor) -> Tab:
    tab = visitor.tab()
    tab.page.set_viewport_size(NARROW)
    return tab


@pytest.fixture
def email() -> str:
    return f"accessible-{next(_NUMBERS)}@example.com"


def check(tab: Tab, heading: str) -> None:
    """Find nothing wrong with a page."""
    assert tab.heading == heading
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        found = Axe().run(tab.page)
        assert not found.violations_count, f"{scheme}: {found.generate_report()}"
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def focused(tab: Tab) -> str:
    """Return the name of the field that has the focus, or the role of another element that has it."""
    return str(tab.page.evaluate("document.activeElement.name || document.activeElement.getAttribute('role')"))


def send(tab: Tab, **typed: str) -> None:
    for name, text in typed.items():
        tab.page.fill(f"[name={name}]", text)
    tab.press("main form button")


def test_signing_in_and_up(tab, email):
    tab.open("/auth")
    check(tab, "Sign in")
    send(tab, email=email, password="wrong horse 1")
    check(tab, "Sign in")
    assert focused(tab) == "alert"
    tab.open("/auth?show=signup")
    check(tab, "Sign up")
    send(tab, email=email, password="short")
    check(tab, "Sign up")
    assert focused(tab) == "password"
    tab.open("/auth/callback/dev?error=access_denied&state=nonsense")
    check(tab, "Sign in")


def test_a_forgotten_password(tab, visitor, site, email):
    tab.open("/auth?show=signup")
    send(tab, email=email, password=PASSWORD)
    visitor.context.clear_cookies()
    tab.open("/auth/reset-password")
    check(tab, "Forgot your password?")
    send(tab, email="nonsense")
    check(tab, "Forgot your password?")
    assert focused(tab) == "email"
    send(tab, email=email)
    check(tab, "Look at your e-mail")
    tab.open(links(site.url, email)[0])
    check(tab, "Choose a new password")
    send(tab, password="short")
    check(tab, "Choose a new password")
    send(tab, password=PASSWORD)
    check(tab, "Password changed")


def test_signing_in_without_a_password(tab, site, email):
    tab.open("/auth/code")
    check(tab, "Sign in without a password")
    send(tab, contact="nonsense")
    check(tab, "Sign in without a password")
    send(tab, contact=email)
    check(tab, "Look at your messages")
    send(tab, code="1")
    check(tab, "Look at your messages")
    assert focused(tab) == "code"
    tab.open(links(site.url, email)[0])
    check(tab, "Sign in")
    tab.open("/auth/verify")
    send(tab, code=codes(site.url, email)[0])
    assert tab.heading == "Dashboard"


def test_verifying_the_address(tab, site, email):
    tab.open("/auth?show=signup")
    send(tab, email=email, password=PASSWORD)
    tab.open("/auth/verify-email")
    check(tab, "Confirm your e-mail address")
    send(tab)
    check(tab, "Confirm your e-mail address")
    tab.open(links(site.url, email)[0])
    check(tab, "Confirm your e-mail address")
    send(tab)
    check(tab, "Thank you")


def test_a_second_factor(tab, visitor, email):
    address = f"needs-totp-{email}"
    tab.open("/auth?show=signup")
    send(tab, email=address, password=PASSWORD)
    tab.open("/auth/mfa")
    check(tab, "Set up an authenticator app")
    send(tab)
    check(tab, "Set up an authenticator app")
    send(tab, totp="1")
    check(tab, "Set up an authenticator app")
    assert focused(tab) == "totp"
    send(tab, totp=pyotp.TOTP(tab.page.inner_text("code")).now())
    assert tab.heading == "Dashboard"
    visitor.context.clear_cookies()
    tab.open("/auth")
    send(tab, email=address, password=PASSWORD)
    tab.open("/auth/mfa")
    check(tab, "Enter the code of your app")


def test_social_sign_in(tab, email):
    tab.open("/auth?redirectBack=/dashboard%3Fa%3D1")
    with tab.page.expect_navigation():
        tab.page.click("text=Continue with GitHub")
    tab.page.fill("[name=email]", email)
    with tab.page.expect_navigation():
        tab.page.click("[value=verified]")
    assert (tab.target, tab.heading) == ("/dashboard?a=1", "Dashboard")


@pytest.fixture(scope="module")
def sample(new_site: Callable[..., Site]) -> Site:
    return new_site()


def test_an_account(sample, visitor, core):
    own = Visitor.of(sample, visitor.context)
    own.has_signed_up()
    tab = own.tab()
    tab.page.set_viewport_size(NARROW)
    for path, heading in (("/", "Welcome back"), ("/dashboard", "Dashboard"), ("/account", "Your account")):
        tab.open(path)
        check(tab, heading)
    tab.open("/account/password")
    check(tab, "Change your password")
    send(tab, current_password=PASSWORD, new_password="short")
    check(tab, "Change your password")
    assert focused(tab) == "new_password"
    tab.open("/account/sessions")
    check(tab, "Where you are signed in")
    tab.open("/account/delete")
    send(tab, password="wrong horse 1")
    check(tab, "Delete your account")
    assert focused(tab) == "password"
    tab.open("/admin")
    check(tab, "You may not see this page")
    tab.open("/nowhere")
    check(tab, "Page not found")
    core.give_role(own.email, "admin")
    tab.open("/auth?signIn=again&redirectBack=/admin")
    send(tab, email=own.email, password=PASSWORD)
    check(tab, "Users")
