"""The account's pages and the users' page, over HTTP and without JavaScript."""

import json
import logging
from uuid import uuid4

import httpx
import pytest

from .conftest import PASSWORD

OTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
NO_FORM = {"content-type": "text/plain"}
NEW = "correct horse 2"


@pytest.fixture
def own(app, browser):
    """Give a new account, which its test may change, and whose session the browser has."""
    return app.sign_up(browser)


@pytest.fixture
def social(browser):
    """Give the address of a new account without a password, whose session the browser has."""
    email = f"social-{uuid4().hex}@example.com"
    begun = browser.hop("/auth/thirdparty/dev", headers={"sec-fetch-site": "same-origin"})
    back = httpx.post(begun.location, data={"email": email, "decision": "verified"}).headers["location"]
    assert browser.open(back.removeprefix(browser.origin)).status == 200
    return email


@pytest.fixture
def elsewhere(app, own, new_browser):
    """Give another browser of the same visitor."""
    browser = new_browser()
    app.sign_in(browser, own)
    return browser


def refreshes(browser):
    """Check whether a session goes on when its access token has expired."""
    return browser.open("/auth/session/refresh?redirectBack=/").heading == "Welcome back"


class TestTheAccount:
    def test_is_named_by_its_address_and_leads_to_its_pages(self, browser, own):
        page = browser.open("/account")

        assert page.document.one("dd").text == own.email
        for link in ("Change your password", "Where you are signed in", "Delete your account"):
            assert browser.follow(page, link).heading == link
            assert browser.follow(browser.follow(page, link), "Account").heading == "Your account"
        assert "Administration" not in page.text

    def test_is_led_to_from_the_other_pages(self, browser, own):
        for path in ("/", "/dashboard"):
            assert browser.follow(browser.open(path), "Account").heading == "Your account"

    def test_wants_a_session_and_comes_back(self, app, browser, account):
        page = browser.open("/account/sessions")
        assert page.heading == "Sign in"

        assert account.submit(browser, page).heading == "Where you are signed in"

    def test_has_a_page_for_what_it_has_not(self, browser, own):
        page = browser.open("/account/none")

        assert (page.status, page.heading) == (404, "Page not found")

    def test_that_is_gone_ends_the_session(self, app, browser, own):
        app.core.http.post(
            "/user/remove", json={"userId": app.core.user_id(own.email), "removeAllLinkedAccounts": True}
        )

        assert browser.open("/account").heading == "Sign in"


class TestThePassword:
    def test_is_changed_and_other_sessions_end(self, app, browser, own, elsewhere, new_browser):
        page = browser.submit(browser.open("/account/password"), current_password=PASSWORD, new_password=NEW)

        assert (page.status, page.heading) == (200, "Password changed")
        assert refreshes(browser)
        assert not refreshes(elsewhere)
        other = new_browser()
        assert own.submit_hop(other, other.open("/auth")).status == 401
        assert other.submit_hop(other.open("/auth"), email=own.email, password=NEW).status == 303

    @pytest.mark.parametrize(
        ("current", "new", "field"),
        [
            ("wrong horse 1", NEW, "current_password"),
            ("", NEW, "current_password"),
            (PASSWORD, "short", "new_password"),
            (PASSWORD, "", "new_password"),
        ],
    )
    def test_stays_where_a_field_is_wrong(self, browser, own, elsewhere, current, new, field):
        page = browser.submit(browser.open("/account/password"), current_password=current, new_password=new)

        (invalid,) = (found for found in page.document.all("input") if "aria-invalid" in found.attributes)
        assert (page.status, invalid.attributes["name"]) == (400, field)
        assert page.alerts
        assert refreshes(elsewhere)
        assert page.fields == {"current_password": "", "new_password": ""}

    def test_is_in_no_page_while_it_cannot_be_changed(self, app, browser, own):
        page = browser.open("/account/password")
        with app.core.failing("answers 500", at="/recipe/signin"):
            page = browser.submit(page, current_password=PASSWORD, new_password=NEW)

        assert (page.status, page.fields) == (503, {"current_password": "", "new_password": ""})
        assert browser.submit(page, current_password=PASSWORD, new_password=NEW).heading == "Password changed"

    def test_is_not_changed_by_another_site(self, browser, own):
        page = browser.open("/account/password")

        assert browser.submit(page, headers=OTHER_SITE, current_password=PASSWORD, new_password=NEW).status == 403
        assert browser.submit(page, current_password=PASSWORD, new_password=NEW).status == 200


class TestAForgottenPassword:
    def test_is_reset_and_all_sessions_end(self, app, browser, own, elsewhere, caplog):
        # The browser logs addresses as they are, and this one has a token in it.
        caplog.set_level(logging.WARNING, "httpx")
        user = {"userId": app.core.user_id(own.email), "email": own.email}
        token = app.core.post("/recipe/user/password/reset/token", **user)["token"]
        page = browser.submit(browser.open(f"/auth/reset-password?token={token}"), password="short")
        assert refreshes(elsewhere), "nothing was reset"
        assert browser.submit(page, password=NEW).heading == "Password changed"

        assert not refreshes(browser)
        assert not refreshes(elsewhere)


class TestTheSessions:
    def test_are_listed(self, browser, own, elsewhere):
        page = browser.open("/account/sessions")

        assert len(page.document.all("time")) == 2
        assert page.text.count("this device") == 1

    def test_end_everywhere(self, browser, own, elsewhere):
        page = browser.submit(browser.open("/account/sessions"))

        assert (page.target, page.heading) == ("/auth", "Sign in")
        assert not refreshes(browser)
        assert not refreshes(elsewhere)

    def test_do_not_end_by_another_site(self, browser, own):
        assert browser.submit(browser.open("/account/sessions"), headers=OTHER_SITE).status == 403
        assert refreshes(browser)


class TestADeletion:
    @pytest.mark.parametrize("password", ["wrong horse 1", ""])
    def test_wants_the_password(self, browser, own, password):
        page = browser.open("/account/delete")
        for refused in (browser.submit(page, password=password), browser.submit(page, headers=NO_FORM)):
            assert (refused.status, refused.alerts) == (400, ["This is not your password."])
        assert browser.open("/account").status == 200

    def test_wants_the_name_of_an_account_without_a_password(self, browser, social):
        page = browser.submit(browser.open("/account/delete"), name="somebody@example.com")

        assert (page.status, page.alerts) == (400, ["This is not the name of your account."])
        page = browser.submit(page, name=f" {social.upper()}")
        assert (page.status, page.heading) == (200, "Account deleted")

    def test_deletes_the_account_and_ends_its_sessions(self, app, browser, own, elsewhere):
        page = browser.submit(browser.open("/account/delete"), password=PASSWORD)

        assert (page.status, page.heading) == (200, "Account deleted")
        assert browser.follow(page, "Go to the home page").heading == "Welcome"
        assert not refreshes(elsewhere)
        assert own.submit_hop(browser, browser.open("/auth")).status == 401

    def test_is_not_for_another_site(self, browser, own):
        page = browser.open("/account/delete")

        assert browser.submit(page, headers=OTHER_SITE, password=PASSWORD).status == 403
        assert browser.open("/account").status == 200


class TestTheUsers:
    @pytest.fixture
    def administrator(self, app, browser, own):
        app.core.give_role(own.email, "admin")
        # The role is in the token from the next sign-in on.
        browser.clear()
        app.sign_in(browser, own)
        return own

    def test_are_for_administrators(self, browser, own):
        page = browser.open("/admin")

        assert (page.status, page.heading) == (403, "You may not see this page")
        assert browser.follow(page, "Sign in with another account").target == "/auth?redirectBack=/admin&signIn=again"
        assert browser.fetch("GET", "/admin").json()["claimValidationErrors"][0]["id"] == "st-role"

    def test_are_listed_a_page_at_a_time(self, app, browser, administrator):
        for number in range(25):
            app.core.http.post(
                "/recipe/signup", json={"email": f"{number}-{administrator.email}", "password": PASSWORD}
            )

        first = browser.follow(browser.open("/account"), "Administration")
        second = browser.follow(first, "Older users")

        names = [[found.text for found in page.document.all("dt")] for page in (first, second)]
        assert len(names[0]) == 20
        assert administrator.email in names[1]
        assert not {*names[0]} & {*names[1]}
        assert browser.follow(second, "Newest users").target == "/admin"

    @pytest.mark.parametrize("after", ["", "nonsense", "%00", "%ff", "long" * 700], ids=lambda after: repr(after[:9]))
    def test_begin_again_where_the_core_did_not_issue_the_token(self, browser, administrator, after):
        page = browser.open(f"/admin?after={after}")

        assert (page.status, page.target, page.heading) == (200, "/admin", "Users")


def test_what_is_logged_and_counted_names_no_address(app, browser, own):
    browser.submit(browser.open("/account/password"), current_password=PASSWORD, new_password=NEW)

    user_id = app.core.user_id(own.email)
    output = app.said(rf'"password changed".*"{user_id}"', "PasswordsChanged")
    lines = [json.loads(line) for line in map(str.strip, output.splitlines()) if line.startswith("{")]
    (changed,) = (line for line in lines if line.get("message") == "password changed" and line["user_id"] == user_id)
    assert changed["service"] == "account"
    assert changed["correlation_id"]
    assert own.email not in output


def test_an_address_without_a_page_has_one_that_says_so(browser):
    page = browser.open("/nowhere/at/all")

    assert (page.status, page.heading) == (404, "Page not found")
    assert browser.follow(page, "Go to the home page").target == "/"
