"""Access tokens: what they say, and when they are to be believed."""

from dataclasses import dataclass, field
from typing import Final, Self

from supertokens_lambda_local.core.errors import InvalidJWTError, PayloadError, TryRefreshTokenError
from supertokens_lambda_local.core.sessions.jwt import JWT, JsonObject, sign
from supertokens_lambda_local.core.sessions.keys import SigningKey, SigningKeys

PROTECTED_PROPS: Final = (
    "sub",
    "exp",
    "iat",
    "sessionHandle",
    "refreshTokenHash1",
    "parentRefreshTokenHash1",
    "antiCsrfToken",
    "tId",
    "rsub",
)
"""The payload's own keys, all present in every access token of version 5 (SuperTokens core, AccessToken)."""


@dataclass(frozen=True)
class TokenInfo:
    """A token as its holder gets it; both times are milliseconds since the epoch."""

    token: str = field(repr=False)
    expiry: int
    created_time: int


@dataclass(frozen=True)
class AccessToken:
    """The payload of an access token of version 5 (SuperTokens core, CDI 4.0 and later).

    Parameters
    ----------
    session_handle, user_id, recipe_user_id, tenant_id
        Whose token it is, and at which tenant.
    refresh_token_hash1
        SHA-256 of the refresh token that was given out with it.
    parent_refresh_token_hash1
        SHA-256 of the refresh token that was spent for it; None once the core has seen its child in use.
    anti_csrf_token
        To be sent with each request, where that protection is on.
    user_data
        The keys that the user put into the payload.
    expiry, created_time
        Milliseconds since the epoch; the JWT keeps whole seconds.
    """

    session_handle: str
    user_id: str
    recipe_user_id: str
    tenant_id: str
    refresh_token_hash1: str = field(repr=False)
    parent_refresh_token_hash1: str | None = field(repr=False)
    anti_csrf_token: str | None = field(repr=False)
    user_data: JsonObject = field(repr=False)
    expiry: int
    created_time: int

    def signed(self, key: SigningKey) -> TokenInfo:
        """Return the JWT.

        Raises
        ------
        PayloadError
            The user's data has one of the payload's own keys.
        """
        reject_protected_props(self.user_data)
        payload = {
            "sub": self.user_id,
            "exp": self.expiry // 1000,
            "iat": self.created_time // 1000,
            "tId": self.tenant_id,
            "rsub": self.recipe_user_id,
            "sessionHandle": self.session_handle,
            "refreshTokenHash1": self.refresh_token_hash1,
            "parentRefreshTokenHash1": self.parent_refresh_token_hash1,
            "antiCsrfToken": self.anti_csrf_token,
            **self.user_data,
        }
        return TokenInfo(sign(payload, key), payload["exp"] * 1000, payload["iat"] * 1000)

    @classmethod
    def from_payload(cls, payload: JsonObject) -> Self:
        """Read a payload.

        Raises
        ------
        TryRefreshTokenError
            One of the payload's own keys is missing.
        """
        for prop in PROTECTED_PROPS:
            if prop not in payload:
                raise TryRefreshTokenError(
                    f"Access token does not contain all the information. Maybe the structure has changed? {prop}"
                )
        return cls(
            session_handle=payload["sessionHandle"],
            user_id=payload["sub"],
            recipe_user_id=payload["rsub"],
            tenant_id=payload["tId"],
            refresh_token_hash1=payload["refreshTokenHash1"],
            parent_refresh_token_hash1=payload["parentRefreshTokenHash1"],
            anti_csrf_token=payload["antiCsrfToken"],
            user_data={name: value for name, value in payload.items() if name not in PROTECTED_PROPS},
            expiry=payload["exp"] * 1000,
            created_time=payload["iat"] * 1000,
        )

    def check_anti_csrf(self, anti_csrf_token: str | None) -> None:
        """Compare the anti-CSRF token of a request with this token's.

        Raises
        ------
        TryRefreshTokenError
            They differ, or either is missing.
        """
        if self.anti_csrf_token is None:
            raise TryRefreshTokenError(
                "Access token does not contain all the information. Maybe the structure has changed?"
            )
        if anti_csrf_token != self.anti_csrf_token:
            raise TryRefreshTokenError("anti-csrf check failed")


def verified(access_token: str, keys: SigningKeys, now: int) -> AccessToken:
    """Read an access token that one of the keys has signed and that is alive.

    Parameters
    ----------
    access_token, keys
        The token, and the keys that may have signed it.
    now
        Milliseconds since the epoch.

    Raises
    ------
    TryRefreshTokenError
        It is malformed, forged, expired, or signed by a key that is gone.
    """
    try:
        jwt = JWT.parse(access_token)
    except InvalidJWTError as error:
        raise TryRefreshTokenError(str(error)) from None
    key = keys.find(jwt.kid)
    if key is None:
        raise TryRefreshTokenError("Key not found")
    if not key.verifies(jwt.message, jwt.signature):
        raise TryRefreshTokenError("JWT verification failed")
    token = AccessToken.from_payload(jwt.payload)
    if token.expiry < now:
        raise TryRefreshTokenError("Access token expired")
    return token


def reject_protected_props(user_data: JsonObject) -> None:
    """Refuse a user's payload that has one of the payload's own keys.

    Raises
    ------
    PayloadError
        It has.
    """
    if not user_data.keys().isdisjoint(PROTECTED_PROPS):
        raise PayloadError
