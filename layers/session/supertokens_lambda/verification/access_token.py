"""An access token taken apart: what it has to look like, and what it says.

The rules are those of supertokens-python 0.31 (`recipe/session/jwt.py`, `recipe/session/access_token.py`) and, for the
claims that every JWT may have, of PyJWT (RFC 7519 section 4.1), which decides for it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any

from supertokens_lambda.verification.verdict import Reason

CLOCK_SKEW = 60  # seconds that the clock which issued a token may be ahead of this one

_NUMBER = (int, float)


class NotATokenError(ValueError):
    """A string that is no access token of SuperTokens'; SuperTokens passes over it as if it had not been sent."""


class AccessToken:
    """A token that has the structure of SuperTokens' access tokens, its signature not yet checked.

    Attributes
    ----------
    raw : str
        The token itself.
    version : int
        Of the token's structure, 2 to 5.
    header, claims : dict
        As JSON spells them. A token of version 2 has a header of no meaning.
    """

    __slots__ = ("claims", "header", "raw", "version")

    header: dict[str, Any]
    version: int

    def __init__(self, raw: str) -> None:
        """Take a token apart.

        Raises
        ------
        NotATokenError
            For anything that SuperTokens does not recognise as its own.
        """
        self.raw: str = raw
        try:
            header, payload, _ = raw.split(".")
            self.header, self.version = _header(header)
            self.claims: dict[str, Any] = json.loads(_decoded(payload).decode())
            if not _has_structure(self.claims, self.version):
                raise NotATokenError("not the claims of an access token")
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise NotATokenError("not an access token") from error

    @property
    def kid(self) -> str:
        """The id of the key that signed it (RFC 7515 section 4.1.4)."""
        return str(self.header["kid"])

    @property
    def signed_part(self) -> bytes:
        """What the signature is over (RFC 7515 section 5.2)."""
        return self.raw.rpartition(".")[0].encode()

    @property
    def signature(self) -> bytes:
        """The signature's bytes; empty, and so never good, where any part is spelled in a way that is not canonical."""
        try:
            return [_canonical(segment) for segment in self.raw.split(".")][2]
        except ValueError:
            return b""

    @property
    def is_plain_rs256(self) -> bool:
        """Whether it is signed as SuperTokens signs, with no extension that changes what the signature means.

        Of those that a header can name as critical (RFC 7515 section 4.1.11) one is known, ``b64`` (RFC 7797).
        """
        critical = self.header.get("crit", ["b64"])
        known = isinstance(critical, list) and critical and all(name == "b64" for name in critical)
        named = "crit" not in self.header or "b64" in self.header
        return bool(self.header.get("alg") == "RS256" and known and named and self.header.get("b64") is not False)

    def text(self, claim: str) -> str | None:
        """Give a claim that SuperTokens reads as text; None for anything else."""
        value = self.claims.get(claim)
        return value.strip() if isinstance(value, str) else None

    def __repr__(self) -> str:
        return f"AccessToken(version={self.version})"


def claims_refusal(claims: dict[str, Any], now: float) -> Reason | None:
    """Tell what is wrong about a token's registered claims (RFC 7519 section 4.1), its signature being good.

    Parameters
    ----------
    claims : dict
        Of the token.
    now : float
        Seconds since 1970.

    Returns
    -------
    Reason or None
        None where nothing is.
    """
    try:
        early = int(claims["iat"]) > now + CLOCK_SKEW or ("nbf" in claims and int(claims["nbf"]) > now)
        expired = int(claims["exp"]) <= now or claims["exp"] < now
    except (ValueError, TypeError, OverflowError):
        return Reason.TOKEN_REFUSED
    if early:
        return Reason.TOKEN_REFUSED
    if expired:
        return Reason.TOKEN_EXPIRED
    # SuperTokens expects no audience, so a token that is meant for one is not meant for this.
    meant_for_others = bool(claims.get("aud")) or not isinstance(claims.get("jti", ""), str)
    return Reason.TOKEN_REFUSED if meant_for_others else None


def _decoded(segment: str) -> bytes:
    # Surplus padding is passed over, a lack of it is an error.
    return urlsafe_b64decode(segment.encode() + b"==")


def _canonical(segment: str) -> bytes:
    """Decode base64url in its one canonical spelling, padded or not (RFC 7515 section 2, RFC 4648 section 3.5).

    Raises
    ------
    ValueError
        It is spelled in another way.
    """
    stripped = segment.rstrip("=")
    padding = len(segment) - len(stripped)
    decoded = _decoded(stripped)
    if padding > 2 or (padding and len(segment) % 4) or urlsafe_b64encode(decoded).rstrip(b"=") != stripped.encode():
        raise ValueError("not in canonical base64url")
    return decoded


@lru_cache(maxsize=16)
def _header(segment: str) -> tuple[dict[str, Any], int]:
    """Read a header and the version that it says; the tokens of one key have one header."""
    header: dict[str, Any] = json.loads(_decoded(segment).decode())
    if segment == _VERSION_2_HEADER:
        return header, 2
    version = int(header.get("version", "3"))
    if header["typ"] != "JWT" or version < 3 or header.get("kid") is None:
        raise NotATokenError("not the header of an access token")
    return header, version


# What SuperTokens put in front of every token until it gave keys an id: {"alg":"RS256","typ":"JWT","version":"2"}
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
