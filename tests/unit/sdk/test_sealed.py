import base64

import pytest

from supertokens_lambda._sdk.sealed import seal, unseal

SECRET = "vc+/token==.nonce.V2"
CONTENT = b'{"access_token": "eyJ"}'


def changes(sealed):
    """Give every text that differs from a sealed one in one bit, in its length, or altogether."""
    octets = base64.b64decode(sealed)
    for place in range(len(octets) * 8):
        changed = bytearray(octets)
        changed[place // 8] ^= 1 << place % 8
        yield base64.b64encode(changed).decode()
    yield base64.b64encode(octets[:-1]).decode()
    yield base64.b64encode(octets + b"x").decode()
    yield from ("", "AAAA", "nonsense!", sealed[:-1], "\N{SNOWMAN}")


def test_it_opens_for_the_holder_of_the_secret():
    assert unseal(seal(CONTENT, SECRET, b"context"), SECRET, b"context") == CONTENT


@pytest.mark.parametrize("secret", ["", "x", "t\ud800", "x" * 16_384])
def test_any_text_is_a_secret(secret):
    assert unseal(seal(CONTENT, secret, b""), secret, b"") == CONTENT


def test_it_shows_neither_secret_nor_content_and_is_never_the_same():
    texts = [seal(CONTENT, SECRET, b"context") for _ in range(100)]

    assert len({*texts}) == 100
    assert len({base64.b64decode(text)[:12] for text in texts}) == 100
    for text in texts:
        octets = base64.b64decode(text)
        assert not any(part in octets for part in (CONTENT[:8], b"context", SECRET.encode()[:8]))


@pytest.mark.parametrize(
    ("secret", "context"),
    [(SECRET + "x", b"context"), ("", b"context"), (SECRET, b"other"), (SECRET, b"")],
    ids=["another secret", "no secret", "another context", "no context"],
)
def test_it_opens_for_nobody_else(secret, context):
    with pytest.raises(ValueError, match="does not open"):
        unseal(seal(CONTENT, SECRET, b"context"), secret, context)


def test_a_change_is_found_out():
    sealed = seal(CONTENT, SECRET, b"context")

    for changed in changes(sealed):
        with pytest.raises(ValueError):  # noqa: PT011 - base64's and ours
            unseal(changed, SECRET, b"context")


def test_the_key_is_the_one_of_the_documents():
    """Open by the building blocks alone what was sealed: HKDF-SHA-256 of RFC 5869 without a salt, AES-256-GCM."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    octets = base64.b64decode(seal(CONTENT, SECRET, b"context"))
    extracted = hmac.digest(bytes(32), SECRET.encode(), hashlib.sha256)
    key = hmac.digest(extracted, b"supertokens-lambda sealed 1" + b"\x01", hashlib.sha256)

    assert AESGCM(key).decrypt(octets[:12], octets[12:], b"context") == CONTENT
    assert key.hex() != hashlib.sha256(SECRET.encode()).hexdigest()
