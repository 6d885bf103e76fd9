import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda_local.core import CoreConfig
from supertokens_lambda_local.core.errors import (
    InputError,
    InvalidJWTError,
    PayloadError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from supertokens_lambda_local.core.passwords import hashed, matches
from supertokens_lambda_local.core.sessions.access_tokens import PROTECTED_PROPS, AccessToken, verified
from supertokens_lambda_local.core.sessions.jwt import JWT, sign
from supertokens_lambda_local.core.sessions.keys import SigningKeys
from supertokens_lambda_local.core.sessions.refresh_tokens import RefreshToken, RefreshTokens

CONTENT = RefreshToken("handle", "user", "parent-hash", "anti-csrf")


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def shared_keys() -> SigningKeys:
    return SigningKeys(CoreConfig())


@pytest.fixture
def access_token(clock) -> AccessToken:
    now = int(clock() * 1000) + 250
    return AccessToken(
        "handle", "primary", "user", "t1", "hash1", None, None, {"iss": "https://api", "r": ["a"]}, now + 60_000, now
    )


class TestAccessTokens:
    def test_header_and_payload_are_those_of_version_5(self, access_token, shared_keys, clock):
        key = shared_keys.signing(use_static_key=False)
        token = access_token.signed(key)
        header, payload, _ = token.token.split(".")
        seconds = int(clock())
        assert json.loads(base64.urlsafe_b64decode(header + "==")) == {
            "alg": "RS256",
            "typ": "JWT",
            "kid": key.kid,
            "version": "5",
        }
        assert json.loads(base64.urlsafe_b64decode(payload + "==")) == {
            "sub": "primary",
            "rsub": "user",
            "tId": "t1",
            "iat": seconds,
            "exp": seconds + 60,
            "sessionHandle": "handle",
            "refreshTokenHash1": "hash1",
            "parentRefreshTokenHash1": None,
            "antiCsrfToken": None,
            "iss": "https://api",
            "r": ["a"],
        }
        assert (token.created_time, token.expiry) == (seconds * 1000, (seconds + 60) * 1000)

    @pytest.mark.parametrize("use_static_key", [False, True])
    def test_a_token_is_read_back_by_its_key(self, access_token, shared_keys, use_static_key):
        token = access_token.signed(shared_keys.signing(use_static_key=use_static_key)).token
        read = verified(token, shared_keys, access_token.created_time)
        assert (read.session_handle, read.user_data) == ("handle", {"iss": "https://api", "r": ["a"]})

    def test_it_lives_up_to_its_last_second(self, access_token, shared_keys):
        token = access_token.signed(shared_keys.static)
        assert verified(token.token, shared_keys, token.expiry).expiry == token.expiry
        with pytest.raises(TryRefreshTokenError, match="Access token expired"):
            verified(token.token, shared_keys, token.expiry + 1)

    def test_a_key_that_is_not_published_is_not_believed(self, access_token, shared_keys, config):
        with pytest.raises(TryRefreshTokenError, match="Key not found"):
            verified(access_token.signed(SigningKeys(config).static).token, shared_keys, 0)

    def test_a_changed_payload_is_not_believed(self, access_token, shared_keys):
        header, _, signature = access_token.signed(shared_keys.static).token.split(".")
        with pytest.raises(TryRefreshTokenError, match="JWT verification failed"):
            verified(f"{header}.{part({'sub': 'another'})}.{signature}", shared_keys, 0)

    @pytest.mark.parametrize("prop", PROTECTED_PROPS)
    def test_each_key_of_the_payload_is_needed_and_reserved(self, access_token, shared_keys, prop):
        payload = JWT.parse(access_token.signed(shared_keys.static).token).payload
        without = sign({name: value for name, value in payload.items() if name != prop}, shared_keys.static)
        with pytest.raises(TryRefreshTokenError, match=f"structure has changed\\? {prop}$"):
            verified(without, shared_keys, 0)
        with pytest.raises(PayloadError):
            AccessToken("h", "u", "u", "public", "h1", None, None, {prop: 1}, 0, 0).signed(shared_keys.static)

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ({"typ": "JWT", "alg": "RS256", "version": "5"}, "Invalid JWT"),
            ({"kid": "d-1", "alg": "RS256", "version": "5"}, "JWT header mismatch - typ"),
            ({"kid": "d-1", "typ": "JWT", "alg": "none", "version": "5"}, "JWT header mismatch - alg"),
            ({"kid": "d-1", "typ": "JWT", "alg": "HS256", "version": "5"}, "JWT header mismatch - alg"),
            ({"kid": "d-1", "typ": "JWT", "alg": "RS256", "version": 5}, "JWT header mismatch - version"),
            ([], "Invalid JWT"),
        ],
    )
    def test_a_header_of_another_kind_is_refused(self, header, message):
        with pytest.raises(InvalidJWTError, match=f"^{message}$"):
            JWT.parse(f"{part(header)}.{part({})}.{part({})}")

    @given(st.text())
    def test_any_text_is_read_or_refused(self, text):
        with pytest.raises(InvalidJWTError):
            JWT.parse(text)

    def test_a_signature_of_other_letters_is_not_the_same_signature(self, access_token, shared_keys):
        token = access_token.signed(shared_keys.static).token
        with pytest.raises(InvalidJWTError):
            JWT.parse(f"{token}!!!!")

    def test_nothing_secret_is_shown(self, access_token, shared_keys):
        token = access_token.signed(shared_keys.static)
        for shown in (token, access_token, JWT.parse(token.token)):
            assert not any(secret in repr(shown) for secret in ("hash1", token.token, "https://api"))


class TestRefreshTokens:
    def test_a_token_is_read_back(self):
        tokens = RefreshTokens()
        assert tokens.open(tokens.seal(CONTENT)) == CONTENT

    @given(st.text(), st.text(), st.none() | st.text())
    def test_each_token_has_all_that_base64_can_hold(self, handle, user_id, parent):
        token = RefreshTokens().seal(RefreshToken(handle, user_id, parent, None))
        sealed, nonce, version = token.split(".")
        assert {"+", "/", "="} <= set(sealed)
        assert (len(nonce), version) == (64, "V2")

    def test_no_two_are_alike(self):
        tokens = RefreshTokens()
        assert tokens.seal(CONTENT) != tokens.seal(CONTENT)

    def test_that_of_another_core_is_refused(self):
        with pytest.raises(UnauthorisedError):
            RefreshTokens().open(RefreshTokens().seal(CONTENT))

    @given(st.text())
    def test_any_other_text_is_refused(self, text):
        tokens = RefreshTokens()
        sealed, nonce, _ = tokens.seal(CONTENT).split(".")
        for token in (text, f"{sealed}.{text}.V2", f"{text}.{nonce}.V2", f"{sealed}.{nonce}.V2{text}."):
            with pytest.raises(UnauthorisedError):
                tokens.open(token)

    def test_only_version_2_is_known(self):
        tokens = RefreshTokens()
        with pytest.raises(UnauthorisedError):
            tokens.open(tokens.seal(CONTENT).removesuffix("V2") + "V1")

    def test_nothing_secret_is_shown(self):
        assert not any(secret in repr(CONTENT) for secret in ("parent-hash", "anti-csrf"))


class TestPasswordHashes:
    def test_only_the_password_matches(self):
        password_hash = hashed("pässword")
        assert matches("pässword", password_hash)
        assert not matches("passwort", password_hash)

    def test_what_follows_72_bytes_does_not_count(self):
        password_hash = hashed("ä" * 36 + "x" * 18)
        assert matches("ä" * 36, password_hash)
        assert not matches("ä" * 35, password_hash)

    def test_each_has_a_salt_of_its_own(self):
        assert hashed("password") != hashed("password")

    def test_an_imported_one_is_refused_in_words(self):
        with pytest.raises(InputError, match="cannot check imported password hashes; run a core"):
            matches("password", "$2b$04$KxVC9V4vlHiqexWGCKsUpOwFmbSACRZHF74CcRwxz8casTVIqwL/C")
