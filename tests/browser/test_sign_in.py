import pytest

pytestmark = pytest.mark.usefixtures("javascript")


def test_signing_up_leads_to_the_page_that_was_asked_for(visitor):
    tab = visitor.tab()
    tab.open("/dashboard?tab=billing&q=a%20b")
    assert tab.heading == "Sign in"
    tab.press("text=Create an account")
    tab.submit(visitor.email)
    assert tab.heading == "Dashboard"
    assert tab.target == "/dashboard?tab=billing&q=a%20b"


def test_signing_in_again_is_the_same_user(visitor):
    user = visitor.sign_up().page.inner_text("dd")
    visitor.context.clear_cookies()
    tab = visitor.tab()
    tab.open("/auth")
    tab.submit(visitor.email)
    assert tab.target == "/dashboard"
    assert tab.page.inner_text("dd") == user


def test_a_wrong_password_is_told_and_can_be_put_right(visitor):
    visitor.has_signed_up()
    visitor.context.clear_cookies()
    tab = visitor.tab()
    tab.open("/dashboard?a=1")
    tab.submit(visitor.email, "wrong horse 1")
    assert tab.alert == "No account has this e-mail address and password."
    assert tab.page.input_value("#email") == visitor.email
    assert tab.page.input_value("#password") == ""
    assert "sAccessToken" not in visitor.cookies()
    tab.submit(visitor.email)
    assert tab.target == "/dashboard?a=1"


def test_the_tokens_are_kept_from_scripts_and_from_http(visitor):
    visitor.sign_up()
    cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies()}
    for name in ("sAccessToken", "sRefreshToken"):
        assert cookies[name]["httpOnly"]
        assert cookies[name]["sameSite"] == "Lax"
        assert cookies[name]["secure"] == visitor.site.url.startswith("https:")
    assert cookies["sRefreshToken"]["path"] == "/auth/session/refresh"
