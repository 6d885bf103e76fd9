"""The tokens of sessions: how they rotate, and when that is theft (SuperTokens core, Session, CDI 5.4).

A refresh hands out a child of the token that it was given and writes nothing. The child takes its parent's place in the
session's row when it is first seen in use: its access token verified, or itself refreshed. From then on the parent is
stale, and a refresh with a token that is neither the row's nor a child of the row's is theft.
"""

from typing import Any
from uuid import uuid4

from supertokens_lambda_local.core.call import PUBLIC
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import (
    TokenTheftDetectedError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from supertokens_lambda_local.core.sessions.access_tokens import AccessToken, verified
from supertokens_lambda_local.core.sessions.issuer import Issuer, SessionTokens, new_anti_csrf_token, seen
from supertokens_lambda_local.core.sessions.jwt import JWT, JsonObject
from supertokens_lambda_local.core.sessions.keys import SigningKeys
from supertokens_lambda_local.core.sessions.refresh_tokens import RefreshToken
from supertokens_lambda_local.core.sessions.rows import Session, Sessions
from supertokens_lambda_local.core.tokens import sha256


class Rotation:
    """Gives out the tokens of sessions and takes them back."""

    def __init__(self, config: CoreConfig, keys: SigningKeys, sessions: Sessions, issuer: Issuer) -> None:
        self._config = config
        self._keys = keys
        self._sessions = sessions
        self._issuer = issuer

    def create(
        self,
        recipe_user_id: str,
        user_data_in_jwt: JsonObject,
        user_data_in_database: JsonObject,
        *,
        tenant_id: str = PUBLIC,
        enable_anti_csrf: bool = False,
        use_static_key: bool = False,
    ) -> SessionTokens:
        """Start a session.

        Raises
        ------
        PayloadError
            The payload has a key that the core keeps for itself.
        """
        now = self._config.now()
        handle = str(uuid4()) if tenant_id == PUBLIC else f"{uuid4()}_{tenant_id}"
        content = RefreshToken(handle, recipe_user_id, None, new_anti_csrf_token(enable_anti_csrf))
        refresh_token = self._issuer.refresh_tokens.seal(content)
        session = Session(
            handle=handle,
            recipe_user_id=recipe_user_id,
            tenant_id=tenant_id,
            user_data_in_jwt=user_data_in_jwt,
            user_data_in_database=user_data_in_database,
            refresh_token_hash2=sha256(sha256(refresh_token)),
            expiry=self._issuer.refresh_expiry(now),
            time_created=now,
            use_static_key=use_static_key,
        )
        tokens = self._issuer.issue(session, refresh_token, content, now)
        self._sessions.table.put(session)
        return tokens

    def verify(
        self,
        access_token: str,
        anti_csrf_token: str | None = None,
        *,
        check_anti_csrf: bool = False,
        check_database: bool = False,
    ) -> SessionTokens:
        """Check an access token, and replace it if it came of a refresh or its payload is stale.

        Raises
        ------
        TryRefreshTokenError
            It is expired, forged, signed by a key that is gone, or comes without its anti-CSRF token.
        UnauthorisedError
            Its session is gone.
        """
        now = self._config.now()
        token = verified(access_token, self._keys, now)
        if check_anti_csrf:
            token.check_anti_csrf(anti_csrf_token)
        session = self._sessions.find(token.session_handle)
        if check_database and session is None:
            raise UnauthorisedError("Either the session has ended or has been blacklisted")
        stale = check_database and session is not None and not _same(token.user_data, session.user_data_in_jwt)
        unchanged = seen(token, token.user_data)
        if token.parent_refresh_token_hash1 is None and not stale:
            return unchanged
        if session is None:
            raise UnauthorisedError("Session missing in db")
        if _is_child(token, session):
            session = self._promote(session, token.refresh_token_hash1, now)
        elif not stale and session.refresh_token_hash2 != sha256(token.refresh_token_hash1):
            return unchanged
        return self._issuer.reissue(session, token, parent_hash1=None, expiry=self._issuer.access_expiry(now), now=now)

    def refresh(
        self,
        refresh_token: str,
        anti_csrf_token: str | None = None,
        *,
        enable_anti_csrf: bool = False,
        use_static_key: bool = False,
    ) -> SessionTokens:
        """Return a successor of a refresh token, which itself stays valid until a successor is used.

        Raises
        ------
        UnauthorisedError
            The token is not of this core, its session is gone or over, or its anti-CSRF token is missing.
        TokenTheftDetectedError
            Another token has taken its place; the session is left as it is.
        """
        now = self._config.now()
        token = self._issuer.refresh_tokens.open(refresh_token)
        if enable_anti_csrf and token.anti_csrf_token not in (None, anti_csrf_token):
            raise UnauthorisedError("Anti CSRF token missing, or not matching")
        session = self._sessions.find(token.session_handle)
        if session is None or session.expiry < now:
            raise UnauthorisedError("Session missing in db or has expired")
        hash1 = sha256(refresh_token)
        if _is_child(token, session):
            session = self._promote(session, hash1, now)
        if session.refresh_token_hash2 != sha256(hash1):
            user_id = self._issuer.primary_id(session.recipe_user_id)
            raise TokenTheftDetectedError(session.handle, user_id, session.recipe_user_id)
        session = self._sessions.change(session, use_static_key=use_static_key)
        child = RefreshToken(session.handle, session.recipe_user_id, hash1, new_anti_csrf_token(enable_anti_csrf))
        return self._issuer.issue(session, self._issuer.refresh_tokens.seal(child), child, now)

    def regenerate(self, access_token: str, user_data_in_jwt: JsonObject | None = None) -> SessionTokens:
        """Change the payload of a session and of one access token, which keeps its expiry.

        As in SuperTokens core the signature is not checked, the caller having verified the token, and an expired token
        is not replaced.

        Raises
        ------
        InvalidJWTError
            The token is not shaped as one.
        UnauthorisedError
            A claim of the token is missing, or its session is gone or over.
        PayloadError
            The payload has a key that the core keeps for itself.
        """
        try:
            token = AccessToken.from_payload(JWT.parse(access_token).payload)
        except TryRefreshTokenError as error:
            raise UnauthorisedError(str(error)) from None
        now = self._config.now()
        session = self._sessions.get(token.session_handle)
        if user_data_in_jwt is not None:
            self._sessions.update_jwt_data(session.handle, user_data_in_jwt)
            session = self._sessions.get(session.handle)
        if token.expiry < now:
            return seen(token, session.user_data_in_jwt)
        return self._issuer.reissue(
            session, token, parent_hash1=token.parent_refresh_token_hash1, expiry=token.expiry, now=now
        )

    def _promote(self, session: Session, hash1: str, now: int) -> Session:
        return self._sessions.change(
            session, refresh_token_hash2=sha256(hash1), expiry=self._issuer.refresh_expiry(now)
        )


def _is_child(token: AccessToken | RefreshToken, session: Session) -> bool:
    parent = token.parent_refresh_token_hash1
    return parent is not None and sha256(parent) == session.refresh_token_hash2


def _same(one: Any, other: Any) -> bool:
    """Check whether two JSON values are equal as Gson sees it: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
