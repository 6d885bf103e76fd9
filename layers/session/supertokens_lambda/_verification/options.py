"""What a page requires of its visitors' sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any, Literal, TypedDict

    from supertokens_python.recipe.session import interfaces

    from supertokens_lambda._verification.claims.claim import SessionClaimValidator
    from supertokens_lambda._verification.session import Session

    OnFailure = Literal["auto", "redirect", "status"]
    Validator = SessionClaimValidator | interfaces.SessionClaimValidator
    Validators = Callable[[list[Any], Session, dict[str, Any]], Sequence[Validator] | Awaitable[Sequence[Validator]]]

    class OtherKeywords(TypedDict, total=False):
        """The keywords of `verify_session` but the one that says whether a session is needed; see `VerifyOptions`."""

        anti_csrf_check: bool | None
        check_database: bool
        override_global_claim_validators: Validators | None
        on_failure: OnFailure
        refresh_path: str | None

    class Keywords(OtherKeywords, total=False):
        """The keywords of `verify_session`; see `VerifyOptions`."""

        session_required: bool


class VerifyOptions:
    """The keywords of `verify_session`, at every entry point; those of SuperTokens' own have its meanings.

    Attributes
    ----------
    session_required : bool
        Whether a request without a session is refused.
    anti_csrf_check : bool or None
        None checks every method but GET.
    check_database : bool
        Whether the core is asked for each request, so that a revoked session ends at once.
    override_global_claim_validators : callable or None
        Returns the claim validators of the page, given the global ones, the session and a user context; None checks the
        global ones.
    on_failure : {"auto", "redirect", "status"}
        The answer to a refused request; ``auto`` redirects pages only.
    refresh_path : str or None
        Replaces the refresh path of the settings.
    """

    # A plain class: a decorator or metaclass that generates code would slow down each cold start.
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


def no_validators(*_: Any) -> list[Any]:
    """Return no claim validators, where a session is needed whatever its claims say."""
    return []
