"""A claim in an access token, and a condition on it: as in supertokens-python 0.31, `recipe/session/interfaces.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    FetchValue = Callable[[str, Any, str, dict[str, Any], dict[str, Any]], Any]

T = TypeVar("T")


class SessionClaim(Generic[T]):
    """A value in the access token's payload, with the time at which it was fetched.

    Parameters
    ----------
    key : str
        The name in the payload.
    fetch_value : callable
        As in SuperTokens' claims: takes user id, recipe user id, tenant id, payload and user context, and returns the
        value or an awaitable of it. Called only where a value is missing or too old.

    Examples
    --------
    >>> from supertokens_lambda.claims import SessionClaim, UserRoleClaim
    >>> claim: SessionClaim[list[str]] = UserRoleClaim
    >>> claim.get_value_from_payload({"st-role": {"v": ["admin"], "t": 1700000000000}})
    ['admin']
    """

    def __init__(self, key: str, fetch_value: FetchValue) -> None:
        self.key: str = key
        self.fetch_value: FetchValue = fetch_value

    def get_value_from_payload(self, payload: Mapping[str, Any], user_context: object = None) -> T | None:
        """Return the claim's value in an access token's payload, or None if it is missing."""
        del user_context  # as in SuperTokens' claims
        value: T | None = (payload.get(self.key) or {}).get("v")
        return value

    def get_last_refetch_time(self, payload: Mapping[str, Any], user_context: object = None) -> int | None:
        """Return when the claim's value was fetched, in milliseconds since 1970, or None if it is missing."""
        del user_context  # as in SuperTokens' claims
        time: int | None = (payload.get(self.key) or {}).get("t")
        return time

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key!r})"


class SessionClaimValidator:
    """A condition on a claim, made by the methods of the claim's `validators`.

    Attributes
    ----------
    id : str
        The name in SuperTokens' answer to a session that is refused.
    claim : SessionClaim
        The claim.
    made_by : tuple
        The method's name and arguments, by which SuperTokens' own claim makes its validator.

    Examples
    --------
    >>> from supertokens_lambda import Session, verify_session
    >>> from supertokens_lambda.claims import SessionClaimValidator, UserRoleClaim
    >>> def and_admin(global_validators: list[SessionClaimValidator], *_: object) -> list[SessionClaimValidator]:
    ...     return [*global_validators, UserRoleClaim.validators.includes("admin")]
    >>> @verify_session(override_global_claim_validators=and_admin)
    ... def handler(event, context, session: Session):
    ...     return {"statusCode": 200, "body": "Administration"}
    """

    def __init__(
        self, claim: SessionClaim[Any], id_: str | None, max_age: float | None, made_by: tuple[str, tuple[Any, ...]]
    ) -> None:
        self.id: str = id_ or claim.key
        self.claim: SessionClaim[Any] = claim
        self.made_by: tuple[str, tuple[Any, ...]] = made_by
        self._max_age = max_age

    def can_decide(self, payload: Mapping[str, Any], now: int) -> bool:
        """Check whether the payload holds a value that is new enough; SuperTokens would fetch any other one first.

        Parameters
        ----------
        payload : mapping
            The access token's payload.
        now : int
            Milliseconds since 1970.
        """
        entry = payload.get(self.claim.key)
        return (
            isinstance(entry, dict)
            and entry.get("v") is not None
            and isinstance(entry.get("t"), int | float)
            and (self._max_age is None or entry["t"] >= now - self._max_age * 1000)
        )

    def refusal(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return why a payload that `can_decide` does not meet the condition, in SuperTokens' words, or None."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"
