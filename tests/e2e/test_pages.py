"""What every page has, for those who see it, hear it or try to break it."""

import base64
import hashlib

import pytest
from tests.support.http_browser import redirect_back

from .conftest import PASSWORD


def welcome(app, browser, account):
    return browser.open("/"), 200


def welcome_back(app, browser, account):
    app.sign_in(browser, account)
    return browser.open("/"), 200


def dashboard(app, browser, account):
    app.sign_in(browser, account)
    return browser.open("/dashboard"), 200


def account_page(app, browser, account):
    app.sign_in(browser, account)
    return browser.open("/account"), 200


def sessions(app, browser, account):
    app.sign_in(browser, account)
    return browser.open("/account/sessions"), 200


def wrong_old_password(app, browser, account):
    app.sign_in(browser, account)
    return browser.submit(browser.open("/account/password"), current_password="wrong horse 1"), 400


def unconfirmed_deletion(app, browser, account):
    app.sign_in(browser, account)
    return browser.submit(browser.open("/account/delete"), password="<b>"), 400


def page_without_the_role(app, browser, account):
    app.sign_in(browser, account)
    return browser.open("/admin"), 403


def no_page(app, browser, account):
    return browser.open("/nowhere"), 404


def sign_in(app, browser, account):
    return browser.open("/auth"), 200


def sign_up(app, browser, account):
    return browser.open("/auth?show=signup"), 200


def wrong_password(app, browser, account):
    return browser.submit(browser.open("/auth"), email=account.email, password="wrong horse 1"), 401


def wrong_fields(app, browser, account):
    return browser.submit(browser.open("/auth?show=signup"), email="<b>&\"'", password="short"), 400


def form_of_another_site(app, browser, account):
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    return browser.submit(browser.open("/auth"), headers=headers, email=account.email, password=PASSWORD), 403


def form_during_a_fault(app, browser, account):
    page = browser.open("/auth")
    with app.core.failing("answers 500"):
        return account.submit(browser, page), 503


def page_during_a_fault(app, browser, account):
    app.sign_in_hours_ago(browser, account)
    with app.core.failing("answers 500"):
        return browser.open("/dashboard"), 503


def loop(app, browser, account):
    app.sign_in_hours_ago(browser, account)
    browser.deaf_to = frozenset({"sAccessToken"})
    return browser.open(redirect_back("/auth/session/refresh", "/dashboard?a=%3C&b=%22")), 401


PAGES = [
    welcome,
    welcome_back,
    dashboard,
    account_page,
    sessions,
    wrong_old_password,
    unconfirmed_deletion,
    page_without_the_role,
    no_page,
    sign_in,
    sign_up,
    wrong_password,
    wrong_fields,
    form_of_another_site,
    form_during_a_fault,
    page_during_a_fault,
    loop,
]


@pytest.mark.parametrize("come_to", PAGES, ids=lambda come_to: come_to.__name__)
def test_a_page_is_whole_accessible_and_locked_down(app, browser, account, come_to):
    page, status = come_to(app, browser, account)
    document, headers = page.document, page.response.headers
    assert page.status == status

    assert page.response.text.startswith("<!doctype html>")
    assert document.one("html").attributes["lang"] == "en"
    assert document.one("title").text.removeprefix("Error: ") == document.one("h1").text != ""
    assert document.one("title").text.startswith("Error: ") == bool(page.alerts)
    assert {"charset": "utf-8"} in [meta.attributes for meta in document.all("meta")]
    (viewport,) = (meta for meta in document.all("meta") if meta.attributes.get("name") == "viewport")
    assert "width=device-width" in viewport.attributes["content"]
    assert "color-scheme: light dark" in document.one("style").text
    assert len(document.all("main")) == 1

    ids = [element.attributes["id"] for element in document.root.descendants if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    labels = {label.attributes["for"] for label in document.all("label") if label.text.strip()}
    for field in document.all("input"):
        assert field.attributes["id"] in labels
        assert field.attributes["autocomplete"]
        assert {*field.attributes.get("aria-describedby", "").split()} <= {*ids}
        assert field.attributes.get("type") != "password" or field.attributes.get("value", "") == ""
    assert all(button.text.strip() for button in document.all("button"))
    assert all(link.text.strip() and link.attributes["href"].startswith("/") for link in document.all("a"))

    assert not document.all("script")
    assert not [
        name
        for element in document.root.descendants
        for name in element.attributes
        if name == "style" or name.startswith("on")
    ]
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_style_is_the_one_that_the_policy_lets_through(browser):
    page = browser.open("/auth")
    digest = base64.b64encode(hashlib.sha256(page.document.one("style").text.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.response.headers["content-security-policy"]


def test_what_was_typed_is_text_and_no_html(browser):
    email = "\"><script>alert(1)</script><b x='&amp;"
    page = browser.submit(browser.open("/auth?show=signup"), email=email, password="x")
    assert page.fields["email"] == email
    assert not page.document.all("script")
    assert not page.document.all("b")
