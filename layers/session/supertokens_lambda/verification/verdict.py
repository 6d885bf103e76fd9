"""The verdict on a request's session, as a sum type, each with a stable reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from supertokens_lambda.http.message import Additions
from supertokens_lambda.verification.session import SessionState


class Reason(StrEnum):
    """Why a verdict was given. The values are stable: alarms and log queries are built on them."""

    # verified
    TOKEN_VALID = "token-valid"
    # anonymous
    NO_SESSION = "no-session"
    SIGNED_OUT = "signed-out"
    # try refresh
    TOKEN_EXPIRED = "token-expired"
    TOKEN_REFUSED = "token-refused"
    KEY_UNKNOWN = "key-unknown"
    KEY_KIND_MISMATCH = "key-kind-mismatch"
    DUPLICATE_COOKIES = "duplicate-cookies"
    LEGACY_SESSION = "legacy-session"
    ANTI_CSRF_FAILED = "anti-csrf-failed"
    CORE_ASKS_FOR_REFRESH = "core-asks-for-refresh"
    # unauthorised
    TOKEN_MISSING = "token-missing"
    NOT_A_TOKEN = "not-a-token"
    SESSION_ENDED = "session-ended"
    # invalid claims
    CLAIMS_INVALID = "claims-invalid"
    # unavailable
    KEYS_UNREACHABLE = "keys-unreachable"
    CORE_UNREACHABLE = "core-unreachable"
    # a refresh
    REFRESHED = "refreshed"
    NOT_A_NAVIGATION = "not-a-navigation"
    REFRESH_TOKEN_MISSING = "refresh-token-missing"
    REFRESH_TOKEN_REFUSED = "refresh-token-refused"
    TOKEN_THEFT = "token-theft"
    # looping
    TOKEN_NOT_SENT_BACK = "token-not-sent-back"
    FRESH_TOKEN_REFUSED = "fresh-token-refused"


@dataclass(frozen=True)
class Verified:
    """The session is good: the handler runs with it."""

    state: SessionState = field(repr=False)
    reason: Reason = Reason.TOKEN_VALID
    name: ClassVar[str] = "verified"


@dataclass(frozen=True)
class Anonymous:
    """There is no session and none is needed: the handler runs without one."""

    reason: Reason = Reason.NO_SESSION
    name: ClassVar[str] = "anonymous"


@dataclass(frozen=True)
class TryRefresh:
    """The access token is not good, the refresh token may be."""

    reason: Reason
    name: ClassVar[str] = "try-refresh"


@dataclass(frozen=True)
class Unauthorised:
    """There is no token, or the session it speaks of has ended.

    Attributes
    ----------
    additions : Additions
        What clears a session that has ended.
    """

    reason: Reason
    additions: Additions = field(default_factory=Additions)
    name: ClassVar[str] = "unauthorised"


@dataclass(frozen=True)
class InvalidClaims:
    """The session is good, and a claim validator refuses it.

    Attributes
    ----------
    body : mapping
        What SuperTokens answers: ``message`` and ``claimValidationErrors``.
    """

    body: Mapping[str, Any] = field(repr=False)
    reason: Reason = Reason.CLAIMS_INVALID
    name: ClassVar[str] = "invalid-claims"


@dataclass(frozen=True)
class Unavailable:
    """Nobody can tell now: signing keys or core are out of reach, or answer nonsense."""

    reason: Reason
    name: ClassVar[str] = "unavailable"


@dataclass(frozen=True)
class Looping:
    """The browser refreshed seconds ago, and the token it was given is missing or refused.

    Attributes
    ----------
    refusal : TryRefresh or Unauthorised
        What the verdict is without that.
    """

    reason: Reason
    refusal: TryRefresh | Unauthorised
    name: ClassVar[str] = "looping"


Refusal = TryRefresh | Unauthorised | InvalidClaims | Unavailable | Looping
Verdict = Verified | Anonymous | Refusal
