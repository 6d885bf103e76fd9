"""The sample's pages for each recipe, with messages in the mailbox and the provider of this machine."""

import json
import logging
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import httpx
import pyotp
import pytest
from tests.support.core import Core
from tests.support.http_browser import Browser, Page, redirect_back
from tests.support.mailbox import codes, links, messages

from .conftest import PASSWORD, App, run_app

TEMPLATE = Path(__file__).parent / "recipes" / "template.yaml"
NEW_PASSWORD = "another horse 2"
TARGET = "/dashboard?tab=a%20b"

_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _discreet_browser(caplog):
    # It logs addresses as they are, and these links have tokens in them.
    caplog.set_level(logging.WARNING, "httpx")


@pytest.fixture(scope="module")
def app(core: Core) -> Iterator[App]:
    with run_app(core, TEMPLATE) as app:
        yield app


@pytest.fixture
def browser(new_browser: Callable[..., Browser], app: App) -> Browser:
    return new_browser(app.url)


@pytest.fixture
def email() -> str:
    return f"recipes-{next(_NUMBERS)}@example.com"


def sign_up(browser: Browser, email: str) -> Page:
    return browser.submit(browser.open("/auth?show=signup"), email=email, password=PASSWORD)


def user_in(front_token: str) -> str:
    return str(json.loads(b64decode(unquote(front_token)))["uid"])


def is_error(page: Page) -> bool:
    return page.document.one("title").text == f"Error: {page.heading}"


def test_the_sign_in_page_offers_what_is_configured(browser):
    page = browser.open(redirect_back("/auth", TARGET))
    offered = {link.text: link.attributes["href"] for link in page.document.one("ul").descendants if link.tag == "a"}
    assert offered == {
        "Continue with GitHub": redirect_back("/auth/thirdparty/dev", TARGET),
        "Continue with Google": redirect_back("/auth/thirdparty/pkce", TARGET),
        "Continue with GitLab": redirect_back("/auth/thirdparty/secretive", TARGET),
        "Sign in without a password": redirect_back("/auth/code", TARGET),
    }


@pytest.mark.parametrize("path", ["/auth/thirdparty/unknown", "/auth/callback/unknown?code=1&state=2"])
def test_an_unknown_provider_is_not_found(browser, path):
    assert browser.open(path).status == 404


def test_the_rules_are_there_before_the_mistake(browser):
    page = browser.open("/auth?show=signup")
    (password,) = (e.attributes for e in page.document.all("input") if e.attributes["name"] == "password")
    assert password["aria-describedby"] == "password-hint"
    assert "autofocus" not in page.response.text


class TestAForgottenPassword:
    def test_is_changed_by_a_link_that_is_good_once(self, app, browser, email):
        sign_up(browser, email)
        browser.clear()
        page = browser.follow(browser.open("/auth"), "Forgot your password?")
        assert browser.submit(page, email=email).heading == "Look at your e-mail"
        (link,) = links(app.url, email)
        page = browser.submit(browser.open(link), password="short")
        assert (page.status, is_error(page)) == (400, True)
        page = browser.submit(page, password=NEW_PASSWORD)
        assert page.heading == "Password changed"
        page = browser.submit(browser.follow(page, "Sign in"), email=email, password=NEW_PASSWORD)
        assert page.heading == "Dashboard"
        page = browser.submit(browser.open(link), password=NEW_PASSWORD)
        assert page.status == 400
        assert page.heading == "Forgot your password?"

    def test_is_not_told_from_an_unknown_address(self, app, browser, email):
        sign_up(browser, email)
        known = browser.submit(browser.open("/auth/reset-password"), email=email)
        unknown = browser.submit(browser.open("/auth/reset-password"), email="nobody@example.com")
        assert (known.status, known.response.text) == (unknown.status, unknown.response.text)
        assert not messages(app.url, "nobody@example.com")

    def test_wants_an_address(self, browser):
        page = browser.submit(browser.open("/auth/reset-password"), email="nonsense")
        assert (page.status, is_error(page)) == (400, True)


class TestSocialSignIn:
    def begin(self, browser: Browser, provider: str = "dev", target: str = TARGET) -> str:
        """Follow the link, and give the address of the provider that it leads to."""
        hop = browser.hop(
            redirect_back(f"/auth/thirdparty/{provider}", target), headers={"sec-fetch-site": "same-origin"}
        )
        assert hop.status == 303
        return hop.location

    def decide(self, browser: Browser, url: str, email: str, decision: str = "verified") -> str:
        """Decide at the provider, and give where it leads back to."""
        answer = httpx.post(url, data={"email": email, "decision": decision})
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].startswith(f"{browser.origin}/auth/callback/")
        return str(answer.headers["location"]).removeprefix(browser.origin)

    @pytest.mark.parametrize("provider", ["dev", "pkce"])
    def test_leads_back_to_where_the_visitor_was(self, browser, email, provider):
        url = self.begin(browser, provider)
        assert ("code_challenge" in parse_qs(urlsplit(url).query)) == (provider == "pkce")
        page = browser.open(self.decide(browser, url, email), headers={"sec-fetch-site": "cross-site"})
        assert (page.status, page.target, page.heading) == (200, TARGET, "Dashboard")
        assert "stFlow-thirdparty" not in browser.cookies

    def test_is_begun_by_this_site_alone(self, browser):
        page = browser.hop("/auth/thirdparty/dev", headers={"sec-fetch-site": "cross-site"})
        assert page.location == "/auth"
        assert not browser.cookies

    def test_that_is_refused_is_said(self, browser, email):
        page = browser.open(self.decide(browser, self.begin(browser), email, "refuse"))
        assert (page.status, page.alerts, is_error(page)) == (403, ["You did not let GitHub sign you in."], True)
        assert page.document.one("form").attributes["action"] == redirect_back("/auth", TARGET)

    def test_of_another_browser_is_refused(self, browser, email, new_browser):
        back = self.decide(browser, self.begin(browser), email)
        other = new_browser(browser.origin)
        self.begin(other)
        for victim in (other, new_browser(browser.origin)):
            page = victim.open(back)
            assert page.status == 400
            assert "sAccessToken" not in victim.cookies

    def test_of_another_provider_is_refused(self, browser, email):
        back = self.decide(browser, self.begin(browser), email)
        assert browser.open(back.replace("/callback/dev", "/callback/pkce")).status == 400

    def test_is_good_once(self, browser, email):
        back = self.decide(browser, self.begin(browser), email)
        assert browser.open(back).heading == "Dashboard"
        browser.clear()
        assert browser.open(back).status == 400

    def test_whose_code_the_provider_refuses_is_none(self, browser, email):
        back = self.decide(browser, self.begin(browser), email)
        page = browser.open(back.replace("code=", "code=x"))
        assert page.status in {500, 503}
        assert is_error(page)
        assert "sAccessToken" not in browser.cookies

    def test_without_an_address_is_explained(self, browser, email):
        page = browser.open(self.decide(browser, self.begin(browser, "secretive"), email))
        assert page.status == 400
        assert page.alerts[0].startswith("GitLab gave us no e-mail address.")

    def test_whose_address_has_an_account_is_explained(self, browser, email):
        sign_up(browser, email)
        browser.clear()
        page = browser.open(self.decide(browser, self.begin(browser), email, "unverified"))
        assert (page.status, is_error(page)) == (400, True)
        assert "security reasons" in page.alerts[0]
        assert "Maybe an account has the e-mail address" in page.alerts[0]
        assert "sAccessToken" not in browser.cookies


class TestSigningInWithoutAPassword:
    def ask(self, browser: Browser, contact: str) -> Page:
        page = browser.follow(browser.open(redirect_back("/auth", TARGET)), "Sign in without a password")
        return browser.submit(page, contact=contact)

    @pytest.mark.parametrize("contact", ["e-mail", "phone"])
    def test_by_the_code(self, app, browser, email, contact):
        to = email if contact == "e-mail" else f"+4915112345{next(_NUMBERS):03}"
        page = self.ask(browser, to)
        assert page.target == "/auth/verify"
        code = codes(app.url, to)[0]
        page = browser.submit(page, code=f"{code[:3]} {code[3:]}")
        assert (page.status, page.target, page.heading) == (200, TARGET, "Dashboard")
        assert "stFlow-passwordless" not in browser.cookies

    def test_by_the_link_with_a_press_of_a_button(self, app, browser, email):
        self.ask(browser, email)
        (link,) = links(app.url, email)
        assert browser.open(link).heading == browser.open(link).heading == "Sign in"
        assert browser.submit(browser.open(link)).target == TARGET

    def test_by_the_link_in_another_browser(self, app, browser, email, new_browser):
        self.ask(browser, email)
        (link,) = links(app.url, email)
        other = new_browser(app.url)
        assert other.submit(other.open(link)).target == "/dashboard"
        page = browser.submit(browser.open(link))
        assert (page.status, page.heading) == (400, "Sign in without a password")

    def test_a_wrong_code_leaves_fewer_tries(self, app, browser, email):
        page = self.ask(browser, email)
        right = codes(app.url, email)[0]
        for left in (4, 3):
            page = browser.submit(page, code=f"{(int(right) + 1) % 1_000_000:06}")
            assert (page.status, page.alerts) == (400, [f"This is not the code. Tries left: {left}."])
        assert browser.submit(page, code=right).target == TARGET

    def test_too_many_wrong_codes_end_it(self, app, browser, email):
        page = self.ask(browser, email)
        right = codes(app.url, email)[0]
        for _ in range(5):
            page = browser.submit(page, code="000000" if right != "000000" else "000001")
        assert (page.status, page.heading) == (400, "Sign in without a password")

    def test_another_code_is_sent(self, app, browser, email):
        page = browser.submit(self.ask(browser, email), other="1")
        assert "another message" in page.text
        newest, oldest = codes(app.url, email)
        assert newest != oldest
        assert browser.submit(page, code=newest).target == TARGET

    def test_an_old_code_has_expired(self, app, browser, email):
        with app.core.hours_ago():
            page = self.ask(browser, email)
        page = browser.submit(page, code=codes(app.url, email)[0])
        assert page.status == 400
        assert "expired" in page.alerts[0]

    def test_an_empty_code_is_no_try(self, app, browser, email):
        page = browser.submit(self.ask(browser, email), code=" ")
        assert (page.status, page.alerts) == (400, ["Please type the code of the message."])

    def test_nonsense_is_no_address(self, browser):
        page = self.ask(browser, "nonsense")
        assert (page.status, is_error(page)) == (400, True)

    def test_the_page_for_the_code_needs_somebody_who_asked(self, browser):
        assert browser.open("/auth/verify").target == "/auth/code"


class TestVerification:
    def test_by_a_link_with_a_press_of_a_button(self, app, browser, email):
        sign_up(browser, email)
        page = browser.open(redirect_back("/auth/verify-email", TARGET))
        page = browser.submit(page)
        assert "We have sent you a link" in page.text
        (link,) = links(app.url, email)
        for _ in range(2):
            page = browser.open(link)
        page = browser.submit(page)
        assert page.heading == "Thank you"
        assert browser.follow(page, "Go on").target == TARGET
        assert browser.open(redirect_back("/auth/verify-email", TARGET)).target == TARGET
        page = browser.submit(browser.open(link))
        assert (page.status, is_error(page)) == (400, True)

    def test_on_another_device_is_seen_here(self, app, browser, email, new_browser):
        sign_up(browser, email)
        page = browser.submit(browser.open(redirect_back("/auth/verify-email", TARGET)))
        (link,) = links(app.url, email)
        phone = new_browser(app.url)
        assert phone.submit(phone.open(link)).heading == "Thank you"
        assert browser.submit(page).target == TARGET

    @pytest.mark.parametrize("tenant", ["long" * 2_000, "a/../b", "\0", ""], ids=lambda tenant: repr(tenant[:9]))
    def test_by_a_link_of_no_tenant_is_refused(self, browser, tenant):
        page = browser.submit(browser.open(f"/auth/verify-email?token=x&tenantId={quote(tenant)}"))
        assert (page.status, is_error(page)) == (400, True)

    def test_leads_a_stranger_to_sign_in(self, browser):
        page = browser.open(redirect_back("/auth/verify-email", TARGET))
        assert page.heading == "Sign in"


def test_a_required_verification_is_asked_for_before_the_page_and_leads_back(core, email, new_browser):
    environment = {"SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS": "email-verification,multi-factor-auth"}
    with run_app(core, TEMPLATE, environment=environment) as app:
        browser, phone = new_browser(app.url), new_browser(app.url)
        page = browser.open(f"{redirect_back('/auth', TARGET)}&show=signup")
        page = browser.submit(page, email=email, password=PASSWORD)
        assert page.target == redirect_back("/auth/verify-email", TARGET)
        assert browser.fetch("GET", TARGET).json()["claimValidationErrors"][0]["id"] == "st-ev"
        browser.submit(page)
        phone.submit(phone.open(links(app.url, email)[0]))
        # The access token still says no, and the core was asked seconds ago.
        page = browser.open(TARGET)
        assert (page.status, page.target) == (200, TARGET)
        assert page.locations == [redirect_back("/auth/verify-email", TARGET), TARGET]


class TestTheSecondFactor:
    @pytest.fixture
    def email(self) -> str:
        return f"needs-totp-{next(_NUMBERS)}@example.com"

    def begin(self, browser: Browser) -> Page:
        page = browser.open(TARGET)
        assert page.locations[0] == redirect_back("/auth/mfa", TARGET)
        return browser.submit(page)

    def key_in(self, page: Page) -> str:
        secret = page.document.one("code").text
        (link,) = (e.attributes["href"] for e in page.document.all("a") if e.attributes["href"].startswith("otpauth:"))
        assert parse_qs(urlsplit(link).query)["secret"] == [secret]
        assert page.document.one("svg").attributes["role"] == "img"
        return secret

    def code(self, secret: str, ahead: int = 0) -> str:
        return pyotp.TOTP(secret).at(time.time() + 30 * ahead)

    def test_is_set_up_and_asked_for(self, app, browser, email, new_browser):
        assert sign_up(browser, email).heading == "Set up an authenticator app", "the guard leads there"
        page = self.begin(browser)
        secret = self.key_in(page)
        wrong = browser.submit(page, totp="000000")
        assert (wrong.status, is_error(wrong)) == (400, True)
        assert self.key_in(wrong) == secret
        page = browser.submit(wrong, totp=self.code(secret))
        assert (page.status, page.target) == (200, TARGET)
        other = new_browser(app.url)
        other.submit(other.open("/auth"), email=email, password=PASSWORD)
        page = other.open(TARGET)
        assert page.heading == "Enter the code of your app"
        wrong = other.submit(page, totp="000000")
        assert wrong.alerts[0].startswith("This is not the code. Tries left:")
        page = other.submit(wrong, totp=self.code(secret, 1))
        assert (page.status, page.target) == (200, TARGET)

    def test_may_be_a_code_by_e_mail(self, app, browser):
        email = f"needs-code-{next(_NUMBERS)}@example.com"
        sign_up(browser, email)
        user = browser.cookies["sFrontToken"]
        page = browser.open(redirect_back("/auth/mfa", TARGET))
        assert page.target == redirect_back("/auth/mfa/otp-email", TARGET)
        page = browser.submit(page)
        assert page.heading == "Look at your messages"
        page = browser.submit(page, code=codes(app.url, email)[0])
        assert (page.status, page.target) == (200, TARGET)
        assert user_in(browser.cookies["sFrontToken"]) == user_in(user)
        assert browser.open(redirect_back("/auth/mfa", TARGET)).target == TARGET

    def test_begins_again_after_too_many_wrong_codes(self, app, browser):
        email = f"needs-code-{next(_NUMBERS)}@example.com"
        sign_up(browser, email)
        page = browser.submit(browser.open(redirect_back("/auth/mfa/otp-email", TARGET)))
        right = codes(app.url, email)[0]
        for _ in range(6):
            assert page.alerts in ([], ["This is not the code."])
            page = browser.submit(page, code="000000" if right != "000000" else "000001")
        assert (page.status, is_error(page)) == (400, True)
        page = browser.follow(page, "Ask for another message")
        assert page.target == redirect_back("/auth/mfa/otp-email", TARGET)

    def test_is_no_link_that_another_asked_for(self, app, browser, email, new_browser):
        other = new_browser(app.url)
        attacker = f"recipes-{next(_NUMBERS)}@example.com"
        other.submit(other.open("/auth/code"), contact=attacker)
        (link,) = links(app.url, attacker)
        sign_up(browser, f"needs-code-{next(_NUMBERS)}@example.com")
        user = user_in(browser.cookies["sFrontToken"])
        browser.submit(browser.open("/auth/mfa/otp-email"))
        browser.submit(browser.open(link))
        assert user_in(browser.cookies["sFrontToken"]) != user, "it is another account's sign-in, and no second factor"

    def test_may_be_one_of_several(self, browser):
        sign_up(browser, f"needs-either-{next(_NUMBERS)}@example.com")
        page = browser.open(redirect_back("/auth/mfa", TARGET))
        assert page.heading == "One more step"
        assert browser.follow(page, "Get a code by e-mail").target == redirect_back("/auth/mfa/otp-email", TARGET)
        page = browser.follow(page, "Use a code of your authenticator app")
        assert page.heading == "Set up an authenticator app"

    @pytest.mark.parametrize("path", ["/auth/mfa/otp-phone", "/auth/mfa/nonsense"])
    def test_without_an_address_or_a_page_is_none(self, browser, email, path):
        sign_up(browser, email)
        page = browser.open(path)
        assert (page.status == 404) == path.endswith("nonsense")
        if page.status == 200:
            assert browser.submit(page).status == 400

    def test_leads_on_a_visitor_who_needs_none(self, browser):
        sign_up(browser, f"recipes-{next(_NUMBERS)}@example.com")
        assert browser.open(redirect_back("/auth/mfa", TARGET)).target == TARGET

    def test_that_a_page_names_is_asked_for_of_a_visitor_who_needs_none_to_sign_in(self, browser):
        sign_up(browser, f"recipes-{next(_NUMBERS)}@example.com")
        page = browser.open(f"{redirect_back('/auth/mfa', TARGET)}&n=totp,otp-email,nonsense")
        assert page.heading == "One more step"
        assert {link.text for link in page.document.all("a")} == {
            "Get a code by e-mail",
            "Use a code of your authenticator app",
        }
        page = browser.open(f"{redirect_back('/auth/mfa', TARGET)}&n=nonsense")
        assert page.status == 501, "a redirect to the target would come straight back"

    @pytest.mark.parametrize(
        "uri",
        ["", f"otpauth://totp/{'x' * 4000}", "https://evil.example", "otpauth://totp/\0"],
        ids=lambda uri: repr(uri[:20]),
    )
    def test_shows_no_key_that_is_none(self, browser, email, uri):
        sign_up(browser, email)
        page = browser.send(
            "POST",
            "/auth/mfa/totp",
            headers={"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"},
            content=urlencode({"totp": "000000", "deviceName": "x", "secret": "A" * 32, "uri": uri}).encode(),
        )
        assert page.status_code == 400
        assert "<svg" not in page.text

    def test_leads_a_stranger_to_sign_in(self, browser):
        assert browser.open("/auth/mfa/totp").heading == "Sign in"


FORMS = ("", "/reset-password", "/verify-email", "/code", "/verify", "/mfa/totp", "/mfa/otp-email")


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_another_site_sends_does_nothing(browser, path):
    headers = {"sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded"}
    answer = browser.send(
        "POST", f"/auth{path}", headers=headers, content=urlencode({"email": "a@example.com"}).encode()
    )
    assert answer.status_code == 403
    assert not browser.cookies


class TestWithoutTheCore:
    """A fault is a 503 at each step, and leaves the session and what a sign-in remembers as they are."""

    @pytest.fixture(scope="class")
    @classmethod
    def begun(cls, app: App) -> Iterator[Browser]:
        with closing(Browser(app.url)) as browser:
            sign_up(browser, f"needs-code-{next(_NUMBERS)}@example.com")
            browser.submit(browser.open("/auth/mfa/otp-email"))
            assert {"sAccessToken", "stFlow-passwordless"} <= browser.cookies.keys()
            yield browser

    def refused(self, app: App, browser: Browser, method: str, target: str, fields: dict[str, str]) -> httpx.Response:
        headers = {
            "accept": "text/html",
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-dest": "document",
            "sec-fetch-mode": "navigate",
            "sec-fetch-site": "same-origin",
        }
        with app.core.failing("answers 500"):
            return browser.send(method, target, headers=headers, content=urlencode(fields).encode())

    @pytest.mark.parametrize(
        ("method", "path", "fields"),
        [
            ("POST", "", {"email": "a@example.com", "password": PASSWORD}),
            ("POST", "?show=signup", {"email": "a@example.com", "password": PASSWORD}),
            ("POST", "/sign-out", {}),
            ("POST", "/reset-password", {"email": "a@example.com"}),
            ("POST", "/reset-password", {"token": "a", "password": PASSWORD}),
            ("GET", "/verify-email", {}),
            ("POST", "/verify-email", {}),
            ("POST", "/verify-email", {"token": "a"}),
            ("POST", "/code", {"contact": "a@example.com"}),
            ("POST", "/verify", {"code": "123456"}),
            ("POST", "/verify", {"other": "1"}),
            ("POST", "/verify", {"linkCode": "a", "preAuthSessionId": "b"}),
            ("GET", "/mfa", {}),
            ("GET", "/mfa/totp", {}),
            ("POST", "/mfa/totp", {}),
            ("POST", "/mfa/totp", {"totp": "123456"}),
            ("POST", "/mfa/totp", {"totp": "123456", "deviceName": "a"}),
            ("POST", "/mfa/otp-email", {}),
            ("GET", "/thirdparty/dev", {}),
        ],
    )
    def test_a_step_waits(self, app, begun, method, path, fields):
        before = begun.cookies
        answer = self.refused(app, begun, method, f"/auth{path}", fields)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert begun.cookies == before
