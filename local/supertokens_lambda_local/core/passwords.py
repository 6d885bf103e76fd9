"""Password hashes."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from supertokens_lambda_local.core.errors import InputError

_SIGNIFICANT_BYTES: Final = 72
FORMATS: Final = {
    "bcrypt": re.compile(r"\$2[abxy]?\$\d{2}\$[./A-Za-z0-9]{53}"),
    "argon2": re.compile(r"\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[^$]+\$[^$]+"),
    "firebase_scrypt": re.compile(r"\$f_scrypt\$[^$]+\$[^$]+\$m=\d+\$r=\d+\$s=[^$]+"),
}
"""Formats of hashes that may be imported, by the names of their algorithms."""


def hashed(password: str) -> str:
    """Return a salted scrypt hash of the first 72 bytes, which are all that bcrypt sees in a genuine core.

    It costs about ten milliseconds and 4 MiB: a development machine asks for no more.
    """
    salt = secrets.token_bytes(16)
    return f"{_text(salt)} {_text(_scrypt(password, salt))}"


def matches(password: str, password_hash: str) -> bool:
    """Check whether a hash is that of a password, in a time that does not depend on the result.

    Raises
    ------
    InputError
        The hash was imported.
    """
    if password_hash.startswith("$"):
        raise InputError("the core in memory cannot check imported password hashes; run a core")
    salt, digest = map(base64.b64decode, password_hash.split())
    return hmac.compare_digest(digest, _scrypt(password, salt))


def has_format(password_hash: str, algorithm: str | None) -> bool:
    """Check whether a hash has the format of an algorithm, or of any."""
    formats = FORMATS.values() if algorithm is None else [FORMATS[algorithm]]
    return any(format_.fullmatch(password_hash) for format_ in formats)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode()[:_SIGNIFICANT_BYTES], salt=salt, n=2**12, r=8, p=1)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
