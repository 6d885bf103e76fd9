"""Password hashes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class PasswordHash:
    """A salted scrypt hash that costs about ten milliseconds and 4 MiB: a development machine asks for no more."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, password: str) -> Self:
        """Hash a password with a salt of its own."""
        salt = secrets.token_bytes(16)
        return cls(salt, _scrypt(password, salt))

    def matches(self, password: str) -> bool:
        """Tell whether this is the hash of that password, in a time that does not depend on the answer."""
        return hmac.compare_digest(self.digest, _scrypt(password, self.salt))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)
