import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from supertokens_lambda_local.core import CoreConfig
from supertokens_lambda_local.core.sessions.keys import SigningKey, SigningKeys

WEEK = 168 * 3600


def kids(keys: SigningKeys) -> list[str]:
    return [key["kid"] for key in keys.jwks()]


@pytest.fixture
def no_rsa(monkeypatch):
    """Key sets of the rotation tests are looked at and never used, so their numbers need not be made."""
    monkeypatch.setattr(SigningKey, "jwk", lambda key: {"kid": key.kid})


def test_a_public_key_of_the_set_verifies_what_its_key_signed(keys):
    key = keys.signing(use_static_key=False)
    (jwk,) = (jwk for jwk in keys.jwks() if jwk["kid"] == key.kid)
    assert {name: jwk[name] for name in ("kty", "alg", "use")} == {"kty": "RSA", "alg": "RS256", "use": "sig"}
    e, n = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "==")) for name in "en")
    assert n.bit_length() == 2048
    RSAPublicNumbers(e, n).public_key().verify(key.sign(b"message"), b"message", PKCS1v15(), SHA256())


def test_a_key_verifies_only_its_own_signatures(keys):
    dynamic, static = (keys.signing(use_static_key=flag) for flag in (False, True))
    assert dynamic.verifies(b"message", dynamic.sign(b"message"))
    assert not dynamic.verifies(b"message", static.sign(b"message"))
    assert not dynamic.verifies(b"another", dynamic.sign(b"message"))
    assert not dynamic.verifies(b"message", b"")


def test_keys_are_named_by_their_kind(keys, clock, no_rsa):
    assert keys.signing(use_static_key=False).kid == f"d-{int(clock() * 1000)}"
    assert keys.signing(use_static_key=True).kid.startswith("s-")
    assert keys.find("d-1") is None
    for kid in kids(keys):
        assert keys.find(kid).kid == kid


@pytest.mark.usefixtures("no_rsa")
def test_the_next_key_is_published_a_minute_before_it_signs(keys, clock):
    first = keys.signing(use_static_key=False)
    clock.move(WEEK - 60)
    assert kids(keys) == [first.kid, keys.static.kid]
    clock.move(1)
    assert len(kids(keys)) == 3
    assert keys.signing(use_static_key=False) == first
    clock.move(58)
    assert keys.signing(use_static_key=False) == first
    clock.move(1)
    assert keys.signing(use_static_key=False).kid == kids(keys)[0] != first.kid


@pytest.mark.usefixtures("no_rsa")
def test_a_key_stays_published_while_a_token_of_its_may_live(keys, clock):
    first = keys.signing(use_static_key=False)
    clock.move(WEEK + 2 * 3600)
    assert keys.find(first.kid) == first
    clock.move(1)
    assert keys.find(first.kid) is None
    assert keys.find(keys.static.kid) == keys.static


@pytest.mark.usefixtures("no_rsa")
def test_a_key_that_was_idle_past_its_time_is_replaced_at_once(keys, clock):
    first = keys.signing(use_static_key=False)
    clock.move(WEEK + 1)
    assert keys.signing(use_static_key=False) != first


@pytest.mark.usefixtures("no_rsa")
def test_the_key_set_may_be_cached_until_the_next_key(keys, clock):
    assert keys.cache_seconds() == WEEK - 60
    clock.move(WEEK - 61)
    assert keys.cache_seconds() == 1
    clock.move(1)
    assert keys.cache_seconds() == 1
    clock.move(1)
    assert keys.cache_seconds() == WEEK - 60


@pytest.mark.parametrize(
    ("setting", "shortest"), [("access_token_validity", 1), ("refresh_token_validity", 1), ("signing_key_interval", 61)]
)
def test_a_duration_that_is_too_short_is_named(setting, shortest):
    CoreConfig(**{setting: shortest})
    with pytest.raises(ValueError, match=f"^{setting} must be at least {shortest} seconds$"):
        CoreConfig(**{setting: shortest - 1})


def test_api_keys_are_not_shown():
    assert "hidden" not in repr(CoreConfig(api_keys=("hidden",)))
