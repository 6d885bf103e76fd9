"""JSON Web Tokens, signed with RS256; access tokens are marked as those of version 5."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from supertokens_lambda_local.core.errors import InvalidJWTError
from supertokens_lambda_local.core.json_text import read_json
from supertokens_lambda_local.core.sessions.keys import SigningKey

JsonObject: TypeAlias = dict[str, Any]

_VERSION = "5"


@dataclass(frozen=True)
class JWT:
    """A JWT that has been taken apart and not been verified."""

    kid: str
    payload: JsonObject = field(repr=False)
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, token: str) -> Self:
        """Parse a token.

        Raises
        ------
        InvalidJWTError
            It is not an RS256 JWT of version 5 with a key id.
        """
        try:
            message, signature = token.rsplit(".", 1)
            header, payload = (_decode(part) for part in message.split("."))
            parsed = cls(header["kid"], payload, message.encode(), _octets(signature))
        except (KeyError, ValueError):
            raise InvalidJWTError("Invalid JWT") from None
        for name, expected in (("typ", "JWT"), ("alg", "RS256"), ("version", _VERSION)):
            if header.get(name) != expected:
                raise InvalidJWTError(f"JWT header mismatch - {name}")
        return parsed


def sign(payload: JsonObject, key: SigningKey, *, is_access_token: bool = True) -> str:
    """Build a token."""
    header = {"alg": "RS256", "typ": "JWT", "kid": key.kid}
    if is_access_token:
        header["version"] = _VERSION
    message = f"{_encode(header)}.{_encode(payload)}"
    return f"{message}.{_base64url(key.sign(message.encode()))}"


def _encode(value: JsonObject) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _decode(text: str) -> JsonObject:
    value = read_json(_octets(text).decode())
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - to its caller all malformed text is a ValueError
    return value


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
