"""The verdict on a session's claims, where the access token has all that it takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._verification.claims.claim import SessionClaimValidator
from supertokens_lambda._verification.session import Session
from supertokens_lambda._verification.verdict import InvalidClaims, Verified

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from supertokens_lambda._verification.options import Validators
    from supertokens_lambda._verification.state import SessionState


def check_claims(
    state: SessionState, choose: Validators | None, global_validators: tuple[str, ...], budget: float
) -> Verified | InvalidClaims | None:
    """Return the verdict on a verified session's claims.

    Parameters
    ----------
    state : SessionState
        The session.
    choose : callable or None
        The page's `override_global_claim_validators`; None checks the global ones.
    global_validators : tuple of str
        The names of the validators that the application's recipes register.
    budget : float
        Seconds that an `async` function may take.

    Returns
    -------
    Verified, InvalidClaims or None
        None if only the SDK can decide: a value is missing, malformed or too old, a validator is the SDK's own, or the
        function raised an error, which the SDK's verdict names.
    """
    try:
        validators = _validators(state, choose, global_validators, budget)
        payload, now = state.access_token_payload, int(time.time() * 1000)
        if not all(_is_ours(validator) and validator.can_decide(payload, now) for validator in validators):
            return None
        refusals = [(validator.id, validator.refusal(payload)) for validator in validators]
    except Exception:  # noqa: BLE001 - whatever the application's function raises, it raises again for the SDK
        return None
    errors = [{"id": name, "reason": reason} for name, reason in refusals if reason is not None]
    return InvalidClaims({"message": "invalid claim", "claimValidationErrors": errors}) if errors else Verified(state)


def _validators(
    state: SessionState, choose: Validators | None, global_validators: tuple[str, ...], budget: float
) -> list[SessionClaimValidator]:
    given: list[SessionClaimValidator] = []
    if global_validators:
        from supertokens_lambda._verification.claims.global_validators import GLOBAL_VALIDATORS

        given = [GLOBAL_VALIDATORS[name] for name in global_validators]
    if choose is None:
        return given
    chosen: Any = choose(given, Session(state), {})
    return list(_awaited(chosen, budget) if hasattr(chosen, "__await__") else chosen)


def _awaited(chosen: Awaitable[Iterable[Any]], budget: float) -> Iterable[Any]:
    import asyncio

    from supertokens_lambda._event_loop import run

    async def within_budget() -> Iterable[Any]:
        async with asyncio.timeout(within_invocation(budget)):
            return await chosen

    return run(within_budget())


def _is_ours(validator: object) -> bool:
    return isinstance(validator, SessionClaimValidator)
