"""The claims and validators of the toolkit, converted to those of SuperTokens' SDK."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from supertokens_python.recipe.session.claims import BooleanClaim, PrimitiveArrayClaim, PrimitiveClaim
from supertokens_python.recipe.session.interfaces import SessionClaimValidator
from supertokens_python.utils import resolve

from supertokens_lambda._settings import SettingsError
from supertokens_lambda._verification.claims import claim as ours
from supertokens_lambda._verification.claims import primitive, primitive_array, recipes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from supertokens_python.recipe.session.interfaces import SessionClaim, SessionContainer

    from supertokens_lambda._verification.options import Validators

    SdkValidators = Callable[
        [list[SessionClaimValidator], SessionContainer, dict[str, Any]], Awaitable[list[SessionClaimValidator]]
    ]


class NotAValidatorError(SettingsError):
    """A page's `override_global_claim_validators` returned something other than claim validators."""


class ChoiceSession:
    """The session for `override_global_claim_validators`: the SDK's container, with the method `sdk` of `Session`."""

    def __init__(self, container: SessionContainer) -> None:
        self._container = container

    def sdk(self) -> SessionContainer:
        """Return the container."""
        return self._container

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)

    def __getitem__(self, name: str) -> Any:
        return self._container[name]


def sdk_choice(choose: Validators | None) -> SdkValidators | None:
    """Return the `override_global_claim_validators` of a page as a function for the SDK; None stays None."""
    if choose is None:
        return None

    async def chosen(
        given: list[SessionClaimValidator], container: SessionContainer, user_context: dict[str, Any]
    ) -> list[SessionClaimValidator]:
        session: Any = ChoiceSession(container)
        validators: Any = await resolve(choose(given, session, user_context))
        if not isinstance(validators, Iterable):
            raise NotAValidatorError(
                "override_global_claim_validators must return a list of claim validators; return [] to check none"
            )
        return [sdk_validator(validator) for validator in validators]

    return chosen


def sdk_validator(validator: object) -> SessionClaimValidator:
    """Return the SDK's validator for a validator of the toolkit or the SDK.

    Raises
    ------
    NotAValidatorError
        The object is not a validator.
    """
    if isinstance(validator, ours.SessionClaimValidator):
        method, arguments = validator.made_by
        made: SessionClaimValidator = getattr(_sdk_claim(validator.claim).validators, method)(*arguments)
        return made
    if isinstance(validator, SessionClaimValidator):
        return validator
    raise NotAValidatorError(
        f"override_global_claim_validators returned a list with a {type(validator).__name__}; return claim validators"
    )


def _sdk_claim(claim: ours.SessionClaim[Any]) -> Any:
    # The claim of its recipe, or one with the same key and function.
    if claim is recipes.UserRoleClaim or claim is recipes.PermissionClaim:
        from supertokens_python.recipe import userroles

        return userroles.UserRoleClaim if claim is recipes.UserRoleClaim else userroles.PermissionClaim
    if claim is recipes.EmailVerificationClaim:
        from supertokens_python.recipe.emailverification import EmailVerificationClaim

        return EmailVerificationClaim
    if claim is recipes.MultiFactorAuthClaim:
        from supertokens_python.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim

        return MultiFactorAuthClaim
    kinds: list[tuple[type, Callable[..., SessionClaim[Any]]]] = [
        (primitive.BooleanClaim, BooleanClaim),
        (primitive.PrimitiveClaim, PrimitiveClaim),
        (primitive_array.PrimitiveArrayClaim, PrimitiveArrayClaim),
    ]
    make = next(make for kind, make in kinds if isinstance(claim, kind))
    return make(claim.key, claim.fetch_value, claim.default_max_age_in_sec)  # type: ignore[attr-defined]  # all kinds have it
