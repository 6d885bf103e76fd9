"""Claims of one value, as SuperTokens' `PrimitiveClaim` and `BooleanClaim`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from supertokens_lambda._verification.claims.claim import SessionClaim, SessionClaimValidator, T

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._verification.claims.claim import FetchValue


class HasValue(SessionClaimValidator):
    """The claim has one value."""

    def refusal(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return why the value is not the expected one, or None if it is."""
        _, (expected, *_) = self.made_by
        return wrong_value(payload[self.claim.key]["v"], expected)


def wrong_value(actual: object, expected: object) -> dict[str, Any] | None:
    """Return how a value differs from the expected one, in SuperTokens' words, or None if they are equal."""
    if actual == expected:
        return None
    return {"message": "wrong value", "expectedValue": expected, "actualValue": actual}


class PrimitiveClaimValidators(Generic[T]):
    """Validators of a claim of one value."""

    def __init__(self, claim: SessionClaim[T], default_max_age_in_sec: float | None) -> None:
        self._claim = claim
        self._default_max_age = default_max_age_in_sec

    def has_value(self, val: T, max_age_in_sec: float | None = None, id_: str | None = None) -> SessionClaimValidator:
        """Return a validator that wants this value."""
        made_by = "has_value", (val, max_age_in_sec, id_)
        return HasValue(self._claim, id_, max_age_in_sec or self._default_max_age, made_by)


class PrimitiveClaim(SessionClaim[T]):
    """A claim of one value, like a plan.

    Parameters
    ----------
    key : str
        The name in the access token's payload.
    fetch_value : callable
        As in SuperTokens' `PrimitiveClaim`.
    default_max_age_in_sec : float, optional
        The age from which a value is fetched anew, where a validator names none.

    Examples
    --------
    >>> from supertokens_lambda.claims import PrimitiveClaim
    >>> plan: PrimitiveClaim[str] = PrimitiveClaim("plan", lambda *_: "basic")
    >>> plan.validators.has_value("basic", max_age_in_sec=300)
    HasValue('plan')
    """

    def __init__(
        self,
        key: str,
        fetch_value: FetchValue,
        default_max_age_in_sec: float | None = None,
    ) -> None:
        super().__init__(key, fetch_value)
        self.default_max_age_in_sec: float | None = default_max_age_in_sec
        self.validators: PrimitiveClaimValidators[T] = PrimitiveClaimValidators(self, default_max_age_in_sec)


class BooleanClaimValidators(PrimitiveClaimValidators[bool]):
    """Validators of a claim that is true or false."""

    def is_true(self, max_age: float | None = None, id_: str | None = None) -> SessionClaimValidator:
        """Return a validator that wants true."""
        return self.has_value(True, max_age, id_)

    def is_false(self, max_age: float | None = None, id_: str | None = None) -> SessionClaimValidator:
        """Return a validator that wants false."""
        return self.has_value(False, max_age, id_)


class BooleanClaim(PrimitiveClaim[bool]):
    """A claim that is true or false, as SuperTokens' `BooleanClaim`; the parameters are those of `PrimitiveClaim`.

    Examples
    --------
    >>> from supertokens_lambda.claims import BooleanClaim
    >>> newsletter = BooleanClaim("newsletter", lambda *_: True)
    >>> newsletter.validators.is_true(max_age=300)
    HasValue('newsletter')
    """

    validators: BooleanClaimValidators

    def __init__(
        self,
        key: str,
        fetch_value: FetchValue,
        default_max_age_in_sec: float | None = None,
    ) -> None:
        super().__init__(key, fetch_value, default_max_age_in_sec)
        self.validators = BooleanClaimValidators(self, default_max_age_in_sec)
