import base64
import json
import socket
from urllib.parse import urlsplit

import httpx
import jwt
import pytest

from .conftest import PASSWORD

REFRESH = "/refresh-session?redirectBack=/dashboard"


def unsigned(token):
    """The same claims, signed by nobody."""
    header, payload, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(header + "=="))
    none = base64.urlsafe_b64encode(json.dumps({**claims, "alg": "none"}).encode()).decode().rstrip("=")
    return f"{none}.{payload}."


def signed_with_the_public_key(token):
    """The same claims, signed with what everybody knows."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    key = "what a careless verifier takes for a secret, too long to be weak"
    return jwt.encode(claims, key, algorithm="HS256", headers={**header, "alg": "HS256"})


def for_another_user(token):
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "somebody-else"}).encode()).decode().rstrip("=")
    return f"{header}.{other}.{signature}"


@pytest.mark.parametrize(
    "forge", [unsigned, signed_with_the_public_key, for_another_user, lambda token: token[:-8], lambda token: token * 2]
)
def test_a_forged_token_opens_nothing(browser, known, forge):
    browser.set_cookie("sAccessToken", forge(known.cookies["sAccessToken"]))
    hop = browser.hop("/dashboard")
    assert (hop.status, hop.location) == (302, REFRESH)
    assert browser.fetch("GET", "/dashboard").status_code == 401


@pytest.mark.parametrize(
    "value",
    ["", "x", ".", "..", "a.b.c", "%", "%00", "%zz", "%F0%9F%92%A9", "null", "{}", "eyJ.eyJ.", "\xe9", '"', "=" * 100],
)
def test_garbage_for_a_token_is_no_session(browser, value):
    headers = {"cookie": f"sAccessToken={value}".encode("latin-1")}
    assert browser.hop("/dashboard", headers=headers).location == REFRESH
    assert browser.open("/", headers=headers).heading == "Welcome"
    assert browser.hop("/auth/session/refresh", headers=headers).location == "/auth"


@pytest.mark.parametrize("value", ["x", "%00", "%zz", "\xe9", "x" * 5000, "a.b.c", '"x"', "=="])
def test_garbage_for_a_refresh_token_ends_at_the_sign_in_page(browser, value):
    headers = {"cookie": f"sRefreshToken={value}".encode("latin-1")}
    assert browser.hop("/auth/session/refresh", headers=headers).location == "/auth"


@pytest.mark.parametrize("cookie", [";;;", "=", "=x", "x", "; =;", ",", 'a="b; c', "", "$Version=1", "a=b;" * 1000])
def test_a_strange_cookie_header_is_no_session(browser, cookie):
    assert browser.hop("/dashboard", headers={"cookie": cookie}).location == REFRESH


@pytest.mark.parametrize("evidence", ["", "x", "refreshed", "refreshed.", "refreshed..", "refreshed.x.99999999999999"])
def test_garbage_for_evidence_is_none(browser, evidence):
    browser.set_cookie("stRefreshEvidence", evidence)
    assert browser.hop("/dashboard").location == REFRESH


def test_a_quoted_token_is_good(browser, known):
    browser.set_cookie("sAccessToken", f'"{known.cookies["sAccessToken"]}"')
    assert browser.open("/dashboard").heading == "Dashboard"


def test_two_tokens_are_refreshed_and_not_chosen_from(new_browser, known):
    browser = new_browser(pinned={"sAccessToken": "another"})
    browser.take_cookies_of(known)
    assert browser.hop("/dashboard").location == REFRESH


@pytest.mark.parametrize("size", [6_000, 16_384, 60_000])
def test_cookies_of_many_kilobytes_are_answered(new_browser, known, size):
    browser = new_browser(pinned={"big": "x" * size})
    browser.take_cookies_of(known)
    assert browser.open("/dashboard").status == (200 if size < 10_000 else 431)
    browser.pinned = {}
    assert browser.open("/dashboard").status == 200


def raw(browser, *lines, body=b"", method="GET", path="/dashboard"):
    """Send what no HTTP client sends; give the status, and the rest of the answer."""
    origin = urlsplit(browser.origin)
    head = [f"{method} {path} HTTP/1.1".encode(), f"host: {origin.netloc}".encode(), b"connection: close", *lines]
    with socket.create_connection((origin.hostname, origin.port), timeout=60) as connection:
        connection.sendall(b"\r\n".join([*head, b"", body]))
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    line, _, rest = answer.partition(b"\r\n")
    return int(line.split()[1]), rest.lower()


@pytest.mark.parametrize("number", [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
def test_a_control_character_in_a_cookie_is_answered(known, number):
    token = known.cookies["sAccessToken"].encode()
    status, rest = raw(known, b"accept: text/html", b"cookie: odd=a" + bytes([number]) + b"b; sAccessToken=" + token)
    assert status in {200, 400}
    status, rest = raw(known, b"accept: text/html", b"cookie: sAccessToken=" + token + bytes([number]) + b"x")
    assert status in {302, 400}
    assert b"set-cookie: odd" not in rest


@pytest.mark.parametrize("cookie", [b"\xff\xfe=1", b"sAccessToken=\xc3\x28", b"sAccessToken=\xf0\x9f\x92\xa9"])
def test_bytes_that_are_no_text_in_a_cookie_are_answered(browser, cookie):
    status, rest = raw(browser, b"accept: text/html", b"cookie: " + cookie)
    assert status == 302
    assert f"location: {REFRESH}\r\n".lower().encode() in rest


def test_several_cookie_headers_are_one(known):
    token = known.cookies["sAccessToken"].encode()
    assert raw(known, b"cookie: a=1", b"cookie: sAccessToken=" + token, b"cookie: b=2")[0] == 200


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("show", ["", "?show=signup"])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b""),
        (FORM, b"\xff\xfe"),
        (FORM, b"email=\xff&password=\xfe"),
        (FORM, b"email=%ff&password=%fe%00"),
        (FORM, b"email=%ED%A0%80&password=%ED%A0%80"),
        (FORM, b"%=&&=%&email"),
        (FORM, b"a=b&" * 1500),
        (FORM, b'{"email": "a@example.com"}'),
        (f"{FORM}; charset=utf-16", b"e\x00m\x00"),
        ("application/json", b"email=a@example.com&password=correct+horse+1"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("text/plain", b"email=a@example.com"),
        ("", b"email=a@example.com"),
    ],
)
def test_a_body_that_is_no_form_is_a_form_with_nothing_in_it(browser, show, content_type, body):
    headers = {"content-type": content_type, "origin": browser.origin, "sec-fetch-site": "same-origin"}
    response = browser.send("POST", f"/auth{show}", headers=headers, content=body)
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert not browser.cookies


@pytest.mark.parametrize("api", ["/auth/signin", "/auth/signup"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'"text"',
        b"[]",
        b"null",
        b"[" * 50_000,
        b'{"formFields": null}',
        b'{"formFields": "email"}',
        b'{"formFields": [1]}',
        b'{"formFields": [{"id": "email"}]}',
        b'{"formFields": [{"id": "email", "value": 1}, {"id": "password", "value": {}}]}',
        b'{"formFields": [{"id": "email", "value": "\\ud800@a.com"}, {"id": "password", "value": "\\ud800 1 abcd"}]}',
        b"email=a@example.com&password=b",
    ],
)
def test_a_body_that_is_not_what_the_api_takes_is_refused(browser, api, body):
    response = browser.send("POST", api, headers={"content-type": "application/json", "rid": "x"}, content=body)
    assert response.status_code in {200, 400}
    assert response.headers["content-type"] == "application/json"
    assert response.status_code == 400 or response.json()["status"] == "FIELD_ERROR"
    assert not browser.cookies


@pytest.mark.parametrize("path", ["/%2e%2e/dashboard", "/dashboard%00", "/auth/%ff", "/auth/..%2f..%2f", "//dashboard"])
def test_a_strange_path_is_answered(browser, path):
    assert browser.hop(path).status in {302, 400, 404}


@pytest.mark.parametrize("query", ["%", "%ff", "redirectBack", "redirectBack=%ff", "&&&", "redirectBack=%00", "=", "?"])
@pytest.mark.parametrize("path", ["/", "/dashboard", "/auth", "/refresh-session", "/auth/session/refresh"])
def test_a_strange_query_is_answered(browser, path, query):
    page = browser.open(f"{path}?{query}")
    assert page.status == 200
    assert page.heading in {"Welcome", "Sign in"}


@pytest.mark.parametrize("headers", [{"accept": "\xff"}, {"accept": "text/html;q=x"}, {"content-type": "\xe9"}])
def test_a_strange_header_is_answered(browser, headers):
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    response = httpx.get(f"{browser.origin}/dashboard", headers=encoded, timeout=60)
    assert response.status_code in {302, 401}


def test_what_is_typed_is_never_told_on_the_console(app, browser):
    typed = {"email": "who-typed-this@example.com", "password": f"{PASSWORD} never told"}
    browser.submit(browser.open("/auth"), **typed)
    browser.submit(browser.open("/auth?show=signup"), **typed)
    assert browser.open("/dashboard?secret=of-the-query").status == 200
    secrets = [*typed.values(), "of-the-query", *browser.cookies.values()]
    assert not [secret for secret in secrets if secret in app.output.getvalue()]
