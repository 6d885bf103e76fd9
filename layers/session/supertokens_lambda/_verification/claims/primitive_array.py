"""Claims of several values, as SuperTokens' `PrimitiveArrayClaim`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from supertokens_lambda._verification.claims.claim import SessionClaim, SessionClaimValidator, T

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supertokens_lambda._verification.claims.claim import FetchValue

# By method: the name of the wanted values in a refusal, and whether the claim's values are good.
_CONDITIONS: dict[str, tuple[str, Callable[[set[Any], set[Any]], bool]]] = {
    "includes": ("expectedToInclude", set.issuperset),
    "includes_all": ("expectedToInclude", set.issuperset),
    "includes_any": ("expectedToIncludeAtLeastOneOf", lambda actual, wanted: not actual.isdisjoint(wanted)),
    "excludes": ("expectedToNotInclude", set.isdisjoint),
    "excludes_all": ("expectedToNotInclude", set.isdisjoint),
}


class Contents(SessionClaimValidator):
    """The claim includes values, or excludes them."""

    def can_decide(self, payload: Mapping[str, Any], now: int) -> bool:
        """Check whether the payload holds a list that is new enough."""
        return super().can_decide(payload, now) and isinstance(payload[self.claim.key]["v"], list)

    def refusal(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return why the values are not as expected, or None if they are."""
        method, (given, *_) = self.made_by
        expectation, is_good = _CONDITIONS[method]
        actual = payload[self.claim.key]["v"]
        if is_good(set(actual), set(given) if isinstance(given, list) else {given}):
            return None
        return {"message": "wrong value", expectation: given, "actualValue": actual}


class PrimitiveArrayClaimValidators(Generic[T]):
    """Validators of a claim of several values."""

    def __init__(self, claim: SessionClaim[T], default_max_age_in_sec: float | None) -> None:
        self._claim = claim
        self._default_max_age = default_max_age_in_sec

    def includes(
        self, val: Any, max_age_in_seconds: float | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Return a validator that wants this value among the claim's."""
        return self._validator("includes", val, max_age_in_seconds, id_)

    def excludes(
        self, val: Any, max_age_in_seconds: float | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Return a validator that refuses this value among the claim's."""
        return self._validator("excludes", val, max_age_in_seconds, id_)

    def includes_all(
        self, val: T, max_age_in_seconds: float | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Return a validator that wants all of these values among the claim's."""
        return self._validator("includes_all", val, max_age_in_seconds, id_)

    def includes_any(
        self, val: T, max_age_in_seconds: float | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Return a validator that wants one of these values at least among the claim's."""
        return self._validator("includes_any", val, max_age_in_seconds, id_)

    def excludes_all(
        self, val: T, max_age_in_seconds: float | None = None, id_: str | None = None
    ) -> SessionClaimValidator:
        """Return a validator that refuses each of these values among the claim's."""
        return self._validator("excludes_all", val, max_age_in_seconds, id_)

    def _validator(self, method: str, val: Any, max_age: float | None, id_: str | None) -> SessionClaimValidator:
        return Contents(self._claim, id_, max_age or self._default_max_age, (method, (val, max_age, id_)))


class PrimitiveArrayClaim(SessionClaim[T]):
    """A claim of several values, like a user's roles.

    Parameters
    ----------
    key : str
        The name in the access token's payload.
    fetch_value : callable
        As in SuperTokens' `PrimitiveArrayClaim`.
    default_max_age_in_sec : float, optional
        The age from which values are fetched anew, where a validator names none.

    Examples
    --------
    >>> from supertokens_lambda.claims import PrimitiveArrayClaim
    >>> teams: PrimitiveArrayClaim[list[str]] = PrimitiveArrayClaim("teams", lambda *_: ["blue"])
    >>> teams.validators.includes("blue")
    Contents('teams')
    """

    def __init__(
        self,
        key: str,
        fetch_value: FetchValue,
        default_max_age_in_sec: float | None = None,
    ) -> None:
        super().__init__(key, fetch_value)
        self.default_max_age_in_sec: float | None = default_max_age_in_sec
        self.validators: PrimitiveArrayClaimValidators[T] = PrimitiveArrayClaimValidators(self, default_max_age_in_sec)
