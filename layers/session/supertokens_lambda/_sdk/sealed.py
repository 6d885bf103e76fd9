"""What is kept for the holder of a secret, and says nothing to anyone else.

The key is derived from the secret by HKDF (RFC 5869) and the content encrypted by AES-256-GCM (NIST SP 800-38D), so
that who reads a sealed text learns nothing, and who changes one is found out. The secret has to be one that nobody can
guess: HKDF does not slow a guess down.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12  # SP 800-38D, section 8.2.2: random, for far fewer than 2^32 texts under one key


def seal(content: bytes, secret: str, context: bytes) -> str:
    """Seal a content.

    Parameters
    ----------
    content : bytes
        What to keep.
    secret : str
        Opens it again.
    context : bytes
        Has to be the same when it is opened; it is not kept.

    Returns
    -------
    str
        Base64.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return b64encode(nonce + _cipher(secret).encrypt(nonce, content, context)).decode()


def unseal(sealed: str, secret: str, context: bytes) -> bytes:
    """Open what `seal` made.

    Raises
    ------
    ValueError
        It was changed, or sealed with another secret or for another context.
    """
    octets = b64decode(sealed, validate=True)
    try:
        return _cipher(secret).decrypt(octets[:_NONCE_BYTES], octets[_NONCE_BYTES:], context)
    except InvalidTag:
        raise ValueError("it does not open") from None


def _cipher(secret: str) -> AESGCM:
    # Without a salt: the secret is as random as a key (RFC 5869, section 3.1).
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"supertokens-lambda sealed 1")
    return AESGCM(derivation.derive(secret.encode("utf-8", "surrogatepass")))
