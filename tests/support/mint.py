"""Access tokens with any content, signed with keys of the tests."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

DYNAMIC, OTHER_DYNAMIC, STATIC, GONE = "d-1700000000000", "d-1700000000001", "s-4c1d", "d-1500000000000"

_HASHES: dict[str, type[HashAlgorithm]] = {"RS256": SHA256, "RS384": SHA384, "RS512": SHA512, "PS256": SHA256}


def base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


class Mint:
    """Makes tokens that say anything.

    Attributes
    ----------
    keys
        By key id; all are published but the one that is `GONE`.
    """

    dynamic, other_dynamic, static, gone = DYNAMIC, OTHER_DYNAMIC, STATIC, GONE

    def __init__(self) -> None:
        self.keys: dict[str, RSAPrivateKey] = {
            kid: generate_private_key(public_exponent=65537, key_size=2048)
            for kid in (DYNAMIC, OTHER_DYNAMIC, STATIC, GONE)
        }
        self._now = int(time.time())
        self._sign = cache(self._signed)

    def jwk(self, kid: str, **more) -> dict[str, str]:
        numbers = self.keys[kid].public_key().public_numbers()
        n, e = (base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
        return {"kty": "RSA", "kid": kid, "n": n, "e": e, "alg": "RS256", "use": "sig"} | more

    def key_set(self, *kids: str) -> bytes:
        return json.dumps({"keys": [self.jwk(kid) for kid in kids or (DYNAMIC, OTHER_DYNAMIC, STATIC)]}).encode()

    def claims(self, **changes) -> dict[str, Any]:
        """Give the claims of a good token, the same ones each time; `...` takes one away."""
        claims = {
            "sub": "user-1",
            "exp": self._now + 7200,
            "iat": self._now - 10,
            "tId": "public",
            "rsub": "recipe-user-1",
            "sessionHandle": "handle-1",
            "refreshTokenHash1": "0" * 64,
            "parentRefreshTokenHash1": None,
            "antiCsrfToken": None,
            "iss": "https://app.example.com/auth",
        } | changes
        return {name: value for name, value in claims.items() if value is not ...}

    def header(self, **changes) -> dict[str, Any]:
        header = {"alg": "RS256", "typ": "JWT", "kid": DYNAMIC, "version": "5"} | changes
        return {name: value for name, value in header.items() if value is not ...}

    def token(
        self,
        claims: dict[str, Any] | None = None,
        *,
        header: dict[str, Any] | None = None,
        key: str | None = None,
        spelled: Callable[[str, str], tuple[str, str]] = lambda header, payload: (header, payload),
        **changes,
    ) -> str:
        """Make a token, signed by the key that its header names unless another one is named.

        `spelled` has the last word on how header and payload are spelled before they are signed.
        """
        header = header or self.header()
        named = header.get("kid")
        claims = self.claims(**changes) if claims is None else claims
        parts = spelled(base64url(_json(header)), base64url(_json(claims)))
        message = ".".join(parts).encode()
        kid = key or (named if isinstance(named, str) and named in self.keys else DYNAMIC)
        alg = header.get("alg")
        signature = self._sign(kid, message, alg if isinstance(alg, str) and alg in _HASHES else "RS256")
        return f"{message.decode()}.{base64url(signature)}"

    def of_version_2(self, **changes) -> str:
        """Make a token from before keys had ids, which only the SDK verifies."""
        claims = {
            "sessionHandle": "handle-1",
            "refreshTokenHash1": "0" * 64,
            "userId": "user-1",
            "userData": {"plan": "basic"},
            "expiryTime": (int(time.time()) + 3600) * 1000,
            "timeCreated": int(time.time()) * 1000,
        } | changes
        header = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsInZlcnNpb24iOiIyIn0="
        return self.token(claims, key=DYNAMIC, spelled=lambda _, payload: (header, payload))

    def _signed(self, kid: str, message: bytes, alg: str) -> bytes:
        hashed = _HASHES[alg]()
        padding = PSS(MGF1(hashed), hashed.digest_size) if alg == "PS256" else PKCS1v15()
        return self.keys[kid].sign(message, padding, hashed)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.fixture(scope="session")
def mint() -> Mint:
    return Mint()
