"""Encryption of a record, so that only the holder of the refresh token can read it.

The key is derived from the token by HKDF (RFC 5869), and the content is encrypted by AES-256-GCM (NIST SP 800-38D).
Without the token the record cannot be read, and tampering is detected. The token must be long and random, since HKDF
does not slow down guessing.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12  # SP 800-38D, section 8.2.2: random, for far fewer than 2^32 texts under one key


def encrypt(content: bytes, token: str, context: bytes) -> str:
    """Return the content encrypted with a key that is derived from a token.

    Parameters
    ----------
    content : bytes
        The content.
    token : str
        The secret.
    context : bytes
        Decryption must be given the same context; it is not stored.

    Returns
    -------
    str
        Base64.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return b64encode(nonce + _cipher(token).encrypt(nonce, content, context)).decode()


def decrypt(encrypted: str, token: str, context: bytes) -> bytes:
    """Return the content that was passed to `encrypt`.

    Raises
    ------
    ValueError
        The token or the context is not the same, or the text was changed.
    """
    octets = b64decode(encrypted, validate=True)
    try:
        return _cipher(token).decrypt(octets[:_NONCE_BYTES], octets[_NONCE_BYTES:], context)
    except InvalidTag:
        raise ValueError("cannot decrypt: wrong token or context, or the record was changed") from None


def _cipher(token: str) -> AESGCM:
    # Without a salt: the token is as random as a key (RFC 5869, section 3.1).
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"supertokens-lambda sealed 1")
    return AESGCM(derivation.derive(token.encode("utf-8", "surrogatepass")))
