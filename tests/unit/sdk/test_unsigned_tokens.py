"""A token that nobody has signed may say anything in its header and claims, and breaks nothing."""

import json
import time
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from supertokens_python.recipe.session.claims import PrimitiveClaim
from tests.support.constants import PASSWORD

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._entry import http_handler
from supertokens_lambda._http.message import Additions, Response
from supertokens_lambda.forms import sign_out

CREDENTIALS = {"formFields": [{"id": "email", "value": "unsigned@example.com"}, {"id": "password", "value": PASSWORD}]}
ROLE: PrimitiveClaim[str] = PrimitiveClaim(key="role", fetch_value=lambda *_: None)
NESTED = "[" * 5000 + "]" * 5000

ODD = {
    "list": [], "list of a key id": ["d-1"], "object": {}, "object of a key id": {"d-1": 1}, "number": 5, "float": 1.5,
    "true": True, "false": False, "null": None, "huge": "x" * 9000, "half a character": "\ud800", "empty": "",
    "huge number": 10**400, "list of lists": [[[]]],
}  # fmt: skip
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "d-1", "version": "5"}
CLAIMS = {
    "sub": "user", "rsub": "user", "tId": "public", "exp": int(time.time()) + 3600, "iat": int(time.time()) - 5,
    "sessionHandle": "handle", "refreshTokenHash1": "0", "parentRefreshTokenHash1": None, "antiCsrfToken": None,
}  # fmt: skip

WITH_NESTED_CLAIM = json.dumps(CLAIMS).removesuffix("}") + f', "x": {NESTED}}}'


def base64url(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def token(header=HEADER, claims=CLAIMS) -> str:
    return ".".join([base64url(json.dumps(header)), base64url(json.dumps(claims)), "eA"])


TOKENS = {
    **{f"{name} {odd}": token(HEADER | {name: value}) for name in HEADER for odd, value in ODD.items()},
    **{f"{name} {odd}": token(HEADER, CLAIMS | {name: value}) for name in CLAIMS for odd, value in ODD.items()},
    "header nested": f"{base64url(NESTED)}.{base64url(json.dumps(CLAIMS))}.x",
    "claims nested": f"{base64url(json.dumps(HEADER))}.{base64url(NESTED)}.x",
    "claim nested": f"{base64url(json.dumps(HEADER))}.{base64url(WITH_NESTED_CLAIM)}.x",
}


@verify_session(override_global_claim_validators=lambda given, session, context: [ROLE.validators.has_value("x")])
def page_with_validators(event, context, session):
    raise AssertionError


@verify_session()
def page(event, context, session):
    raise AssertionError


@http_handler
def leaving(request):
    additions = sign_out(request)
    assert isinstance(additions, Additions)
    return Response(status=303).plus(additions)


@pytest.mark.parametrize(
    ("name", "by"),
    [(name, "cookie") for name in TOKENS] + [(name, "header") for name in TOKENS if name.startswith("kid")],
)
def test_it_is_refused_by_pages_and_passed_over_by_the_api(browser, records, name, by):
    headers = {"authorization": f"Bearer {TOKENS[name]}"} if by == "header" else {}
    if by == "cookie":
        browser.more_cookies = [f"sAccessToken={TOKENS[name]}"]

    for guarded in (page, page_with_validators):
        assert browser.call(guarded, "/dashboard", headers=headers).status == 401
    assert browser.call(handlers.auth, "/auth/signout", {}, headers=headers).status in (200, 401)
    answer = browser.call(handlers.auth, "/auth/signin", CREDENTIALS, headers=headers)
    assert (answer.status, answer.json()["status"]) == (200, "WRONG_CREDENTIALS_ERROR")
    assert browser.open(leaving, "/auth/sign-out", method="POST", headers=headers).status == 303
    assert not {"unavailable", "refresh-unavailable"} & {verdict for verdict, _ in records.outcomes}


def test_evidence_that_names_it_breaks_nothing(browser, core):
    expired = {"authorization": f"Bearer {core.expired_session().access_token}"}
    for raw in TOKENS.values():
        named = sha256(raw.encode("utf-8", "replace")).hexdigest()[:32]
        browser.more_cookies = [f"sAccessToken={raw}", f"stRefreshEvidence=refreshed.{int(time.time())}.{named}"]

        for headers in ({}, expired):
            assert browser.open(page, headers=headers).status in (302, 401)


@pytest.mark.parametrize("kid", ODD)
def test_the_sdk_alone_refuses_it_too(toolkit, browser, kid):
    toolkit(VERIFY_WITH_SDK="true")
    browser.more_cookies = [f"sAccessToken={token(HEADER | {'kid': ODD[kid]})}"]

    assert browser.call(page, "/dashboard").status == 401
