"""SuperTokens' own API, called as its browser SDK and its mobile SDKs do."""

import base64
import json

import pytest

from .conftest import PASSWORD

SDK = {"rid": "emailpassword", "fdi-version": "4.1,4.2", "st-auth-mode": "cookie"}
MOBILE = {**SDK, "st-auth-mode": "header"}


def form_fields(email, password=PASSWORD):
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": password}]}


def front_token(response):
    return json.loads(base64.b64decode(response.headers["front-token"]))


def test_a_script_signs_up_and_has_a_session_on_pages(browser):
    response = browser.fetch("POST", "/auth/signup", json=form_fields("script@example.com"), headers=SDK)
    assert response.status_code == 200
    user = response.json()["user"]
    assert response.json()["status"] == "OK"
    assert user["emails"] == ["script@example.com"]
    assert front_token(response)["uid"] == user["id"]
    assert response.headers["cache-control"] == "no-store"
    assert "st-access-token" not in response.headers
    assert {"sAccessToken", "sRefreshToken"} <= browser.cookies.keys()
    assert browser.open("/dashboard").document.one("dd").text == "script@example.com"


def test_a_script_signs_in(browser, account):
    response = browser.fetch("POST", "/auth/signin", json=form_fields(account.email), headers=SDK)
    assert response.json()["status"] == "OK"
    assert browser.open("/dashboard").status == 200


def test_a_script_is_told_of_wrong_credentials(browser, account):
    response = browser.fetch("POST", "/auth/signin", json=form_fields(account.email, "wrong horse 1"), headers=SDK)
    assert (response.status_code, response.json()["status"]) == (200, "WRONG_CREDENTIALS_ERROR")
    assert not browser.cookies


def test_a_script_is_told_of_wrong_fields(browser):
    response = browser.fetch("POST", "/auth/signup", json=form_fields("nobody", "short"), headers=SDK)
    assert (response.status_code, response.json()["status"]) == (200, "FIELD_ERROR")
    assert {field["id"] for field in response.json()["formFields"]} == {"email", "password"}


@pytest.mark.parametrize("path", ["/auth/emailpassword/email/exists", "/auth/signup/email/exists"])
def test_a_script_asks_whether_an_address_is_taken(browser, account, path):
    for email, exists in ((account.email, True), ("free@example.com", False)):
        response = browser.fetch("GET", f"{path}?email={email}", headers=SDK)
        assert response.json() == {"status": "OK", "exists": exists}


def test_a_script_refreshes(expired):
    before = expired.cookies
    response = expired.fetch("POST", "/auth/session/refresh", headers={**SDK, "rid": "session"})
    assert response.status_code == 200
    assert front_token(response)["uid"]
    assert response.headers["cache-control"] == "no-store"
    assert all(expired.cookies[name] != before[name] for name in ("sAccessToken", "sRefreshToken"))
    assert len(expired.open("/dashboard").hops) == 1


def test_a_script_without_a_session_is_not_refreshed(browser):
    response = browser.fetch("POST", "/auth/session/refresh", headers=SDK)
    assert (response.status_code, response.json()) == (401, {"message": "unauthorised"})


def test_a_script_signs_out(signed_in):
    response = signed_in.fetch("POST", "/auth/signout", headers=SDK)
    assert response.json() == {"status": "OK"}
    assert response.headers["front-token"] == "remove"
    assert not {"sAccessToken", "sRefreshToken"} & signed_in.cookies.keys()
    assert signed_in.open("/dashboard").heading == "Sign in"


def test_a_script_with_an_expired_token_is_told_to_refresh_before_it_signs_out(expired):
    response = expired.fetch("POST", "/auth/signout", headers=SDK)
    assert (response.status_code, response.json()) == (401, {"message": "try refresh token"})
    assert expired.open("/dashboard").target == "/dashboard"


def test_a_mobile_app_lives_on_headers_alone(browser):
    def bearer(token):
        return {**MOBILE, "authorization": f"Bearer {token}"}

    signed_up = browser.fetch("POST", "/auth/signup", json=form_fields("mobile@example.com"), headers=MOBILE)
    assert signed_up.json()["status"] == "OK"
    assert not browser.cookies
    access, refresh = signed_up.headers["st-access-token"], signed_up.headers["st-refresh-token"]
    page = browser.fetch("GET", "/dashboard", headers=bearer(access))
    assert (page.status_code, "mobile@example.com" in page.text) == (200, True)
    refreshed = browser.fetch("POST", "/auth/session/refresh", headers=bearer(refresh))
    assert refreshed.status_code == 200
    assert refreshed.headers["st-refresh-token"] != refresh
    access = refreshed.headers["st-access-token"]
    page = browser.fetch("GET", "/dashboard", headers=bearer(access))
    assert page.status_code == 200
    access = page.headers["st-access-token"]
    assert browser.fetch("POST", "/auth/signout", headers=bearer(access)).json() == {"status": "OK"}
    again = browser.fetch("POST", "/auth/session/refresh", headers=bearer(refreshed.headers["st-refresh-token"]))
    assert again.status_code == 401
    assert not browser.cookies


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/auth/no-such-api"), ("POST", "/auth/no-such-api"), ("GET", "/auth/signin"), ("DELETE", "/auth/signup")],
)
def test_what_is_no_api_is_not_found(known, method, path):
    response = known.fetch(method, path, headers=SDK)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json"
    assert not response.headers.get_list("set-cookie")


def test_a_page_and_a_script_share_a_session(signed_in):
    assert signed_in.fetch("GET", "/dashboard").status_code == 200
    assert signed_in.fetch("POST", "/auth/session/refresh", headers=SDK).status_code == 200
    assert len(signed_in.open("/dashboard").hops) == 1
