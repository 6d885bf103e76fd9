import json
from base64 import b64decode
from urllib.parse import unquote

import pytest

from supertokens_lambda._guard import session_cookies
from supertokens_lambda._guard.evidence import Evidence
from supertokens_lambda._guard.session_cookies import LARGEST, evidence_of, with_session_cookies
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import NOTHING, Additions, Headers, Request
from supertokens_lambda._verification.session_tokens import front_token
from supertokens_lambda._verification.session_writer import SessionWriter, cleared_session
from supertokens_lambda.settings import Settings

SETTINGS = Settings(
    connection_uris=("http://core",), api_domain="https://app.example.com", website_domain="https://app.example.com"
)
TOKEN = "h.p.s"


@pytest.fixture(autouse=True)
def new_instance():
    session_cookies._warn.cache_clear()
    yield
    session_cookies._warn.cache_clear()


def request(cookies="", **headers):
    fields = [("host", "app.example.com"), *headers.items()]
    return Request(method="GET", seen_path="/", path="/", headers=Headers.of(fields), cookies=Cookies(cookies))


def new(token=TOKEN, *, claims=None, anti_csrf=None, by="cookie"):
    writer = SessionWriter(SETTINGS)
    writer.set_access_token(token, front_token("user", 1, claims or {}), by)
    if anti_csrf is not None:
        writer.set_anti_csrf_token(anti_csrf)
    return writer.additions()


def names(additions):
    """Return the names of the cookies in their order, those that are cleared with a minus."""
    pairs = [cookie.partition(";")[0].partition("=") for cookie in additions.cookies]
    return [name if value else f"-{name}" for name, _, value in pairs]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (new(), ["sAccessToken", "sFrontToken", "st-last-access-token-update"]),
        (new(anti_csrf="x"), ["sAccessToken", "sFrontToken", "st-last-access-token-update", "sAntiCsrf"]),
        (
            cleared_session(SETTINGS),
            ["-sAccessToken", "-sRefreshToken", "-sFrontToken", "-sAntiCsrf", "st-last-access-token-update",
             "-stRefreshEvidence"],
        ),
        (new(by="header"), []),
        (NOTHING, []),
        (Additions(headers=(("access-control-expose-headers", "x"),)), []),
    ],
)  # fmt: skip
def test_a_session_has_all_of_its_cookies(written, found):
    composed = with_session_cookies(request(), written, SETTINGS)

    assert names(composed) == found
    assert composed.headers == written.headers


def test_scripts_know_the_new_token():
    composed = with_session_cookies(request(), new(claims={"plan": "pro"}), SETTINGS)

    (front,) = (cookie for cookie in composed.cookies if cookie.startswith("sFrontToken="))
    known = json.loads(b64decode(unquote(front.partition("=")[2].partition(";")[0])))
    assert known == {"uid": "user", "ate": 1, "up": {"plan": "pro"}}
    assert dict(composed.headers)["front-token"] == front_token("user", 1, {"plan": "pro"})


def test_stale_copies_are_cleared_before_the_session_is_set():
    composed = with_session_cookies(request("sAccessToken=a; sAccessToken=b=="), new(), SETTINGS)

    assert names(composed)[:3] == ["-sAccessToken", "-sAccessToken", "sAccessToken"]
    assert "Domain=app.example.com" in composed.cookies[0]


@pytest.mark.parametrize("written", [new(), cleared_session(SETTINGS)], ids=["set", "cleared"])
def test_the_evidence_goes_last(written):
    evidence = Evidence("failed", 1, "0" * 32)

    composed = with_session_cookies(request(), written, SETTINGS, evidence)

    assert composed.cookies[-1].startswith(f"stRefreshEvidence={evidence.text};")
    assert names(composed).count("stRefreshEvidence") == 1
    assert "-stRefreshEvidence" not in names(composed)


@pytest.mark.parametrize("written", [NOTHING, new(), new(by="header"), cleared_session(SETTINGS)], ids=range(4))
def test_spent_evidence_is_withdrawn_once(written):
    assert (
        names(with_session_cookies(request(), written, SETTINGS, is_evidence_spent=True)).count("-stRefreshEvidence")
        == 1
    )


class TestAnApp:
    def test_that_keeps_its_tokens_in_headers_is_told_in_headers_that_its_session_ended(self):
        composed = with_session_cookies(request(authorization="Bearer x"), cleared_session(SETTINGS), SETTINGS)

        # What the SDK itself writes, and no more.
        assert names(composed) == ["-sAccessToken", "-sRefreshToken"]
        assert dict(composed.headers)["st-access-token"] == ""

    @pytest.mark.parametrize("cookie", ["sAccessToken=a", "sRefreshToken=a"])
    def test_that_sends_cookies_too_is_a_browser(self, cookie):
        composed = with_session_cookies(request(cookie, authorization="Bearer x"), cleared_session(SETTINGS), SETTINGS)

        assert "-sFrontToken" in names(composed)

    def test_that_is_given_a_cookie_is_a_browser(self):
        assert "sFrontToken" in names(with_session_cookies(request(authorization="Bearer x"), new(), SETTINGS))


class TestATooLargeCookie:
    LARGE = f"h.{'p' * LARGEST}.s"

    def test_is_one_of_more_bytes_than_browsers_keep(self, records):
        attributes = len(new("").cookies[0])
        with_session_cookies(request(), new("x" * (LARGEST - attributes)), SETTINGS)
        assert not records.all

        with_session_cookies(request(), new("x" * (LARGEST - attributes + 1)), SETTINGS)
        assert [record.levelname for record in records.all] == ["WARNING"]

    def test_is_logged_once_an_instance_and_without_its_value(self, records):
        for _ in range(3):
            with_session_cookies(request(), new(self.LARGE), SETTINGS)

        (record,) = records.all
        assert "sAccessToken" in record.getMessage()
        assert "4096 bytes" in record.getMessage()
        assert "ppp" not in f"{record.getMessage()} {record.__dict__}"

    def test_may_be_the_front_tokens_whose_letters_are_spelled_out(self, records):
        composed = with_session_cookies(request(), new(claims={"name": "я" * 700}), SETTINGS)

        (record,) = records.all
        assert "sFrontToken" in record.getMessage()
        assert "stRefreshEvidence" not in names(composed)

    @pytest.mark.parametrize("by_refresh", [True, False], ids=["refresh", "sign-in or page"])
    def test_leaves_evidence_of_it(self, by_refresh):
        written, asked = new(self.LARGE), request("sAccessToken=old")
        evidence = evidence_of(asked, written) if by_refresh else None

        composed = with_session_cookies(asked, written, SETTINGS, evidence)

        left = Evidence.parse(composed.cookies[-1].partition("=")[2].partition(";")[0])
        assert left is not None
        assert left.outcome == "oversized"
        assert left.names(self.LARGE)
        assert left.replaced("old")

    def test_leaves_none_in_a_header(self, records):
        composed = with_session_cookies(request(), new(self.LARGE, by="header"), SETTINGS)

        assert not composed.cookies
        assert not records.all
