"""The tokens of sessions: how they rotate, and when that is theft (SuperTokens core, Session, CDI 5.4).

A refresh hands out a child of the token that it was given and writes nothing. The child takes its parent's place in the
session's row when it is first seen in use: its access token verified, or itself refreshed. From then on the parent is
stale, and a refresh with a token that is neither the row's nor a child of the row's is theft.
"""

import json
from dataclasses import dataclass, field, replace
from uuid import uuid4

from supertokens_lambda_local.core.access_tokens import AccessToken, TokenInfo, verified
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import (
    TokenTheftDetectedError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from supertokens_lambda_local.core.jwt import JWT, JsonObject
from supertokens_lambda_local.core.keys import SigningKeys
from supertokens_lambda_local.core.refresh_tokens import RefreshToken, RefreshTokens, sha256
from supertokens_lambda_local.core.sessions import Session, Sessions


@dataclass(frozen=True)
class SessionTokens:
    """A session as its holder sees it, and the tokens that replace the holder's own, where there are such."""

    handle: str
    user_id: str
    user_data_in_jwt: JsonObject = field(repr=False)
    access_token: TokenInfo | None = None
    refresh_token: TokenInfo | None = None
    anti_csrf_token: str | None = field(default=None, repr=False)


class Rotation:
    """Gives out the tokens of sessions and takes them back."""

    def __init__(self, config: CoreConfig, keys: SigningKeys, sessions: Sessions) -> None:
        self._config = config
        self._keys = keys
        self._sessions = sessions
        self._refresh_tokens = RefreshTokens()

    def create(
        self,
        user_id: str,
        user_data_in_jwt: JsonObject,
        user_data_in_database: JsonObject,
        *,
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
        content = RefreshToken(str(uuid4()), user_id, None, _anti_csrf_token(enable_anti_csrf))
        refresh_token = self._refresh_tokens.seal(content)
        session = Session(
            handle=content.session_handle,
            user_id=user_id,
            user_data_in_jwt=user_data_in_jwt,
            user_data_in_database=user_data_in_database,
            refresh_token_hash2=sha256(sha256(refresh_token)),
            expiry=self._refresh_expiry(now),
            time_created=now,
            use_static_key=use_static_key,
        )
        tokens = self._issue(session, refresh_token, content, now)
        self._sessions.add(session)
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
        unchanged = SessionTokens(token.session_handle, token.user_id, token.user_data)
        if token.parent_refresh_token_hash1 is None and not stale:
            return unchanged
        if session is None:
            raise UnauthorisedError("Session missing in db")
        if _is_child(token, session):
            self._promote(session, token.refresh_token_hash1, now)
        elif not stale and session.refresh_token_hash2 != sha256(token.refresh_token_hash1):
            return unchanged
        return self._reissue(session, token, parent_hash1=None, expiry=self._access_expiry(now), now=now)

    def refresh(
        self,
        refresh_token: str,
        anti_csrf_token: str | None = None,
        *,
        enable_anti_csrf: bool = False,
        use_static_key: bool = False,
    ) -> SessionTokens:
        """Hand out a child of a refresh token, which itself stays good until a child of it is seen in use.

        Raises
        ------
        UnauthorisedError
            The token is not of this core, its session is gone or over, or its anti-CSRF token is missing.
        TokenTheftDetectedError
            Another token has taken its place; the session is left as it is.
        """
        now = self._config.now()
        token = self._refresh_tokens.open(refresh_token)
        if enable_anti_csrf and token.anti_csrf_token not in (None, anti_csrf_token):
            raise UnauthorisedError("Anti CSRF token missing, or not matching")
        session = self._sessions.find(token.session_handle)
        if session is None or session.expiry < now:
            raise UnauthorisedError("Session missing in db or has expired")
        hash1 = sha256(refresh_token)
        if _is_child(token, session):
            self._promote(session, hash1, now)
        if session.refresh_token_hash2 != sha256(hash1):
            raise TokenTheftDetectedError(session.handle, session.user_id)
        session.use_static_key = use_static_key
        child = RefreshToken(session.handle, session.user_id, hash1, _anti_csrf_token(enable_anti_csrf))
        return self._issue(session, self._refresh_tokens.seal(child), child, now)

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
        if token.expiry < now:
            return SessionTokens(session.handle, token.user_id, session.user_data_in_jwt)
        return self._reissue(
            session, token, parent_hash1=token.parent_refresh_token_hash1, expiry=token.expiry, now=now
        )

    def _promote(self, session: Session, hash1: str, now: int) -> None:
        session.refresh_token_hash2 = sha256(hash1)
        session.expiry = self._refresh_expiry(now)

    def _issue(self, session: Session, refresh_token: str, content: RefreshToken, now: int) -> SessionTokens:
        access_token = AccessToken(
            session_handle=session.handle,
            user_id=session.user_id,
            refresh_token_hash1=sha256(refresh_token),
            parent_refresh_token_hash1=content.parent_refresh_token_hash1,
            anti_csrf_token=content.anti_csrf_token,
            user_data=session.user_data_in_jwt,
            expiry=self._access_expiry(now),
            created_time=now,
        )
        return SessionTokens(
            session.handle,
            session.user_id,
            session.user_data_in_jwt,
            access_token.signed(self._keys.signing(use_static_key=session.use_static_key)),
            TokenInfo(refresh_token, self._refresh_expiry(now), now),
            content.anti_csrf_token,
        )

    def _reissue(
        self, session: Session, token: AccessToken, *, parent_hash1: str | None, expiry: int, now: int
    ) -> SessionTokens:
        successor = replace(
            token,
            parent_refresh_token_hash1=parent_hash1,
            user_data=session.user_data_in_jwt,
            expiry=expiry,
            created_time=now,
        )
        signed = successor.signed(self._keys.signing(use_static_key=session.use_static_key))
        return SessionTokens(session.handle, token.user_id, session.user_data_in_jwt, signed)

    def _access_expiry(self, now: int) -> int:
        return now + self._config.access_token_validity * 1000

    def _refresh_expiry(self, now: int) -> int:
        return now + self._config.refresh_token_validity * 1000


def _is_child(token: AccessToken | RefreshToken, session: Session) -> bool:
    parent = token.parent_refresh_token_hash1
    return parent is not None and sha256(parent) == session.refresh_token_hash2


def _anti_csrf_token(enabled: bool) -> str | None:
    return str(uuid4()) if enabled else None


def _same(one: JsonObject, other: JsonObject) -> bool:
    # To Python 1 and True are equal, to JSON they are not.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
