"""Comparison of the claim validators that recipes register with those that pages check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.recipe.session.recipe_implementation import RecipeImplementation

from supertokens_lambda._sdk.agreement import is_overridden
from supertokens_lambda._sdk.claims import sdk_validator
from supertokens_lambda._settings import ASK_SDK, SettingsError
from supertokens_lambda._verification.claims.global_validators import GLOBAL_VALIDATORS

if TYPE_CHECKING:
    from supertokens_python.recipe.session.interfaces import SessionClaimValidator

    from supertokens_lambda._settings import Settings

_CHOOSE_OR_DECIDE = ("get_global_claim_validators", "validate_claims")


def check_global_validators(settings: Settings) -> None:
    """Check whether pages check every claim that the recipes register for all pages; call it after the SDK's `init`.

    Raises
    ------
    SettingsError
        They do not; the message says what to set.
    """
    if settings.verify_with_sdk or ASK_SDK in settings.global_claim_validators:
        return
    registered = _registered()
    if registered != {*settings.global_claim_validators}:
        wanted = ASK_SDK if ASK_SDK in registered else ",".join(sorted(registered))
        raise SettingsError(
            "SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS does not name the claim validators that the recipes of backend_config "
            f"register; {f'set it to {wanted}' if wanted else 'leave it out'}, for every function"
        )


def _registered() -> set[str]:
    """Return the names of the registered validators, as the settings spell them."""
    recipe = SessionRecipe.get_instance()
    names = {_name_of(validator) for validator in recipe.get_claim_validators_added_by_other_recipes()}
    if any(is_overridden(recipe.recipe_implementation, name, RecipeImplementation) for name in _CHOOSE_OR_DECIDE):
        names.add(ASK_SDK)
    return names


def _name_of(registered: SessionClaimValidator) -> str:
    for name, known in GLOBAL_VALIDATORS.items():
        if registered.claim is not None and registered.claim.key == known.claim.key:
            validator = sdk_validator(known)
            if type(registered) is type(validator) and vars(registered) == vars(validator):
                return name
    return ASK_SDK
