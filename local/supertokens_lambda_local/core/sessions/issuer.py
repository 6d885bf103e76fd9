"""The tokens that holders of sessions are given."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.sessions.access_tokens import AccessToken, TokenInfo
from supertokens_lambda_local.core.sessions.jwt import JsonObject
from supertokens_lambda_local.core.sessions.keys import SigningKeys
from supertokens_lambda_local.core.sessions.refresh_tokens import RefreshToken, RefreshTokens
from supertokens_lambda_local.core.sessions.rows import Session
from supertokens_lambda_local.core.tokens import sha256


@dataclass(frozen=True)
class SessionTokens:
    """A session as its holder sees it, and the tokens that replace the holder's own, where there are such."""

    handle: str
    user_id: str
    recipe_user_id: str
    tenant_id: str
    user_data_in_jwt: JsonObject = field(repr=False)
    access_token: TokenInfo | None = None
    refresh_token: TokenInfo | None = None
    anti_csrf_token: str | None = field(default=None, repr=False)


class Issuer:
    """Makes the tokens of sessions.

    Parameters
    ----------
    config, keys
        How long tokens live, and what signs them.
    refresh_tokens
        What seals refresh tokens.
    primary_id
        Returns the id of the user that a login method belongs to.
    """

    def __init__(
        self,
        config: CoreConfig,
        keys: SigningKeys,
        refresh_tokens: RefreshTokens,
        primary_id: Callable[[str], str],
    ) -> None:
        self.refresh_tokens = refresh_tokens
        self.primary_id = primary_id
        self._config = config
        self._keys = keys
        self._random = random.Random(config.seed)  # noqa: S311 - no secret

    def issue(self, session: Session, refresh_token: str, content: RefreshToken, now: int) -> SessionTokens:
        """Return the access token that belongs to a refresh token."""
        access_token = AccessToken(
            session_handle=session.handle,
            user_id=self.primary_id(session.recipe_user_id),
            recipe_user_id=session.recipe_user_id,
            tenant_id=session.tenant_id,
            refresh_token_hash1=sha256(refresh_token),
            parent_refresh_token_hash1=content.parent_refresh_token_hash1,
            anti_csrf_token=content.anti_csrf_token,
            user_data=session.user_data_in_jwt,
            expiry=self.access_expiry(now),
            created_time=now,
        )
        return replace(
            seen(access_token, session.user_data_in_jwt),
            access_token=access_token.signed(self._keys.signing(use_static_key=session.use_static_key)),
            refresh_token=TokenInfo(refresh_token, self.refresh_expiry(now), now),
            anti_csrf_token=content.anti_csrf_token,
        )

    def reissue(
        self, session: Session, token: AccessToken, *, parent_hash1: str | None, expiry: int, now: int
    ) -> SessionTokens:
        """Return the successor of an access token."""
        successor = replace(
            token,
            parent_refresh_token_hash1=parent_hash1,
            user_data=session.user_data_in_jwt,
            expiry=expiry,
            created_time=now,
        )
        signed = successor.signed(self._keys.signing(use_static_key=session.use_static_key))
        return replace(seen(token, session.user_data_in_jwt), access_token=signed)

    def access_expiry(self, now: int) -> int:
        """Return when an access token of now ends."""
        life = self._config.access_token_validity * 1000
        return now + life - int(life * self._config.shortening * self._random.random())

    def refresh_expiry(self, now: int) -> int:
        """Return when a session that is used now ends."""
        return now + self._config.refresh_token_validity * 1000


def new_anti_csrf_token(enabled: bool) -> str | None:
    """Return a token if that protection is on."""
    return str(uuid4()) if enabled else None


def seen(token: AccessToken, user_data: JsonObject) -> SessionTokens:
    """Return a session without new tokens."""
    return SessionTokens(token.session_handle, token.user_id, token.recipe_user_id, token.tenant_id, user_data)
