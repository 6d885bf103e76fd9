import pytest
from tests.support.http_browser import path_of, redirect_back

from .conftest import PASSWORD


def test_signing_up_leads_to_the_dashboard_with_the_address(browser):
    page = browser.submit(browser.open("/auth?show=signup"), email="a.b+c@example.com", password=PASSWORD)
    assert page.target == "/dashboard"
    assert page.status == 200
    assert page.locations == ["/auth?signIn=done", "/dashboard"]
    assert page.document.one("dd").text == "a.b+c@example.com"


def test_a_form_leads_to_the_other_one_and_back(browser):
    sign_in = browser.open(redirect_back("/auth", "/dashboard?a=1"))
    assert sign_in.heading == "Sign in"
    sign_up = browser.follow(sign_in, "Create an account")
    assert sign_up.heading == "Sign up"
    assert browser.follow(sign_up, "Sign in").target == "/auth?redirectBack=/dashboard%3Fa%3D1"


def test_an_account_signs_in_again_and_is_the_same_user(signed_in, account, new_browser):
    other = new_browser()
    page = account.submit(other, other.open("/auth"))
    assert page.target == "/dashboard"
    assert page.document.one("dd").text == signed_in.open("/dashboard").document.one("dd").text


def test_a_wrong_password_is_told_as_an_unknown_user_is(browser, account):
    wrong = browser.submit(browser.open("/auth"), email=account.email, password="wrong horse 1")
    unknown = browser.submit(browser.open("/auth"), email="nobody@example.com", password="wrong horse 1")
    for page, email in ((wrong, account.email), (unknown, "nobody@example.com")):
        assert page.status == 401
        assert page.alerts == ["No account has this e-mail address and password."]
        assert page.document.one("title").text == "Error: Sign in"
        assert page.fields == {"email": email, "password": ""}
        assert "wrong horse" not in page.response.text
    assert not browser.cookies


def test_after_a_mistake_the_form_still_leads_back(browser, account):
    page = browser.open(redirect_back("/auth", "/dashboard?tab=billing&q=a%20b"))
    page = browser.submit(page, email=account.email, password="wrong horse 1")
    assert page.status == 401
    assert account.submit(browser, page).target == "/dashboard?tab=billing&q=a%20b"


@pytest.mark.parametrize(
    ("form", "email", "password", "field"),
    [
        ("/auth?show=signup", "not an address", PASSWORD, "email"),
        ("/auth?show=signup", "", PASSWORD, "email"),
        ("/auth?show=signup", '"><script>alert(1)</script>', PASSWORD, "email"),
        ("/auth?show=signup", "a@example.com", "short1", "password"),
        ("/auth?show=signup", "a@example.com", "only-letters", "password"),
        ("/auth?show=signup", "a@example.com", "", "password"),
        ("/auth", "not an address", PASSWORD, "email"),
        ("/auth", "a@example.com", "", "password"),
    ],
)
def test_a_field_that_is_wrong_is_told_beside_it(browser, form, email, password, field):
    page = browser.submit(browser.open(form), email=email, password=password)
    assert page.status == 400
    assert page.target == form
    assert page.fields == {"email": email, "password": ""}
    assert not password or password not in page.response.text
    inputs = {element.attributes["name"]: element.attributes for element in page.document.all("input")}
    assert inputs[field]["aria-invalid"] == "true"
    described = inputs[field]["aria-describedby"].split()
    assert [e.attributes["id"] for e in page.document.all("p") if e.attributes.get("id") in described] == described
    assert described[-1] == f"{field}-error"
    assert [name for name, attributes in inputs.items() if "autofocus" in attributes] == [field]
    assert page.document.one("title").text.startswith("Error: ")
    assert not browser.cookies


def test_a_taken_address_is_told(browser, account):
    page = account.submit(browser, browser.open("/auth?show=signup"))
    assert page.status == 400
    assert len(page.alerts) == 1
    assert page.fields == {"email": account.email, "password": ""}
    assert PASSWORD not in page.response.text
    assert not browser.cookies


@pytest.mark.parametrize("target", ["/", "/dashboard", "/dashboard?tab=billing&q=a%20b", "/x/caf%C3%A9?q=a+b%2Bc"])
def test_a_visitor_with_a_session_is_sent_on(known, target):
    hop = known.hop(redirect_back("/auth", target))
    assert (hop.status, hop.location) == (303, target)
    assert hop.response.headers["cache-control"] == "no-store"


def test_a_visitor_with_a_session_is_sent_on_to_the_dashboard(known):
    assert known.open("/auth").target == "/dashboard"


def test_a_visitor_whose_token_expired_is_refreshed_and_sent_on(expired):
    page = expired.open(redirect_back("/auth", "/dashboard?a=1"))
    assert page.target == "/dashboard?a=1"
    assert [path_of(hop.target) for hop in page.hops] == [
        "/auth",
        "/refresh-session",
        "/auth/session/refresh",
        "/auth",
        "/dashboard",
    ]


FOREIGN = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


@pytest.mark.parametrize(
    ("fetch_metadata", "headers"),
    [
        (True, FOREIGN),
        (True, {"origin": "null", "sec-fetch-site": "cross-site"}),
        (True, {"sec-fetch-site": "same-site", "origin": "http://sibling.localhost"}),
        (False, {"origin": "https://evil.example"}),
        (False, {"origin": "http://localhost:1"}),
        (False, {"origin": "http://localhost.evil.example"}),
        (False, {"origin": "null"}),
        (False, {"origin": ""}),
        (False, {"origin": "http://[broken"}),
    ],
)
def test_a_form_that_another_site_sends_makes_no_session(new_browser, account, fetch_metadata, headers):
    browser = new_browser(fetch_metadata=fetch_metadata)
    hop = browser.submit_hop(browser.open("/auth"), headers=headers, email=account.email, password=PASSWORD)
    assert hop.status == 403
    assert not hop.response.headers.get_list("set-cookie")
    assert browser.open("/dashboard").heading == "Sign in"


def test_a_form_of_this_site_is_taken_from_a_browser_that_says_no_more_than_its_origin(app, new_browser):
    browser = new_browser(fetch_metadata=False)
    app.sign_up(browser)
    assert browser.open("/dashboard").status == 200


def test_a_form_that_another_site_sends_does_not_sign_out(signed_in):
    page = signed_in.open("/dashboard")
    assert signed_in.submit_hop(page, headers=FOREIGN).status == 403
    assert signed_in.open("/dashboard").target == "/dashboard"
