import base64
import html
import json
import logging
import time
from types import SimpleNamespace
from typing import Any

import pytest

from supertokens_lambda._guard.evidence import Evidence
from supertokens_lambda._guard.guard import Admitted, Guard
from supertokens_lambda._guard.loop import Looping, LoopReason, loop_of
from supertokens_lambda._guard.loop_page import CAUSES
from supertokens_lambda._guard.sign_in import cookie_problem
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import Additions, Headers, Request
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import (
    Anonymous,
    Failed,
    InvalidClaims,
    Reason,
    TryRefresh,
    Unauthorised,
    Unavailable,
    Verified,
)
from supertokens_lambda.settings import Settings

COOKIE = "stRefreshEvidence"
SETTINGS = Settings(
    connection_uris=("http://localhost",), api_domain="https://example.com", website_domain="https://example.com"
)
REFUSED = TryRefresh(Reason.KEY_UNKNOWN)
EXPIRED = TryRefresh(Reason.TOKEN_EXPIRED)
MISSING = Unauthorised(Reason.TOKEN_MISSING)


def settings_but(settings=SETTINGS, **changes):
    return Settings(**vars(settings) | changes)


def request(*, page=True, cookies="", query="tab=billing"):
    headers = Headers.of([("sec-fetch-dest", "document" if page else "empty")])
    return Request(
        method="GET",
        seen_path="/dashboard",
        path="/dashboard",
        query=query,
        headers=headers,
        cookies=Cookies(cookies),
    )


def admit(verdict, found=None, settings=SETTINGS, **options):
    guard = Guard(settings, lambda _request, _options: verdict, lambda _request, _error: None)
    return guard.admit(found or request(), VerifyOptions(**options))


def token(lifetime=3600.0):
    claims = base64.urlsafe_b64encode(json.dumps({"iat": 1000, "exp": 1000 + lifetime}).encode()).decode().rstrip("=")
    return f"h.{claims}.s"


def with_access_token(sent):
    return request(cookies=f"sAccessToken={sent}" if sent else "")


def carrying(sent, named=None, outcome="refreshed", *, instead_of="", ago=0.0, **more):
    """Make the request of a browser that has refreshed."""
    named = named or sent
    if outcome == "refreshed":
        evidence = Evidence.of_success(with_access_token(instead_of), named)
    else:
        evidence = Evidence.of_failure(with_access_token(named))
    text = evidence._replace(at=int(time.time() - ago)).text
    cookies = [*([f"sAccessToken={sent}"] if sent else []), f"{COOKIE}={text}"]
    return request(cookies="; ".join(cookies), **more)


@pytest.mark.parametrize("verdict", [EXPIRED, MISSING])
def test_a_page_is_sent_to_the_refresh(verdict):
    response = admit(verdict)

    assert response.status == 302
    assert dict(response.headers) == {
        "location": "/refresh-session?redirectBack=/dashboard%3Ftab%3Dbilling",
        "cache-control": "no-store",
    }


@pytest.mark.parametrize(
    ("verdict", "status", "message"),
    [
        (EXPIRED, 401, "try refresh token"),
        (MISSING, 401, "unauthorised"),
        (Looping(LoopReason.TOKEN_NOT_SENT_BACK, MISSING), 401, "unauthorised"),
        (Looping(LoopReason.FRESH_TOKEN_REFUSED, EXPIRED), 401, "try refresh token"),
        (InvalidClaims({"message": "invalid claim"}), 403, "invalid claim"),
        (Unavailable(Reason.CORE_UNREACHABLE), 503, "temporarily unavailable"),
        (Failed(Reason.CORE_REFUSED), 500, "internal error"),
    ],
)
@pytest.mark.parametrize("how", [{"on_failure": "status"}, {"found": request(page=False)}], ids=["status", "call"])
def test_anything_else_gets_a_status_in_json(verdict, status, message, how):
    response = admit(verdict, **how)

    assert response.status == status
    assert json.loads(response.body) == {"message": message}
    assert dict(response.headers)["cache-control"] == "no-store"
    assert ("retry-after" in dict(response.headers)) == (status == 503)
    assert "location" not in dict(response.headers)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Looping(LoopReason.TOKEN_NOT_SENT_BACK, MISSING), 401),
        (InvalidClaims({}), 403),
        (Unavailable(Reason.KEYS_UNREACHABLE), 503),
        (Failed(Reason.APPLICATION_ERROR), 500),
    ],
)
def test_a_page_that_is_not_redirected_says_why(verdict, status):
    response = admit(verdict)

    assert response.status == status
    assert "<h1>" in response.body
    assert dict(response.headers)["cache-control"] == "no-store"
    assert not response.cookies


def test_a_call_is_redirected_where_that_is_asked_for():
    assert admit(EXPIRED, request(page=False), on_failure="redirect").status == 302


def test_a_page_has_its_own_refresh_path_where_that_is_asked_for():
    assert dict(admit(EXPIRED, refresh_path="/again").headers)["location"].startswith("/again?redirectBack=/dash")


def test_a_page_that_does_without_a_session_says_so_to_the_refresh():
    response = admit(EXPIRED, request(query=""), session_required=False)

    assert dict(response.headers)["location"] == "/refresh-session?redirectBack=/dashboard&sessionRequired=false"


def test_a_visitor_without_a_session_is_admitted_where_none_is_needed():
    admitted = admit(Anonymous(), session_required=False)

    assert isinstance(admitted, Admitted)
    assert admitted.session is None
    assert not admitted.additions()
    assert admitted.answer_to(ValueError()) is None


def test_what_ended_a_session_clears_it_and_says_so_to_the_refresh():
    cookies = admit(Unauthorised(Reason.SESSION_ENDED, Additions(("sAccessToken=; Path=/",)))).cookies

    assert [cookie.partition(".")[0] for cookie in cookies] == ["sAccessToken=; Path=/", f"{COOKIE}=failed"]


def test_one_record_tells_the_verdict_and_nothing_of_the_visitor(caplog):
    with caplog.at_level(logging.INFO, "supertokens_lambda"):
        admit(EXPIRED, request(cookies="sAccessToken=secret", query="q=secret"))

    (record,) = caplog.records
    assert (record.verdict, record.reason, record.levelname) == ("try-refresh", "token-expired", "INFO")
    assert "secret" not in json.dumps(record.__dict__, default=str)


def test_what_needs_a_person_is_a_warning(caplog):
    admit(Unavailable(Reason.CORE_UNREACHABLE))

    admit(Failed(Reason.CORE_REFUSED))

    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


def reason_of(verdict, found, **more):
    refusal = loop_of(found, verdict, more.pop("settings", SETTINGS), VerifyOptions(**more))
    return refusal and refusal.reason


class TestALoop:
    def test_is_a_verdict_with_a_name_and_a_reason_that_keeps_the_refusal(self):
        verdict = Looping(LoopReason.FRESH_TOKEN_REFUSED, EXPIRED)

        assert (verdict.name, verdict.reason) == ("looping", "fresh-token-refused")
        assert repr(verdict) == "Looping(fresh-token-refused)"
        assert verdict.refusal is EXPIRED

    def test_is_a_token_that_did_not_come_back(self):
        response = admit(MISSING, carrying("", token()))

        assert response.status == 401
        assert "did not send back" in response.body
        assert 'href="/auth?redirectBack=/dashboard%3Ftab%3Dbilling&amp;signIn=again"' in response.body
        assert not response.cookies

    @pytest.mark.parametrize(
        ("refused_for", "reason"),
        [
            (Reason.KEY_UNKNOWN, LoopReason.KEY_SET_MISMATCH),
            (Reason.TOKEN_REFUSED, LoopReason.KEY_SET_MISMATCH),
            (Reason.TOKEN_EXPIRED, LoopReason.CLOCK_SKEW),
            (Reason.TOKEN_NOT_YET_VALID, LoopReason.CLOCK_SKEW),
            (Reason.CORE_ASKS_FOR_REFRESH, LoopReason.WRONG_CORE),
            (Reason.KEY_KIND_MISMATCH, Reason.KEY_KIND_MISMATCH),
            (Reason.DUPLICATE_COOKIES, Reason.DUPLICATE_COOKIES),
            (Reason.LEGACY_SESSION, Reason.LEGACY_SESSION),
            (Reason.ANTI_CSRF_FAILED, Reason.ANTI_CSRF_FAILED),
        ],
    )
    def test_is_a_fresh_token_that_is_refused(self, refused_for, reason):
        found = carrying(token())

        assert reason_of(TryRefresh(refused_for), found) is reason
        response = admit(TryRefresh(refused_for), found)
        assert response.status == 401
        assert html.escape(CAUSES[reason].for_visitor) in response.body
        assert html.escape(CAUSES[reason].for_owner) in response.body

    def test_is_a_token_that_its_successor_did_not_replace(self):
        found = carrying(token(), token(1000), instead_of=token())

        assert reason_of(EXPIRED, found) is LoopReason.TOKEN_NOT_SENT_BACK

    @pytest.mark.parametrize("ago", [0.0, 3600.0, -3600.0])
    def test_is_told_whatever_the_clock_says(self, ago):
        assert reason_of(EXPIRED, carrying(token(), ago=ago)) is LoopReason.CLOCK_SKEW
        assert reason_of(MISSING, carrying("", token(), ago=ago)) is LoopReason.TOKEN_NOT_SENT_BACK

    @pytest.mark.parametrize("reason", [Reason.TOKEN_EXPIRED, Reason.CORE_ASKS_FOR_REFRESH])
    @pytest.mark.parametrize("ago", [1, 2, 10, 20])
    def test_is_not_a_token_that_lived_its_life(self, reason, ago):
        assert reason_of(TryRefresh(reason), carrying(token(lifetime=2), ago=ago)) is None

    def test_is_a_short_lived_token_that_is_refused_for_its_key(self):
        assert reason_of(REFUSED, carrying(token(lifetime=2), ago=5)) is LoopReason.KEY_SET_MISMATCH

    def test_is_not_another_token(self):
        assert admit(EXPIRED, carrying(token(), "another")).status == 302

    def test_is_not_a_session_that_the_core_has_ended(self):
        assert admit(Unauthorised(Reason.SESSION_ENDED), carrying(token())).status == 302

    def test_is_not_where_there_is_no_evidence(self):
        assert admit(REFUSED, request(cookies=f"sAccessToken={token()}")).status == 302

    @pytest.mark.parametrize("sent", ["a.b.c", "a.e30.c", "a.bnVsbA.c", "a.ÿ.c"])
    def test_is_what_has_no_age(self, sent):
        assert reason_of(EXPIRED, carrying(sent)) is LoopReason.CLOCK_SKEW

    def test_does_not_make_a_call_anything_else(self):
        found = carrying("", token())
        call = Request(method="POST", seen_path="/", path="/", cookies=found.cookies)

        assert json.loads(admit(MISSING, call).body) == {"message": "unauthorised"}

    @pytest.mark.parametrize("verdict", [EXPIRED, MISSING])
    @pytest.mark.parametrize("required", [True, False])
    @pytest.mark.parametrize(("path", "own"), [("/refresh-session", None), ("/refresh-session/", None), ("/x", "/x")])
    def test_is_a_refresh_page_that_wants_a_session(self, verdict, required, path, own):
        found = Request(method="GET", seen_path=path, path=path, headers=Headers.of([("sec-fetch-dest", "document")]))

        assert reason_of(verdict, found, refresh_path=own, session_required=required) is LoopReason.REFRESH_PAGE_GUARDED
        assert admit(verdict, found, refresh_path=own, session_required=required).status == 401

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    @pytest.mark.parametrize("path", ["/auth", "/refresh-session"])
    def test_is_not_another_method_at_a_page_that_is_open_to_get(self, method, path):
        # A function that answers all that no other route does is guarded, and is asked for this by anybody.
        assert reason_of(MISSING, Request(method=method, seen_path=path, path=path)) is None

    @pytest.mark.parametrize("path", ["/auth", "/refresh-session"])
    def test_tells_no_visitor_who_never_signed_in_that_they_did(self, path):
        found = Request(method="GET", seen_path=path, path=path, headers=Headers.of([("sec-fetch-dest", "document")]))

        page = admit(MISSING, found).body

        assert "a moment ago" not in page
        assert "session does not hold" not in page
        assert "fault of this site" in page
        # The sign-in page leads back to itself.
        assert ("Sign in again" in page) == (path != "/auth")

    @pytest.mark.parametrize("reason", CAUSES)
    def test_says_of_a_moment_ago_what_happened_a_moment_ago(self, reason):
        is_of_the_page = reason in (LoopReason.REFRESH_PAGE_GUARDED, LoopReason.SIGN_IN_PAGE_GUARDED)

        assert "signed in a moment ago" not in CAUSES[reason].for_visitor
        assert not (is_of_the_page and "a moment ago" in CAUSES[reason].for_visitor)

    @pytest.mark.parametrize(("base", "path"), [("/auth", "/dev/auth"), ("/auth", "/dev/auth/"), ("", "/dev/")])
    def test_is_a_sign_in_page_that_wants_a_session(self, base, path):
        settings = settings_but(website_base_path=base, api_gateway_path="/dev")
        found = Request(method="GET", seen_path=path, path=path)

        assert reason_of(MISSING, found, settings=settings) is LoopReason.SIGN_IN_PAGE_GUARDED
        assert reason_of(EXPIRED, found, settings=settings, session_required=False) is None


class TestATokenThatIsNotSentBack:
    TWO_HOSTS = settings_but(api_domain="https://api.example.com", website_domain="https://www.example.com")

    @pytest.mark.parametrize(
        ("settings", "headers", "reason"),
        [
            (SETTINGS, {"host": "example.com"}, LoopReason.TOKEN_NOT_SENT_BACK),
            (SETTINGS, {"x-forwarded-proto": "https"}, LoopReason.TOKEN_NOT_SENT_BACK),
            (SETTINGS, {"x-forwarded-proto": "http"}, LoopReason.COOKIE_NEEDS_HTTPS),
            (SETTINGS, {"x-forwarded-proto": "HTTP, https"}, LoopReason.COOKIE_NEEDS_HTTPS),
            (
                SETTINGS,
                {"x-forwarded-proto": "https", "cloudfront-forwarded-proto": "http"},
                LoopReason.COOKIE_NEEDS_HTTPS,
            ),
            (
                settings_but(api_domain="http://localhost:3000", website_domain="http://localhost:3001"),
                {"x-forwarded-proto": "http"},
                LoopReason.TOKEN_NOT_SENT_BACK,
            ),
            (settings_but(cookie_domain=".example.com"), {"host": "example.com"}, LoopReason.TOKEN_NOT_SENT_BACK),
            (settings_but(cookie_domain="example.com"), {"host": "example.com:3000"}, LoopReason.TOKEN_NOT_SENT_BACK),
            (settings_but(cookie_domain=".example.com"), {}, LoopReason.TOKEN_NOT_SENT_BACK),
            (settings_but(cookie_domain=".example.com"), {"host": "["}, LoopReason.TOKEN_NOT_SENT_BACK),
            (settings_but(cookie_domain=".example.com"), {"host": "example.org"}, LoopReason.COOKIE_DOMAIN_MISMATCH),
            (settings_but(cookie_domain=".ample.com"), {"host": "example.com"}, LoopReason.COOKIE_DOMAIN_MISMATCH),
            (
                settings_but(cookie_domain="x.example.com"),
                {"host": "x.example.com"},
                LoopReason.COOKIE_DOMAIN_MISMATCH,
            ),
            (TWO_HOSTS, {"host": "www.example.com"}, LoopReason.COOKIE_DOMAIN_MISSING),
            (settings_but(TWO_HOSTS, cookie_domain=".example.com"), {}, LoopReason.TOKEN_NOT_SENT_BACK),
            (settings_but(TWO_HOSTS, cookie_domain="api.example.com"), {}, LoopReason.COOKIE_DOMAIN_MISMATCH),
        ],
    )
    def test_has_a_cause(self, settings, headers, reason):
        found = carrying("", token())
        found.headers = Headers.of([("sec-fetch-dest", "document"), *headers.items()])

        assert reason_of(MISSING, found, settings=settings) is reason
        assert html.escape(CAUSES[reason].for_owner) in admit(MISSING, found, settings).body


class TestACookieThatIsTooLarge:
    FOUND = Evidence("oversized", 1, "0" * 32).text

    def test_is_why_the_token_did_not_come_back(self):
        response = admit(MISSING, request(cookies=f"{COOKIE}={self.FOUND}"))

        assert response.status == 401
        assert html.escape(CAUSES[LoopReason.COOKIE_TOO_LARGE].for_owner) in response.body
        assert "allow cookies" not in response.body

    def test_is_why_a_sign_in_is_lost(self, records):
        found = request(cookies=f"{COOKIE}={self.FOUND}", query="signIn=done")

        assert cookie_problem(found, SETTINGS) == CAUSES[LoopReason.COOKIE_TOO_LARGE].for_visitor
        assert records.outcomes == [("looping", "cookie-too-large")]

    def test_is_told_by_the_host_that_keeps_the_evidence(self):
        found = request(cookies="sAccessToken=old")

        kept = Evidence("oversized", 1, "0" * 32).kept_at(found)

        assert kept.outcome == "oversized"
        assert kept.replaced("old")


def test_the_evidence_is_taken_back_by_the_first_page_that_the_token_opens():
    admitted = admit(Verified(opened()), carrying(token()))

    (cookie,) = admitted.additions().cookies
    assert cookie.startswith(f"{COOKIE}=; ")
    assert not admit(Verified(opened()), request()).additions()


def opened() -> Any:
    """Give the state of a session that holds, and that nothing has become of."""
    return SimpleNamespace(additions=Additions)


class TestAFailedRefresh:
    def test_leaves_a_page_that_does_without_a_session_signed_out(self):
        admitted = admit(EXPIRED, carrying(token(), outcome="failed"), session_required=False)

        assert isinstance(admitted, Admitted)
        assert admitted.session is None

    def test_is_tried_again_for_a_page_that_needs_one(self):
        assert admit(EXPIRED, carrying(token(), outcome="failed")).status == 302

    def test_says_nothing_of_another_token(self):
        assert admit(EXPIRED, carrying(token(), "another", outcome="failed"), session_required=False).status == 302


@pytest.mark.parametrize(
    "value",
    [
        "",
        "refreshed",
        "refreshed.1",
        "refreshed.1.",
        f"refreshed.-1.{'a' * 32}",
        f"refreshed.1.{'A' * 32}",
        f"refreshed.1.{'a' * 31}",
        f"refreshed.1.{'a' * 33}",
        f"refreshed.1.{'a' * 32}.",
        f"refreshed.1.{'a' * 32}.{'b' * 32}.{'c' * 32}",
        f"refreshed.9999999999999.{'a' * 32}",
        f"refreshed.².{'a' * 32}",
        f"refreshed.1.{'a' * 32}\n",
        f" refreshed.1.{'a' * 32}",
        f"refreshed.1.{'a' * 32}; Path=/x",
        f"other.1.{'a' * 32}",
    ],
)
def test_evidence_that_makes_no_sense_is_none(value):
    assert Evidence.parse(value) is None


@pytest.mark.parametrize(
    "evidence",
    [Evidence("refreshed", 1, "a" * 32), Evidence("refreshed", 1, "a" * 32, "b" * 32), Evidence("failed", 1, "a" * 32)],
)
def test_evidence_is_read_as_it_was_written(evidence):
    assert Evidence.parse(evidence.text) == evidence


@pytest.mark.parametrize(
    ("same_site", "scheme", "attributes"),
    [
        ("lax", "http", {"SameSite=Lax"}),
        ("lax", "https", {"SameSite=Lax"}),
        ("strict", "https", {"SameSite=Strict"}),
        ("none", "https", {"SameSite=None", "Secure"}),
        ("none", "http", {"SameSite=Lax"}),
    ],
)
def test_evidence_comes_along_where_the_session_would(same_site, scheme, attributes):
    settings = settings_but(cookie_same_site=same_site, cookie_domain=".example.com")
    found = request()
    found.headers = Headers.of([("x-forwarded-proto", scheme)])

    pair, *given = Evidence("failed", 1, "a" * 32).cookie(found, settings).split("; ")

    assert pair == f"{COOKIE}=failed.1.{'a' * 32}"
    assert set(given) == {"Path=/", "Max-Age=10", "HttpOnly"} | attributes
