"""Refresh tokens: opaque to all but the core, which keeps in them what it needs to know."""

import base64
import json
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from supertokens_lambda_local.core.errors import UnauthorisedError

_IV_BYTES = 12


@dataclass(frozen=True)
class RefreshToken:
    """What a refresh token says to the core."""

    session_handle: str
    user_id: str
    parent_refresh_token_hash1: str | None = field(repr=False)
    anti_csrf_token: str | None = field(repr=False)


class RefreshTokens:
    """Seals and opens refresh tokens: ``<base64>.<nonce>.V2``, the form of SuperTokens core."""

    def __init__(self, key: bytes | None = None) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(bit_length=256) if key is None else key)

    def seal(self, content: RefreshToken) -> str:
        """Return a new token, which is unique."""
        nonce = secrets.token_hex(32)
        plaintext = json.dumps({**vars(content), "nonce": nonce}).encode()
        # Each token has all of "+/=", so that a client that mangles one of them fails at once and not once in a while.
        plaintext += b" " * (len(plaintext) % 3 == 2)
        while True:
            iv = secrets.token_bytes(_IV_BYTES)
            sealed = base64.b64encode(iv + self._cipher.encrypt(iv, plaintext, None)).decode()
            if {"+", "/", "="} <= set(sealed):
                return f"{sealed}.{nonce}.V2"

    def open(self, token: str) -> RefreshToken:
        """Read a token.

        Raises
        ------
        UnauthorisedError
            This core did not make it, or it has been changed.
        """
        try:
            sealed, nonce, version = token.split(".")
            octets = base64.b64decode(sealed, validate=True)
            content = json.loads(self._cipher.decrypt(octets[:_IV_BYTES], octets[_IV_BYTES:], None))
        except InvalidTag:
            raise UnauthorisedError("javax.crypto.AEADBadTagException: Tag mismatch") from None
        except ValueError:
            raise UnauthorisedError("Invalid refresh token") from None
        if content.pop("nonce") != nonce or version != "V2":
            raise UnauthorisedError("Invalid refresh token")
        return RefreshToken(**content)
