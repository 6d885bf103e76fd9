from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode

import pytest

from supertokens_lambda._guard.evidence import Evidence
from supertokens_lambda._guard.form_page import KEPT, is_secret, kept_fields
from supertokens_lambda._guard.guard import Guard
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.form import MAX_FIELDS
from supertokens_lambda._http.message import Additions, Headers, Request
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import InvalidClaims, Reason, TryRefresh, Unauthorised, Unavailable
from supertokens_lambda.settings import Settings

FORM = "application/x-www-form-urlencoded"
SETTINGS = Settings(
    connection_uris=("http://localhost",), api_domain="https://example.com", website_domain="https://example.com"
)
EXPIRED = TryRefresh(Reason.TOKEN_EXPIRED)
MISSING = Unauthorised(Reason.TOKEN_MISSING)
NOBODY_KNOWS = Unavailable(Reason.CORE_UNREACHABLE)
NAVIGATION = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}

TYPED = [
    ("text", "Grüße, 你好 🎈 \u202e\u0085"),
    ("lines", "one\r\n\r\ntwo\r\n"),
    ("again", "1"),
    ("again", "2"),
    ("again", ""),
    ("markup", "</form><script>alert(1)</script>&amp;\"'`<!--"),
    ("\"><b>&'", " spaces\tand tabs "),
    ("q", "a=b&c+d%20e#?/\\"),
]


class Page(HTMLParser):
    """The one form of a page, as a browser would send it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.typed_again: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self.frames: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        if tag == "form":
            self.forms.append(found)
        elif tag == "iframe":
            self.frames.append(found)
        elif tag == "input" and found["type"] == "hidden":
            self.fields.append((found["name"], found["value"]))
        elif tag == "input":
            assert found["type"] == "password"
            assert "value" not in found
            self.typed_again.append(found["name"])


def post(body, headers=(), cookies="", **more):
    if not isinstance(body, bytes):
        body = urlencode(body).encode()
    given = NAVIGATION | {"content-type": FORM, "content-length": str(len(body))} | dict(headers)
    return Request("POST", "/notes", "/notes", "a=1", Headers(given), Cookies(cookies), body, **more)


def answer(verdict, found, settings=SETTINGS, **options):
    guard = Guard(settings, lambda _request, _options: verdict, lambda _request, _error: None)
    return guard.admit(found, VerifyOptions(**options))


@pytest.mark.parametrize(("verdict", "status"), [(EXPIRED, 401), (MISSING, 401), (NOBODY_KNOWS, 503)])
def test_what_was_typed_is_in_the_page_byte_for_byte(verdict, status):
    response = answer(verdict, post(TYPED))
    page = Page(response.body)

    assert response.status == status
    assert dict(response.headers)["cache-control"] == "no-store"
    assert page.fields == TYPED
    assert "script" not in page.tags


def test_the_form_goes_where_the_first_one_went_whatever_the_request_says():
    found = post(TYPED)
    found.seen_path = "//evil.example/notes"

    response = answer(EXPIRED, found)

    # A form without an action goes to the document's own address (HTML, "form submission algorithm").
    assert Page(response.body).forms == [{"method": "post"}]
    assert "evil" not in response.body
    assert "form-action 'self'" in dict(response.headers)["content-security-policy"]


def test_a_frame_renews_the_session():
    response = answer(EXPIRED, post(TYPED))

    (frame,) = Page(response.body).frames
    assert frame["src"] == "/auth/session/refresh?redirectBack=/"
    assert frame["sandbox"] == "allow-same-origin"
    assert "frame-src 'self' https://example.com" in dict(response.headers)["content-security-policy"]


def test_a_page_with_a_refresh_of_its_own_is_renewed_there():
    settings = Settings(**vars(SETTINGS) | {"api_gateway_path": "/dev"})

    (frame,) = Page(answer(EXPIRED, post(TYPED), settings, refresh_path="/again").body).frames

    assert frame["src"] == "/dev/again?redirectBack=/dev/"
    assert "sandbox" not in frame, "it may want scripts"


def test_where_the_session_cannot_be_checked_it_is_not_renewed():
    response = answer(NOBODY_KNOWS, post(TYPED))

    assert dict(response.headers)["retry-after"]
    assert not Page(response.body).frames
    assert not response.cookies


def test_a_session_that_has_ended_is_cleared():
    response = answer(Unauthorised(Reason.SESSION_ENDED, Additions(("sAccessToken=; Path=/",))), post(TYPED))

    assert Page(response.body).fields == TYPED
    assert [cookie.partition("=")[0] for cookie in response.cookies] == ["sAccessToken", "stRefreshEvidence"]


def test_a_loop_is_told_and_not_renewed():
    evidence = Evidence.of_success(post([]), "a.b.c").text

    response = answer(MISSING, post(TYPED, cookies=f"stRefreshEvidence={evidence}"))

    assert "did not send back" in response.body
    assert "/auth?signIn=again" in response.body
    assert Page(response.body).fields == TYPED
    assert not Page(response.body).frames


@pytest.mark.parametrize(
    "name",
    [
        "password", "Password1", "new_password", "user[password]", "passwd", "passwort", "pwd", "pass", "passphrase",
        "pin", "PIN", "cardPin", "otp", "otpCode", "one_time_otp", "TOTP", "client_secret", "clientSecret",
        "mot-de-passe", "api_key", "credentials", "cvv", "cvc2", "card-number", "contraseña", "contrasena", "senha",
    ],
)  # fmt: skip
def test_a_password_is_not_in_the_page_and_is_asked_for_again(name):
    page = answer(EXPIRED, post([("text", "kept"), (name, "hunter2-hunter2")])).body

    assert is_secret(name)
    assert "hunter2" not in page
    assert Page(page).fields == [("text", "kept")]
    assert Page(page).typed_again == [name]
    assert "please type them again" in page


@pytest.mark.parametrize(
    "name",
    [
        "compass", "passenger", "shipping", "opinion", "spinner", "hotpot", "bypass", "email", "comment", "action",
        "csrfmiddlewaretoken", "csrf_token", "_token", "authenticity_token", "__RequestVerificationToken",
    ],
)  # fmt: skip
def test_anything_else_is_sent_again(name):
    assert not is_secret(name)
    assert Page(answer(EXPIRED, post([(name, "x")])).body).fields == [(name, "x")]


@pytest.mark.parametrize(
    "found",
    [
        post([("a", "x" * KEPT)]),
        post(b"a=1", {"content-type": "multipart/form-data; boundary=x"}),
        post(b"a=1", {"content-type": "text/plain"}),
        post(b"a=%FF"),
        post(b"a=\xff"),
        post(b"a=%00"),
        post(b"=nameless"),
        post(b"&".join([b"a"] * (MAX_FIELDS + 1))),
        # A framework has read it, and nothing is left.
        post(b"", {"content-length": "3"}),
    ],
    ids=["long", "files", "text", "not UTF-8", "raw bytes", "NUL", "nameless", "many", "read"],
)
@pytest.mark.parametrize("verdict", [EXPIRED, NOBODY_KNOWS])
def test_what_cannot_be_kept_is_said_and_the_session_is_left_for_the_way_back(found, verdict):
    page = answer(verdict, found)

    assert kept_fields(found) is None
    assert "cannot keep what you sent" in page.body
    assert not Page(page.body).forms
    # A page that a browser keeps to go back to is gone with the first cookie that changes.
    assert not Page(page.body).frames
    assert len(page.body) < 5_000


def test_the_page_of_the_longest_form_fits_what_a_load_balancer_carries():
    many = answer(EXPIRED, post(b"&".join([b"'"] * MAX_FIELDS)))
    escaped = answer(EXPIRED, post(b"a=" + b"'" * (KEPT - 2)))

    assert max(len(many.body), len(escaped.body)) < 1_000_000


def test_a_button_alone_is_a_form():
    page = Page(answer(EXPIRED, post(b"", {"content-length": "0"})).body)

    assert page.forms == [{"method": "post"}]
    assert page.fields == []


@pytest.mark.parametrize(
    ("error", "link"),
    [
        ({"id": "st-role", "reason": {"message": "wrong value"}}, '<a href="/">'),
        ({"id": "st-ev", "reason": {"expectedValue": True}}, '<a href="/auth/verify-email" target="_blank"'),
        ({"id": "st-mfa", "reason": {"factor_id": "totp"}}, '<a href="/auth/mfa/totp" target="_blank"'),
    ],
)
def test_a_form_that_claims_keep_out_keeps_what_was_typed(error, link):
    response = answer(InvalidClaims({"message": "invalid claim", "claimValidationErrors": [error]}), post(TYPED))
    page = Page(response.body)

    assert response.status == 403
    assert link in response.body
    assert page.fields == TYPED
    assert not page.frames


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"content-type": "application/json"},
    ],
)
def test_nothing_else_gets_what_it_sent(headers):
    response = answer(EXPIRED, post(TYPED, headers))

    assert (response.status, response.body) == (401, '{"message": "try refresh token"}')


def test_a_function_that_wants_a_status_has_it():
    assert answer(EXPIRED, post(TYPED), on_failure="status").body == '{"message": "try refresh token"}'


def test_a_function_that_wants_a_redirect_has_it():
    assert answer(EXPIRED, post(TYPED), on_failure="redirect").status == 302


def test_a_form_without_its_protection_is_refused_as_ever():
    response = answer(TryRefresh(Reason.ANTI_CSRF_FAILED), post(TYPED))

    assert (response.status, response.body) == (401, '{"message": "try refresh token"}')


def test_a_form_is_read_as_it_is_encoded():
    assert kept_fields(post(b"a=x+y&b&c=%E2%98%83")) == parse_qsl("a=x y&b=&c=☃", keep_blank_values=True)
