"""The verdict on a request's session, as a sum type, each with a stable reason."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from supertokens_lambda._http.message import NOTHING, Additions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._verification.state import SessionState


class Reason(StrEnum):
    """Why a verdict was given. The values are stable: alarms and log queries are built on them."""

    # verified
    TOKEN_VALID = "token-valid"
    # anonymous
    NO_SESSION = "no-session"
    SIGNED_OUT = "signed-out"
    # preflight
    CORS_PREFLIGHT = "cors-preflight"
    # try refresh
    TOKEN_EXPIRED = "token-expired"
    TOKEN_NOT_YET_VALID = "token-not-yet-valid"
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
    # error
    CORE_REFUSED = "core-refused"
    APPLICATION_ERROR = "application-error"


class _Verdict:
    """What all verdicts have.

    Attributes
    ----------
    name : str
        Of the kind of verdict, in kebab case.
    reason : Reason
        Why it was given.
    """

    # Plain classes: a cold start pays for each class that a decorator writes.
    __slots__ = ("reason",)
    name: ClassVar[str]

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reason})"


class Verified(_Verdict):
    """The session is good: the handler runs with it.

    Attributes
    ----------
    state : SessionState
        What the session says, and what it adds to the response.
    """

    __slots__ = ("state",)
    name = "verified"

    def __init__(self, state: SessionState) -> None:
        self.reason: Reason = Reason.TOKEN_VALID
        self.state: SessionState = state


class Anonymous(_Verdict):
    """There is no session and none is needed: the handler runs without one."""

    __slots__ = ()
    name = "anonymous"

    def __init__(self, reason: Reason = Reason.NO_SESSION) -> None:
        super().__init__(reason)


class TryRefresh(_Verdict):
    """The access token is not good, the refresh token may be."""

    __slots__ = ()
    name = "try-refresh"


class Unauthorised(_Verdict):
    """There is no token, or the session it speaks of has ended.

    Attributes
    ----------
    additions : Additions
        What clears a session that has ended.
    """

    __slots__ = ("additions",)
    name = "unauthorised"

    def __init__(self, reason: Reason, additions: Additions = NOTHING) -> None:
        super().__init__(reason)
        self.additions: Additions = additions


class InvalidClaims(_Verdict):
    """The session is good, and a claim validator refuses it.

    Attributes
    ----------
    body : mapping
        What SuperTokens answers: ``message`` and ``claimValidationErrors``.
    """

    __slots__ = ("body",)
    name = "invalid-claims"

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__(Reason.CLAIMS_INVALID)
        self.body: Mapping[str, Any] = body


class Unavailable(_Verdict):
    """Nobody can tell now: signing keys or core are out of reach, or answer nonsense."""

    __slots__ = ()
    name = "unavailable"


class Failed(_Verdict):
    """The core refused a call, or the application's own code or configuration failed: somebody has to mend it."""

    __slots__ = ()
    name = "error"


Fault = Unavailable | Failed
Refusal = TryRefresh | Unauthorised | InvalidClaims | Fault
Verdict = Verified | Anonymous | Refusal
