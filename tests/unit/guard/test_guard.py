import base64
import json
import logging
import time

import pytest

from supertokens_lambda.guard.evidence import COOKIE, LIFETIME, Evidence, evidence_cookie
from supertokens_lambda.guard.guard import Admitted, Guard
from supertokens_lambda.http.cookies import Cookies
from supertokens_lambda.http.message import Additions, Headers, Request
from supertokens_lambda.settings import Settings
from supertokens_lambda.verification.options import VerifyOptions
from supertokens_lambda.verification.verdict import (
    Anonymous,
    InvalidClaims,
    Looping,
    Reason,
    TryRefresh,
    Unauthorised,
    Unavailable,
)

SETTINGS = Settings(
    connection_uris=("http://localhost",), api_domain="https://example.com", website_domain="https://example.com"
)
REFUSED = TryRefresh(Reason.KEY_UNKNOWN)
EXPIRED = TryRefresh(Reason.TOKEN_EXPIRED)
MISSING = Unauthorised(Reason.TOKEN_MISSING)


def request(*, page=True, cookies="", query="tab=billing"):
    headers = Headers([("sec-fetch-dest", "document" if page else "empty")])
    return Request(
        method="GET",
        seen_path="/dashboard",
        path="/dashboard",
        query=query,
        headers=headers,
        cookies=Cookies(cookies),
    )


def admit(verdict, found=None, **options):
    guard = Guard(SETTINGS, lambda _request, _options: verdict)
    return guard.admit(found or request(), VerifyOptions(**options))


def token(lifetime=3600.0):
    claims = base64.urlsafe_b64encode(json.dumps({"iat": 1000, "exp": 1000 + lifetime}).encode()).decode().rstrip("=")
    return f"h.{claims}.s"


def carrying(sent, named=None, outcome="refreshed"):
    evidence = evidence_cookie(outcome, named or sent, "lax").split(";")[0]
    return request(cookies="; ".join([*([f"sAccessToken={sent}"] if sent else []), evidence]))


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
        (Looping(Reason.TOKEN_NOT_SENT_BACK, MISSING), 401, "unauthorised"),
        (Looping(Reason.FRESH_TOKEN_REFUSED, EXPIRED), 401, "try refresh token"),
        (InvalidClaims({"message": "invalid claim"}), 403, "invalid claim"),
        (Unavailable(Reason.CORE_UNREACHABLE), 503, "temporarily unavailable"),
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
        (Looping(Reason.TOKEN_NOT_SENT_BACK, MISSING), 401),
        (InvalidClaims({}), 403),
        (Unavailable(Reason.KEYS_UNREACHABLE), 503),
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


def test_what_ended_a_session_clears_it_and_withdraws_the_evidence():
    cookies = admit(Unauthorised(Reason.SESSION_ENDED, Additions(("sAccessToken=; Path=/",)))).cookies

    assert [cookie.partition(";")[0] for cookie in cookies] == ["sAccessToken=", f"{COOKIE}="]


def test_one_record_tells_the_verdict_and_nothing_of_the_visitor(caplog):
    with caplog.at_level(logging.INFO, "supertokens_lambda"):
        admit(EXPIRED, request(cookies="sAccessToken=secret", query="q=secret"))

    (record,) = caplog.records
    assert (record.verdict, record.reason, record.levelname) == ("try-refresh", "token-expired", "INFO")
    assert "secret" not in json.dumps(record.__dict__, default=str)


def test_what_needs_a_person_is_a_warning(caplog):
    admit(Unavailable(Reason.CORE_UNREACHABLE))

    assert [record.levelname for record in caplog.records] == ["WARNING"]


class TestALoop:
    def test_is_a_token_that_did_not_come_back(self):
        response = admit(MISSING, carrying("", token()))

        assert response.status == 401
        assert "did not send back" in response.body
        assert 'href="/auth?redirectBack=/dashboard%3Ftab%3Dbilling"' in response.body

    @pytest.mark.parametrize(
        "reason", [Reason.KEY_UNKNOWN, Reason.TOKEN_REFUSED, Reason.DUPLICATE_COOKIES, Reason.TOKEN_EXPIRED]
    )
    def test_is_a_fresh_token_that_is_refused(self, reason):
        response = admit(TryRefresh(reason), carrying(token()))

        assert response.status == 401
        assert "refused" in response.body

    def test_is_not_a_token_that_lived_its_life(self):
        assert admit(EXPIRED, carrying(token(lifetime=1))).status == 302

    def test_is_a_short_lived_token_that_is_refused_for_its_key(self):
        assert admit(REFUSED, carrying(token(lifetime=1))).status == 401

    def test_is_not_another_token(self):
        assert admit(EXPIRED, carrying(token(), "another")).status == 302

    def test_is_not_a_session_that_the_core_has_ended(self):
        assert admit(Unauthorised(Reason.SESSION_ENDED), carrying(token())).status == 302

    def test_is_not_where_there_is_no_evidence(self):
        assert admit(REFUSED, request(cookies=f"sAccessToken={token()}")).status == 302

    def test_does_not_make_a_call_anything_else(self):
        found = carrying("", token())
        call = Request(method="POST", seen_path="/", path="/", cookies=found.cookies)

        assert json.loads(admit(MISSING, call).body) == {"message": "unauthorised"}


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
        "refreshed.x",
        "refreshed.x.",
        "refreshed.x.-1",
        "refreshed.x.nan",
        "refreshed.x.9999999999999",
        "refreshed.x.²",
        "other.x.1",
    ],
)
def test_evidence_that_makes_no_sense_is_none(value):
    assert Evidence.of(request(cookies=f"{COOKIE}={value}")) is None


@pytest.mark.parametrize("age", [LIFETIME + 5, -LIFETIME - 5])
def test_evidence_of_another_time_is_none(age):
    assert Evidence.of(request(cookies=f"{COOKIE}=refreshed.x.{time.time() - age:.0f}")) is None


@pytest.mark.parametrize("sent", ["", "x", "a.b.c", "a.e30.c", "a.bnVsbA.c", "a.ÿ.c"])
def test_what_is_no_token_has_no_age(sent):
    assert not Evidence("refreshed", "x", 0).outlives(sent)
