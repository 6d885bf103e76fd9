import os

import pytest
from tests.support.event_sources import EVENT_SOURCES

from supertokens_lambda import verify_session
from supertokens_lambda._runtime import current, swap
from supertokens_lambda.claims import EmailVerificationClaim, MultiFactorAuthClaim, UserRoleClaim
from supertokens_lambda.testing import SigningKey, core_sessions, sessions


@pytest.fixture(autouse=True)
def _no_runtime():
    """Set aside the runtime that another module's tests have left."""
    before = swap(None)
    yield
    swap(before)


@pytest.fixture
def supertokens():
    with sessions() as made:
        yield made


def own(event, context, session):
    return {"statusCode": 200, "headers": {}, "body": f"{session.get_user_id()} of {session.get_tenant_id()}"}


page = verify_session()(own)


@pytest.mark.parametrize("name", EVENT_SOURCES)
def test_a_visitor_is_signed_in_at_every_event_source(supertokens, name):
    event_source = EVENT_SOURCES[name].event_source
    cookies = supertokens.cookies("ada", tId="mathematicians")

    event = supertokens.event("/dashboard", cookies=[*cookies, "theme=dark"], event_source=event_source)

    assert event_source.seen(page(event, None)).body == b"ada of mathematicians"


def test_a_token_of_another_key_opens_nothing(supertokens):
    other = SigningKey()
    unknown = page(supertokens.event("/", cookies=[f"sAccessToken={other.access_token()}"]), None)
    other.kid = supertokens.key.kid
    forged = page(supertokens.event("/", cookies=[f"sAccessToken={other.access_token()}"]), None)

    # An unknown key might be a new one, which only the core could say.
    assert (unknown["statusCode"], forged["statusCode"]) == (503, 302)


def test_a_core_is_out_of_reach(supertokens):
    asking = verify_session(check_database=True)(own)

    assert asking(supertokens.event("/", cookies=supertokens.cookies()), None)["statusCode"] == 503


def test_settings_are_taken_back(monkeypatch):
    monkeypatch.setenv("SUPERTOKENS_API_DOMAIN", "https://before.example.com")
    monkeypatch.setenv("SUPERTOKENS_WEBSITE_DOMAIN", "https://before.example.com")
    monkeypatch.setenv("SUPERTOKENS_CONNECTION_URI", "https://core.example.com")
    monkeypatch.delenv("SUPERTOKENS_JWKS_FILE", raising=False)

    with sessions(SUPERTOKENS_REFRESH_PATH="/again") as supertokens:
        assert page(supertokens.event("/"), None)["headers"]["location"].startswith("/again?")

    assert os.environ["SUPERTOKENS_API_DOMAIN"] == "https://before.example.com"
    assert "SUPERTOKENS_JWKS_FILE" not in os.environ
    assert current().settings.api_domain == "https://before.example.com"


@pytest.mark.parametrize("kind", [sessions, core_sessions])
def test_there_are_none_in_lambda(kind, monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")

    with pytest.raises(RuntimeError, match="for tests"), kind():
        pass


VALIDATORS = {
    UserRoleClaim: (UserRoleClaim.validators.includes("admin"), ["admin"], ["editor"]),
    EmailVerificationClaim: (EmailVerificationClaim.validators.is_verified(), True, False),
    MultiFactorAuthClaim: (
        MultiFactorAuthClaim.validators.has_completed_mfa_requirements_for_auth(),
        True,
        False,
    ),
}


@pytest.mark.parametrize("claim", VALIDATORS, ids=lambda claim: claim.key)
def test_a_claim_opens_a_page(supertokens, claim):
    validator, enough, too_little = VALIDATORS[claim]
    guarded = verify_session(override_global_claim_validators=lambda *_: [validator], on_failure="status")(own)

    def status(value):
        cookies = supertokens.cookies("ada", claims={claim: value}, plan="pro")
        return guarded(supertokens.event("/", cookies=cookies), None)["statusCode"]

    assert (status(enough), status(too_little)) == (200, 403)


def test_bodies_may_be_text(supertokens):
    def echo(event, context, session):
        return {"statusCode": 200, "headers": {}, "body": event["body"]}

    headers = {"content-type": "text/plain", "sec-fetch-dest": "empty"}
    event = supertokens.event("/", method="POST", body="naïve", headers=headers, cookies=supertokens.cookies())
    assert supertokens.seen(verify_session(anti_csrf_check=False)(echo)(event, None)).text == "naïve"


@verify_session(check_database=True)
async def end(event, context, session):
    await session.sdk().revoke_session()
    return {"statusCode": 200, "headers": {}, "body": "ended"}


def test_a_handler_ends_a_session_of_the_core(started_toolkit):
    started_toolkit.stop()
    # The SDK would keep the first core.
    for email in ("ada@example.com", "grace@example.com"):
        with core_sessions() as supertokens:
            event = supertokens.event("/", cookies=supertokens.cookies(supertokens.user(email)))

            assert supertokens.seen(end(event, None)).text == "ended"
            assert end(event, None)["statusCode"] == 302


def test_an_address_belongs_to_one_user(started_toolkit):
    started_toolkit.stop()
    with core_sessions() as supertokens:
        supertokens.user("ada@example.com")

        with pytest.raises(ValueError, match="already"):
            supertokens.user("ada@example.com")
