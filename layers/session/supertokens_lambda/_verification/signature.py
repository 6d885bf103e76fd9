"""RS256 signatures (RFC 7518 section 3.3), the only ones accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from supertokens_lambda._verification.access_token import AccessToken

_PADDING, _HASH = PKCS1v15(), SHA256()


def is_signed(token: AccessToken, key: RSAPublicKey) -> bool:
    """Check whether a token was signed with the private half of a key."""
    if not token.header.is_plain_rs256:
        return False
    try:
        key.verify(token.signature, token.signed_part, _PADDING, _HASH)
    except InvalidSignature:
        return False
    return True
