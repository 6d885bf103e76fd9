"""The form of what is kept and how it is encrypted, which deployments of another version read."""

import json

import pytest

from supertokens_lambda._refresh.encryption import decrypt, encrypt
from supertokens_lambda._refresh.tokens import RefreshToken, Tokens, from_record, to_record

TOKENS = Tokens(
    access_token="access",
    front_token="front",
    refresh_token=RefreshToken("refresh", 2, 1),
    anti_csrf_token=None,
    session_handle="handle",
    user_id="user",
    recipe_user_id="recipe-user",
    tenant_id="public",
    payload={"sub": "user", "nested": {"n": 1}},
)
# As version 0.1 wrote it.
KEPT = {
    "at": 1.5,
    "access_token": "access",
    "front_token": "front",
    "refresh_token": {"token": "refresh", "expiry": 2, "createdTime": 1},
    "anti_csrf_token": None,
    "session_handle": "handle",
    "user_id": "user",
    "recipe_user_id": "recipe-user",
    "payload": {"sub": "user", "nested": {"n": 1}},
    "tenant_id": "public",
}


def test_a_record_has_the_same_form_in_every_version():
    assert json.loads(to_record(TOKENS, 1.5)) == KEPT
    assert from_record(json.dumps(KEPT).encode()) == (TOKENS, 1.5)
    assert from_record(json.dumps(KEPT | {"refresh_token": None}).encode())[0].refresh_token is None


@pytest.mark.parametrize("name", KEPT)
def test_a_record_without_a_field_is_malformed(name):
    content = {key: value for key, value in KEPT.items() if key != name}
    with pytest.raises((LookupError, TypeError)):
        from_record(json.dumps(content).encode())


def test_no_token_is_in_a_repr():
    assert not [token for token in ("access", "refresh", "front") if token in repr(TOKENS)]
    assert "refresh-1" not in repr(RefreshToken("refresh-1", 0, 0))


def test_only_the_holder_of_the_token_reads_it():
    encrypted = encrypt(b"content", "token", b"context")

    assert decrypt(encrypted, "token", b"context") == b"content"
    assert encrypted != encrypt(b"content", "token", b"context")
    for token, context in (("another", b"context"), ("token", b"another")):
        with pytest.raises(ValueError, match="cannot decrypt"):
            decrypt(encrypted, token, context)


@pytest.mark.parametrize("changed", ["", "AAAA", "not base64", "ä"])
def test_tampering_is_detected(changed):
    with pytest.raises(ValueError):  # noqa: PT011 - of base64, or of the cipher
        decrypt(changed, "token", b"context")


def test_what_was_encrypted_by_an_earlier_version_is_read():
    # encrypt(b"content", "token", b"context") of version 0.1, with a nonce of zeros.
    assert decrypt(EARLIER, "token", b"context") == b"content"


EARLIER = "AAAAAAAAAAAAAAAA8ghfAWU2QEuL/VvHUS6As+kgYN45T7s="
