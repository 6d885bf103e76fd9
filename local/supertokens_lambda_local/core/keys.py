"""The keys that sign access tokens: dynamic ones that rotate, and a static one."""

import base64
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from supertokens_lambda_local.core.config import KEY_OVERLAP, CoreConfig

_VALIDITY_OVERLAP = 2


@dataclass(frozen=True)
class SigningKey:
    """An RSA-2048 key for RS256; its numbers are made when they are first needed, since that is slow.

    Parameters
    ----------
    kid
        ``d-<milliseconds of its creation>`` for a dynamic key, ``s-<uuid>`` for a static one.
    created_at
        Milliseconds since the epoch.
    """

    kid: str
    created_at: int

    @cached_property
    def _private(self) -> RSAPrivateKey:
        return generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, message: bytes) -> bytes:
        """Sign with RSASSA-PKCS1-v1_5 and SHA-256."""
        return self._private.sign(message, PKCS1v15(), SHA256())

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether this key made that signature."""
        try:
            self._private.public_key().verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """Return the public half as a JSON Web Key."""
        numbers = self._private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "kid": self.kid,
            "n": _base64url(numbers.n),
            "e": _base64url(numbers.e),
            "alg": "RS256",
            "use": "sig",
        }


class SigningKeys:
    """All keys of the core, rotated by its clock (SuperTokens core, SigningKeys and AccessTokenSigningKey).

    A dynamic key signs for ``signing_key_interval``. Its successor is published a minute before it takes over, and
    it stays published until no token that it signed can be alive.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._interval = config.signing_key_interval * 1000
        self._lifetime = self._interval + _VALIDITY_OVERLAP * config.access_token_validity * 1000
        self._newest_first: list[SigningKey] = []
        self.static = SigningKey(f"s-{uuid4()}", config.now())

    def signing(self, *, use_static_key: bool) -> SigningKey:
        """Return the key that signs now."""
        if use_static_key:
            return self.static
        newest, *older = self._dynamic()
        return older[0] if older and self._config.now() < older[0].created_at + self._interval else newest

    def find(self, kid: str) -> SigningKey | None:
        """Return the published key of that id."""
        return next((key for key in self._published() if key.kid == kid), None)

    def jwks(self) -> list[dict[str, str]]:
        """Return the published keys, dynamic ones first, the newest of them foremost."""
        return [key.jwk() for key in self._published()]

    def cache_seconds(self) -> int:
        """Return for how long the key set stays as it is, in whole seconds, at least one."""
        return max(1, (self._next_key_at(self._dynamic()[0]) - self._config.now()) // 1000)

    def _published(self) -> list[SigningKey]:
        return [*self._dynamic(), self.static]

    def _dynamic(self) -> list[SigningKey]:
        now = self._config.now()
        self._newest_first = [key for key in self._newest_first if now <= key.created_at + self._lifetime]
        if not self._newest_first or now > self._next_key_at(self._newest_first[0]):
            self._newest_first.insert(0, SigningKey(f"d-{now}", now))
        return self._newest_first

    def _next_key_at(self, newest: SigningKey) -> int:
        return newest.created_at + self._interval - KEY_OVERLAP * 1000


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
