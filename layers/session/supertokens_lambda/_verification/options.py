"""What a page asks of its visitors' sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from supertokens_python.recipe.session import interfaces

    from supertokens_lambda._verification.claims.claim import SessionClaimValidator
    from supertokens_lambda._verification.session import Session

    Validator = SessionClaimValidator | interfaces.SessionClaimValidator

OnFailure = Literal["auto", "redirect", "status"]
Validators = Callable[
    [list[Any], "Session", dict[str, Any]],
    "Sequence[Validator] | Awaitable[Sequence[Validator]]",
]


class VerifyOptions:
    """The keywords of `verify_session`; those of SuperTokens' own have its meanings.

    Attributes
    ----------
    session_required : bool
        Whether a request with no session is refused.
    anti_csrf_check : bool or None
        None checks every method but GET.
    check_database : bool
        Whether the core is asked each time, so that a revoked session ends at once.
    override_global_claim_validators : callable or None
        Returns the claim validators of the page, given the global ones, the session and a user context. None checks the
        global ones.
    on_failure : {"auto", "redirect", "status"}
        What a refused page gets; ``auto`` tells a page from a call.
    refresh_path : str or None
        Instead of the settings' one.
    """

    # A plain class: a cold start pays for each class that a decorator or a metaclass writes.
    __slots__ = (
        "anti_csrf_check",
        "check_database",
        "on_failure",
        "override_global_claim_validators",
        "refresh_path",
        "session_required",
    )

    def __init__(
        self,
        *,
        session_required: bool = True,
        anti_csrf_check: bool | None = None,
        check_database: bool = False,
        override_global_claim_validators: Validators | None = None,
        on_failure: OnFailure = "auto",
        refresh_path: str | None = None,
    ) -> None:
        self.session_required: bool = session_required
        self.anti_csrf_check: bool | None = anti_csrf_check
        self.check_database: bool = check_database
        self.override_global_claim_validators: Validators | None = override_global_claim_validators
        self.on_failure: OnFailure = on_failure
        self.refresh_path: str | None = refresh_path
