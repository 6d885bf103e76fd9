"""Refused claims lead on, and never round in circles."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from supertokens_python.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim as SdkClaim

from supertokens_lambda._guard.guard import Guard
from supertokens_lambda._http.message import Headers, Request
from supertokens_lambda._http.redirects import is_local, redirect_back
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import InvalidClaims
from supertokens_lambda.claims import EmailVerificationClaim, MultiFactorAuthClaim, UserRoleClaim
from supertokens_lambda.settings import Settings

PAGE = {"sec-fetch-dest": "document"}
CALL = {"sec-fetch-dest": "empty"}


def settings_of(*, prefix="", base="/auth", website="https://example.com"):
    return Settings(
        connection_uris=("http://localhost",),
        api_domain="https://example.com",
        website_domain=website,
        website_base_path=base,
        api_gateway_path=prefix,
    )


def refused(*errors):
    return InvalidClaims({"message": "invalid claim", "claimValidationErrors": [*errors]})


def error_of(validator, payload):
    return {"id": validator.id, "reason": validator.refusal({validator.claim.key: payload})}


def factors(*requirements):
    """Give what the SDK says of a session that lacks factors."""
    validator = SdkClaim.validators.has_completed_requirement_list([*requirements])
    payload = {"st-mfa": {"c": {"emailpassword": 1}, "v": True}}
    return {"id": validator.id, "reason": asyncio.run(validator.validate(payload, {})).reason}


NOT_VERIFIED = error_of(EmailVerificationClaim.validators.is_verified(), {"v": False, "t": 1})
VERIFIED = error_of(EmailVerificationClaim.validators.is_false(), {"v": True, "t": 1})
NOT_CONFIRMED = error_of(MultiFactorAuthClaim.validators.has_completed_mfa_requirements_for_auth(), {"v": False})
NO_ADMIN = error_of(UserRoleClaim.validators.includes("admin"), {"v": [], "t": 1})


def answer(refusal, target="/dashboard?tab=billing", settings=None, headers=PAGE, **options):
    settings = settings or settings_of()
    seen, _, query = target.partition("?")
    path = seen.removeprefix(settings.api_gateway_path)
    request = Request("GET", seen, path, query, Headers(headers))
    return Guard(settings, lambda *_: refusal, lambda *_: None).admit(request, VerifyOptions(**options))


def location(response):
    return dict(response.headers).get("location")


@pytest.mark.parametrize(
    ("errors", "path"),
    [
        ([NOT_VERIFIED], "/auth/verify-email"),
        ([NOT_CONFIRMED], "/auth/mfa"),
        ([factors("totp")], "/auth/mfa/totp"),
        ([factors("otp-phone")], "/auth/mfa/otp-phone"),
        ([factors({"oneOf": ["totp"]})], "/auth/mfa/totp"),
        ([NOT_CONFIRMED, NOT_VERIFIED], "/auth/mfa"),
        ([NOT_VERIFIED, NOT_CONFIRMED], "/auth/verify-email"),
    ],
)
def test_the_first_refused_claim_leads_to_the_page_that_asks_for_it(errors, path):
    response = answer(refused(*errors))

    assert response.status == 302
    assert location(response) == f"{path}?redirectBack=/dashboard%3Ftab%3Dbilling"
    assert dict(response.headers)["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", ["oneOf", "allOfInAnyOrder"])
def test_several_missing_factors_are_named_as_the_prebuilt_ui_names_them(kind):
    query = parse_qs(urlsplit(location(answer(refused(factors({kind: ["totp", "otp-email"]}))))).query)

    assert sorted(query["n"][0].split(",")) == ["otp-email", "totp"]
    assert query["redirectBack"] == ["/dashboard?tab=billing"]


@pytest.mark.parametrize(
    "errors",
    [
        [NO_ADMIN],
        [NOT_VERIFIED, NO_ADMIN],
        [VERIFIED],
        [{"id": "verified-lately", "reason": NOT_VERIFIED["reason"]}],
        [],
    ],
    ids=["role", "role and address", "verified", "another id", "nothing"],
)
def test_what_no_page_mends_is_a_page_with_ways_on(errors):
    response = answer(refused(*errors))

    assert response.status == 403
    assert '<a href="/">' in response.body
    assert '<a href="/auth?redirectBack=/dashboard%3Ftab%3Dbilling&amp;signIn=again">' in response.body


@pytest.mark.parametrize("body", [{}, {"claimValidationErrors": "x"}, {"claimValidationErrors": [None, {"id": 1}]}])
def test_an_applications_own_words_are_no_error(body):
    assert answer(InvalidClaims(body)).status == 403
    assert json.loads(answer(InvalidClaims(body), headers=CALL).body) == body


def test_a_website_of_its_own_has_the_page():
    response = answer(refused(NOT_VERIFIED), settings=settings_of(website="https://www.example.com"))

    assert location(response).startswith("https://www.example.com/auth/verify-email?redirectBack=/dashboard")


@pytest.mark.parametrize("path", ["/auth/verify-email", "/auth/verify-email/", "/auth/verify-email/sent"])
def test_a_page_that_checks_what_it_asks_for_says_so(records, path):
    response = answer(refused(NOT_VERIFIED), path)

    assert response.status == 403
    assert "override_global_claim_validators" in response.body
    assert records.outcomes == [("looping", "claim-page-guarded")]


def test_a_page_that_asks_for_one_claim_and_checks_another_shows_a_link(records):
    response = answer(refused(NOT_CONFIRMED), "/auth/verify-email?redirectBack=/")

    assert response.status == 403
    assert '<a href="/auth/mfa?redirectBack=/auth/verify-email%3FredirectBack%3D/">' in response.body
    assert records.outcomes == [("invalid-claims", "claims-invalid")]


PATHS = st.sampled_from(
    [
        "/",
        "/dashboard",
        "/auth",
        "/auth/verify-email",
        "/auth/mfa",
        "/auth/mfa/totp",
        "/verify-email",
        "/mfa/totp",
        "/AUTH/mfa",
        "//x",
    ]
)
ERRORS = st.sampled_from(
    [[NOT_VERIFIED], [NOT_CONFIRMED], [factors("totp")], [NOT_CONFIRMED, NOT_VERIFIED], [VERIFIED], [NO_ADMIN], []]
) | st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["st-ev", "st-mfa", "x"]), "reason": st.dictionaries(st.text(), st.text(), max_size=2)}
    ),
    max_size=2,
)


@given(
    st.fixed_dictionaries({"/dashboard": ERRORS, "/verify-email": ERRORS, "/mfa": ERRORS}),
    PATHS,
    st.text(alphabet="abc=&%?#/ é\\", max_size=20),
    st.sampled_from(["", "/dev"]),
    st.sampled_from(["", "/auth"]),
)
def test_whatever_each_page_refuses_a_way_ends_after_one_redirect(refusals, path, query, prefix, base):
    settings = settings_of(prefix=prefix, base=base)

    def visit(target, headers=PAGE):
        seen = target.partition("?")[0].removeprefix(prefix + base)
        refusal = refused(*next((errors for area, errors in refusals.items() if seen.startswith(area)), [NO_ADMIN]))
        return answer(refusal, target, settings, headers), refusal

    targets = [f"{prefix}{path}?{query}"]
    response, _ = visit(targets[0])
    while response.status == 302:
        targets.append(location(response))
        url = urlsplit(targets[-1])
        assert (url.scheme, url.netloc) == ("", "")
        assert "redirectBack" not in url.query or is_local(redirect_back(url.query) or "")
        assert len(targets) <= 2
        response, _ = visit(targets[-1])

    assert response.status == 403
    assert "<h1>" in response.body
    for target in targets:
        called, refusal = visit(target, CALL)
        assert (called.status, json.loads(called.body)) == (403, refusal.body)
