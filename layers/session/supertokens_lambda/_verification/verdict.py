"""The verdict on a request's session, as a sum type, each with a stable reason."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from supertokens_lambda._http.message import NOTHING, Additions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._verification.state import SessionState


class Reason(StrEnum):
    """The reason for a verdict. Values are stable, since alarms and log queries depend on them."""

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
    DELIVERY_UNAVAILABLE = "delivery-unavailable"
    # error
    CORE_REFUSED = "core-refused"
    APPLICATION_ERROR = "application-error"
    DELIVERY_FAILED = "delivery-failed"


class _Verdict:
    """The base class of verdicts.

    Attributes
    ----------
    name : str
        The kind of verdict, in kebab case.
    reason : Reason
        The reason for it.
    """

    # Plain classes: a cold start pays for each class that a decorator writes.
    __slots__ = ("reason",)
    name: ClassVar[str]

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reason})"


class Verified(_Verdict):
    """The session is valid: the handler runs with it.

    Attributes
    ----------
    state : SessionState
        The data of the session, and what it adds to the response.
    """

    __slots__ = ("state",)
    name = "verified"
    reason = Reason.TOKEN_VALID

    def __init__(self, state: SessionState) -> None:
        self.state: SessionState = state


class Anonymous(_Verdict):
    """No session, and none is required: the handler runs without one."""

    __slots__ = ()
    name = "anonymous"

    def __init__(self, reason: Reason = Reason.NO_SESSION) -> None:
        self.reason: Reason = reason


class TryRefresh(_Verdict):
    """The access token is invalid; the refresh token may be valid."""

    __slots__ = ()
    name = "try-refresh"


class Unauthorised(_Verdict):
    """The token is missing, or its session has ended.

    Attributes
    ----------
    additions : Additions
        What clears an ended session.
    """

    __slots__ = ("additions",)
    name = "unauthorised"

    def __init__(self, reason: Reason, additions: Additions = NOTHING) -> None:
        self.reason: Reason = reason
        self.additions: Additions = additions


class InvalidClaims(_Verdict):
    """The session is valid, but a claim validator refuses it.

    Attributes
    ----------
    body : mapping
        The body of SuperTokens' answer: ``message`` and ``claimValidationErrors``.
    """

    __slots__ = ("body",)
    name = "invalid-claims"

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__(Reason.CLAIMS_INVALID)
        self.body: Mapping[str, Any] = body


class Unavailable(_Verdict):
    """The session cannot be checked now: the signing keys or the core are unavailable, or their answer is invalid.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response
    >>> from supertokens_lambda.forms import Failed, Unavailable, sign_out
    >>> from supertokens_lambda.pages import answer_to_fault, redirect
    >>> def leave(request: Request) -> Response:
    ...     result = sign_out(request)
    ...     if isinstance(result, Unavailable | Failed):
    ...         return answer_to_fault(result, as_page=True)
    ...     return redirect("/", status=303).plus(result)
    """

    __slots__ = ()
    name = "unavailable"


class Failed(_Verdict):
    """The core refused a call, or the application's code or configuration failed: a person must fix it.

    Examples
    --------
    See `Unavailable`, which is handled in the same way.

    >>> from supertokens_lambda import Request
    >>> from supertokens_lambda.forms import Failed, call_api
    >>> def has_failed(request: Request) -> bool:
    ...     return isinstance(call_api(request, "/signout", {}), Failed)
    """

    __slots__ = ()
    name = "error"


Fault = Unavailable | Failed
Refusal = TryRefresh | Unauthorised | InvalidClaims | Fault
Verdict = Verified | Anonymous | Refusal
