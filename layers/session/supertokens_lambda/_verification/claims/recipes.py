"""The claims of SuperTokens' recipes; only the recipe itself, by the SDK, can fetch their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from supertokens_lambda._verification.claims.claim import SessionClaim, SessionClaimValidator
from supertokens_lambda._verification.claims.primitive import BooleanClaim, BooleanClaimValidators, wrong_value
from supertokens_lambda._verification.claims.primitive_array import PrimitiveArrayClaim

if TYPE_CHECKING:
    from collections.abc import Mapping


def _fetch_value(*_: object) -> NoReturn:
    raise NotImplementedError("only SuperTokens' SDK can fetch this claim; use the recipe's own claim")


class IsVerified(SessionClaimValidator):
    """The user's e-mail address is verified; a false value is fetched anew after a few seconds."""

    def can_decide(self, payload: Mapping[str, Any], now: int) -> bool:
        """Check whether the payload holds a value that is new enough, which a false one is for less long."""
        if not super().can_decide(payload, now):
            return False
        entry, (_, (refetch_time_on_false, *_)) = payload[self.claim.key], self.made_by
        return entry["v"] is not False or entry["t"] >= now - refetch_time_on_false * 1000

    def refusal(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return why the address does not count as verified, or None if it does."""
        return wrong_value(payload[self.claim.key]["v"], expected=True)


class EmailVerificationClaimValidators(BooleanClaimValidators):
    """Validators of the claim of the recipe `emailverification`."""

    def is_verified(
        self,
        refetch_time_on_false_in_seconds: float = 10,
        max_age_in_seconds: float | None = None,
        id_: str | None = None,
    ) -> SessionClaimValidator:
        """Return a validator that wants a verified e-mail address."""
        made_by = "is_verified", (refetch_time_on_false_in_seconds, max_age_in_seconds, id_)
        return IsVerified(self._claim, id_, max_age_in_seconds, made_by)


class EmailVerificationClaimClass(BooleanClaim):
    """Whether the user's e-mail address is verified."""

    validators: EmailVerificationClaimValidators

    def __init__(self) -> None:
        super().__init__("st-ev", _fetch_value)
        self.validators = EmailVerificationClaimValidators(self, None)


class HasCompletedFactors(SessionClaimValidator):
    """The user has signed in with all factors that SuperTokens asks for."""

    def can_decide(self, payload: Mapping[str, Any], now: int) -> bool:  # noqa: ARG002 - its age does not matter
        """Check whether the payload holds the claim."""
        entry = payload.get(self.claim.key)
        return isinstance(entry, dict) and "c" in entry and "v" in entry

    def refusal(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return that a factor is missing, or None."""
        is_completed = payload[self.claim.key]["v"]
        return None if is_completed else {"message": "MFA requirement for auth is not satisfied"}


class MultiFactorAuthClaimValidators:
    """Validators of the claim of the recipe `multifactorauth`."""

    def __init__(self, claim: SessionClaim[Any]) -> None:
        self._claim = claim

    def has_completed_mfa_requirements_for_auth(self, claim_key: str | None = None) -> SessionClaimValidator:
        """Return a validator that wants all factors that SuperTokens asks for at sign-in."""
        made_by = "has_completed_mfa_requirements_for_auth", (claim_key,)
        return HasCompletedFactors(self._claim, claim_key, None, made_by)


class MultiFactorAuthClaimClass(SessionClaim[bool]):
    """The factors that the user has signed in with."""

    def __init__(self) -> None:
        super().__init__("st-mfa", _fetch_value)
        self.validators: MultiFactorAuthClaimValidators = MultiFactorAuthClaimValidators(self)


UserRoleClaim: PrimitiveArrayClaim[list[str]] = PrimitiveArrayClaim("st-role", _fetch_value)
"""The roles of the user, from the recipe ``userroles``."""

PermissionClaim: PrimitiveArrayClaim[list[str]] = PrimitiveArrayClaim("st-perm", _fetch_value)
"""The permissions of the user's roles, from the recipe ``userroles``."""

EmailVerificationClaim: EmailVerificationClaimClass = EmailVerificationClaimClass()
"""Whether the user's e-mail address is verified, from the recipe ``emailverification``."""

MultiFactorAuthClaim: MultiFactorAuthClaimClass = MultiFactorAuthClaimClass()
"""The factors that the user has signed in with, from the recipe ``multifactorauth``."""
