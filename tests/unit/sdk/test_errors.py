import json

import jwt
import pytest
from supertokens_python.exceptions import GeneralError
from supertokens_python.recipe.session.exceptions import (
    ClaimValidationError,
    InvalidClaimsError,
    TokenTheftError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from supertokens_python.types import RecipeUserId

from supertokens_lambda._event_loop import run
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.errors import refusal_of
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse


@pytest.fixture
def refusal(browser):
    current().sdk.start()

    def give(error, response=None, **more):
        return run(refusal_of(error, SdkCall(browser.request("/dashboard", **more)), response or SdkResponse()))

    return give


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("Access token expired", "token-expired"),
        (Exception("Access token expired"), "token-expired"),
        (jwt.ExpiredSignatureError("Signature has expired"), "token-expired"),
        (jwt.InvalidSignatureError("Signature verification failed"), "token-refused"),
        (jwt.ImmatureSignatureError("The token is not yet valid (iat)"), "token-not-yet-valid"),
        (Exception("No matching JWKS found"), "key-unknown"),
        (Exception("Could not decode the token"), "token-refused"),
        ("The access token doesn't match the use_dynamic_access_token_signing_key setting", "key-kind-mismatch"),
        ("Multiple access tokens present in the request cookies.", "duplicate-cookies"),
        ("using legacy session, please call the refresh API", "legacy-session"),
        ("anti-csrf check failed", "anti-csrf-failed"),
        ("Provided antiCsrfToken is undefined.", "anti-csrf-failed"),
        ("Key not found", "core-asks-for-refresh"),
    ],
)
def test_a_token_to_be_refreshed_has_the_reason_of_the_sdks_message(refusal, cause, reason):
    found = refusal(TryRefreshTokenError(cause))

    assert (found.name, found.reason) == ("try-refresh", reason)


def test_a_token_to_be_refreshed_may_have_no_reason(refusal):
    assert refusal(TryRefreshTokenError()).reason == "core-asks-for-refresh"


@pytest.mark.parametrize(
    "error", [UnauthorisedError("x"), TokenTheftError("user", RecipeUserId("user"), "a-session")], ids=["over", "theft"]
)
def test_a_session_that_is_over_is_cleared(refusal, error):
    response = SdkResponse()

    found = refusal(error, response)

    assert (found.name, found.reason) == ("unauthorised", "session-ended")
    assert {cookie.partition("=")[0] for cookie in found.additions.cookies} >= {"sAccessToken", "sRefreshToken"}
    assert dict(found.additions.headers)["front-token"] == "remove"


@pytest.mark.parametrize(
    ("more", "reason"),
    [({}, "token-missing"), ({"headers": {"authorization": "Basic x"}}, "not-a-token")],
)
def test_a_request_without_a_session_is_told_from_one_with_nonsense(refusal, more, reason):
    found = refusal(UnauthorisedError("x", clear_tokens=False), **more)

    assert (found.name, found.reason) == ("unauthorised", reason)
    assert not found.additions


def test_claims_that_do_not_hold_are_said_in_the_sdks_words(refusal):
    found = refusal(InvalidClaimsError("x", [ClaimValidationError("role", {"message": "wrong"})]))

    assert (found.name, found.reason) == ("invalid-claims", "claims-invalid")
    assert json.loads(json.dumps(found.body)) == {
        "message": "invalid claim",
        "claimValidationErrors": [{"id": "role", "reason": {"message": "wrong"}}],
    }


@pytest.mark.parametrize("error", [ValueError("a secret"), GeneralError("a secret"), TimeoutError()])
def test_what_the_sdk_has_no_answer_to_is_a_fault(refusal, records, error):
    found = refusal(error)

    assert (found.name, found.reason) == ("unavailable", "core-unreachable")
    (record,) = [record for record in records.all if record.name == "supertokens_lambda"]
    assert type(error).__qualname__ in record.getMessage()
    assert "secret" not in f"{record.getMessage()}{vars(record)}"
