"""The keys that sign tokens: dynamic ones that rotate, and a static one."""

import base64
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from supertokens_lambda_local.core.config import KEY_OVERLAP, CoreConfig
from supertokens_lambda_local.core.database import Database
from supertokens_lambda_local.core.tables import Row, Table

_VALIDITY_OVERLAP = 2


@dataclass(frozen=True)
class KeyRow(Row):
    """What is kept of a key; the private key is missing until it is needed, since making one is slow.

    Parameters
    ----------
    kid
        ``d-<milliseconds of its creation>`` for a dynamic key, ``s-<uuid>`` for a static one.
    created_at
        Milliseconds since the epoch.
    pem
        The private key.
    """

    KEY: ClassVar = ("kid",)

    kid: str
    created_at: int
    pem: str | None = field(default=None, repr=False)


class SigningKey:
    """An RSA-2048 key for RS256."""

    def __init__(self, row: KeyRow, table: Table[KeyRow]) -> None:
        self.kid = row.kid
        self.created_at = row.created_at
        self._row = row
        self._table = table

    @cached_property
    def _private(self) -> RSAPrivateKey:
        if self._row.pem is not None:
            loaded = load_pem_private_key(self._row.pem.encode(), None)
            if not isinstance(loaded, RSAPrivateKey):
                raise TypeError("expected an RSA key")
            return loaded
        key = generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._table.put(replace(self._row, pem=pem.decode()))
        return key

    def sign(self, message: bytes) -> bytes:
        """Sign with RSASSA-PKCS1-v1_5 and SHA-256."""
        return self._private.sign(message, PKCS1v15(), SHA256())

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Check whether this key made that signature."""
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
    """All keys of an app, rotated by its clock (SuperTokens core, SigningKeys and AccessTokenSigningKey).

    A dynamic key signs for ``signing_key_interval``. Its successor is published a minute before it takes over, and
    it stays published until no token that it signed can be alive.
    """

    def __init__(self, config: CoreConfig, table: Table[KeyRow] | None = None) -> None:
        self._config = config
        self._table = Database().table("", KeyRow) if table is None else table
        self._interval = config.signing_key_interval * 1000
        self._lifetime = self._interval + _VALIDITY_OVERLAP * config.access_token_validity * 1000
        self._by_kid: dict[str, SigningKey] = {}
        static = next((row for row in self._table if row.kid.startswith("s-")), None)
        self.static = self._key(static or self._add(f"s-{uuid4()}", config.now()))

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
        rows = [row for row in self._table if row.kid.startswith("d-")]
        for row in rows:
            if now > row.created_at + self._lifetime:
                self._table.remove(row.kid)
        rows = [row for row in reversed(rows) if now <= row.created_at + self._lifetime]
        if not rows or now > self._next_key_at(rows[0]):
            rows.insert(0, self._add(f"d-{now}", now))
        return [self._key(row) for row in rows]

    def _key(self, row: KeyRow) -> SigningKey:
        return self._by_kid.setdefault(row.kid, SigningKey(row, self._table))

    def _add(self, kid: str, now: int) -> KeyRow:
        row = KeyRow(kid, now)
        self._table.put(row)
        return row

    def _next_key_at(self, newest: KeyRow | SigningKey) -> int:
        return newest.created_at + self._interval - KEY_OVERLAP * 1000


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
