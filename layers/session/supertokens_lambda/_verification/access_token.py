"""Parsing of access tokens, and checks of their structure and registered claims.

The rules are those of supertokens-python 0.31 (`recipe/session/jwt.py`, `recipe/session/access_token.py`). For
registered claims (RFC 7519 section 4.1) they are those of PyJWT, which the SDK uses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._http.json_text import parse_json
from supertokens_lambda._verification import base64url
from supertokens_lambda._verification.verdict import Reason

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

CLOCK_SKEW = 60  # seconds that the clock of the token's issuer may be ahead of this one

_NUMBER = (int, float)


class NotATokenError(SuperTokensLambdaError, ValueError):
    """The string is not an access token of SuperTokens, which ignores it as if it had not been sent."""


class AccessToken:
    """A token with the structure of SuperTokens' access tokens; its signature is not checked yet.

    Attributes
    ----------
    raw : str
        The encoded token.
    header : Header
        Shared by all tokens of one key. In a token of version 2 it has no meaning.
    claims : dict
        The claims, as JSON values.
    verified : tuple of (RSAPublicKey or None, float, float)
        The key that verified the signature, and when the claims become valid and expire, in seconds since 1970.
    """

    __slots__ = ("_is_canonical", "claims", "header", "raw", "verified")

    def __init__(self, raw: str) -> None:
        """Parse a token.

        Raises
        ------
        NotATokenError
            SuperTokens would not recognise the token.
        """
        self.raw: str = raw
        try:
            header, _, rest = raw.partition(".")
            payload, dot, signature = rest.partition(".")
            if not dot or "." in signature:
                raise NotATokenError("a token has three parts")
            self.header: Header = _header(header)
            decoded = base64url.decode(payload)
            self._is_canonical = self.header.is_canonical and base64url.is_canonical(payload, decoded)
            self.claims: dict[str, Any] = parse_json(decoded.decode())
            if not _has_structure(self.claims, self.header.version):
                raise NotATokenError("not the claims of an access token")
            self.verified: tuple[RSAPublicKey | None, float, float] = None, 0, 0
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise NotATokenError("not an access token") from error

    @property
    def signed_part(self) -> bytes:
        """The bytes that are signed (RFC 7515 section 5.2)."""
        return self.raw.rpartition(".")[0].encode()

    @property
    def signature(self) -> bytes:
        """The signature; empty, and so never valid, if a part of the token is not in canonical base64url."""
        signature = self.raw.rpartition(".")[2]
        try:
            decoded = base64url.decode(signature)
        except ValueError:
            return b""
        return decoded if self._is_canonical and base64url.is_canonical(signature, decoded) else b""

    def text(self, claim: str) -> str | None:
        """Return a claim that SuperTokens reads as text; None if it is not text."""
        value = self.claims.get(claim)
        return value.strip() if isinstance(value, str) else None

    def __repr__(self) -> str:
        return f"AccessToken(version={self.header.version})"


def lifetime_or_refusal(claims: dict[str, Any], now: float) -> tuple[int, int] | Reason:
    """Return the lifetime of a token, or why its registered claims are invalid; check its signature first.

    Parameters
    ----------
    claims : dict
        The claims of the token (RFC 7519 section 4.1).
    now : float
        Seconds since 1970.

    Returns
    -------
    tuple of (int, int) or Reason
        When the claims become valid and when they expire, in seconds since 1970; the reason if they are invalid now.
    """
    try:
        begins, ends = int(claims["iat"]) - CLOCK_SKEW, int(claims["exp"])
        if "nbf" in claims:
            begins = max(begins, int(claims["nbf"]))
    except (ValueError, TypeError, OverflowError):
        return Reason.TOKEN_REFUSED
    if now < begins:
        return Reason.TOKEN_NOT_YET_VALID
    if ends <= now:
        return Reason.TOKEN_EXPIRED
    # SuperTokens expects no audience, so a token with an audience is meant for another service.
    meant_for_others = bool(claims.get("aud")) or not isinstance(claims.get("jti", ""), str)
    return Reason.TOKEN_REFUSED if meant_for_others else (begins, ends)


class Header:
    """The header of an access token, which describes its signature (RFC 7515 section 4).

    Attributes
    ----------
    version : int
        The version of the token's structure, from 2 on.
    kid : str
        The id of the signing key; empty, which matches no key, if it is not text.
    is_plain_rs256 : bool
        Whether the token is signed with RS256, without an extension that changes the meaning of the signature. The only
        known critical extension (RFC 7515 section 4.1.11) is ``b64`` (RFC 7797).
    is_canonical : bool
        Whether it is in canonical base64url.
    """

    __slots__ = ("is_canonical", "is_plain_rs256", "kid", "version")

    def __init__(self, segment: str) -> None:
        decoded = base64url.decode(segment)
        said = parse_json(decoded.decode())
        has_no_key_id = segment == _VERSION_2_HEADER
        self.version: int = int(said.get("version", "3"))
        kid = said.get("kid")
        if not has_no_key_id and (said["typ"] != "JWT" or self.version < 3 or kid is None):
            raise NotATokenError("not the header of an access token")
        self.kid: str = kid if isinstance(kid, str) else ""
        critical = said.get("crit", ["b64"])
        known = isinstance(critical, list) and critical and all(name == "b64" for name in critical)
        named = "crit" not in said or "b64" in said
        self.is_plain_rs256: bool = bool(
            said.get("alg") == "RS256" and known and named and said.get("b64") is not False
        )
        self.is_canonical: bool = base64url.is_canonical(segment, decoded)


_header = lru_cache(maxsize=16)(Header)

# The header of all tokens before keys had an id: {"alg":"RS256","typ":"JWT","version":"2"}
_VERSION_2_HEADER = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsInZlcnNpb24iOiIyIn0="

_TEXTS = {
    2: ("sessionHandle", "refreshTokenHash1", "userId"),
    3: ("sessionHandle", "refreshTokenHash1", "sub"),
    4: ("sessionHandle", "refreshTokenHash1", "sub", "tId"),
    5: ("sessionHandle", "refreshTokenHash1", "sub", "tId", "rsub"),
}


def _has_structure(claims: dict[str, Any], version: int) -> bool:
    if "stt" in claims and (isinstance(claims["stt"], bool) or claims["stt"] != 0):
        return False
    if version == 2 and claims.get("userData") is None:
        return False
    for name in _TEXTS[min(version, 5)]:
        if not isinstance(claims.get(name), str):
            return False
    first, second = ("expiryTime", "timeCreated") if version == 2 else ("exp", "iat")
    return isinstance(claims.get(first), _NUMBER) and isinstance(claims.get(second), _NUMBER)
