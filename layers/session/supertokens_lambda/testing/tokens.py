"""Access tokens for tests, and the key set that verifies them."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256


class SigningKey:
    """A new signing key, which signs access tokens like a core.

    Attributes
    ----------
    kid : str
        The key's id; the prefix ``d-`` marks a dynamic key, which the toolkit expects by default.

    Examples
    --------
    >>> from supertokens_lambda.testing import SigningKey
    >>> key = SigningKey()
    >>> token = key.access_token("ada", plan="pro")
    >>> token.count(".")
    2
    """

    def __init__(self) -> None:
        self._key = generate_private_key(public_exponent=65537, key_size=2048)
        self.kid: str = f"d-{uuid4()}"

    def key_set(self) -> dict[str, Any]:
        """Return the key set (RFC 7517) with the public half of this key, as a core publishes it."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig"}
        return {"keys": [key | {"n": _number(numbers.n), "e": _number(numbers.e)}]}

    def access_token(
        self, user_id: str = "user", *, validity: float = 3600, tenant_id: str = "public", **claims: Any
    ) -> str:
        """Return a signed access token of version 5.

        Parameters
        ----------
        user_id : str
            The user of the session.
        validity : float
            Seconds; with a negative number the token has expired.
        tenant_id : str
            The user's tenant.
        **claims
            Further claims, or replacements.
        """
        now = int(time.time())
        payload = {
            "sub": user_id,
            "rsub": user_id,
            "tId": tenant_id,
            "exp": int(now + validity),
            "iat": now - 3600 if validity < 0 else now,
            "sessionHandle": str(uuid4()),
            "refreshTokenHash1": uuid4().hex,
            "parentRefreshTokenHash1": None,
            "antiCsrfToken": None,
        }
        header = {"alg": "RS256", "kid": self.kid, "typ": "JWT", "version": "5"}
        signed = f"{_encoded(header)}.{_encoded(payload | claims)}"
        return f"{signed}.{_base64(self._key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _encoded(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _number(value: int) -> str:
    return _base64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
