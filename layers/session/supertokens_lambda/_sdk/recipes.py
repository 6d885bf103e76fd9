"""Which recipes the application has configured, as far as pages depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from supertokens_python.recipe.multitenancy.recipe import MultitenancyRecipe
from supertokens_python.supertokens import Supertokens


@dataclass(frozen=True)
class Provider:
    """A provider of social sign-in.

    Attributes
    ----------
    id : str
        As in SuperTokens, like ``github``.
    name : str
        For visitors.
    """

    id: str
    name: str


@dataclass(frozen=True)
class Recipes:
    """What the recipes offer.

    Attributes
    ----------
    ids : frozenset of str
        The recipes, like ``emailverification``; those too that SuperTokens adds.
    first_factors : frozenset of str
        What a visitor may begin with, like ``emailpassword``, ``thirdparty`` or ``link-email``.
    providers : tuple of Provider
        Of social sign-in; those that only the core knows are not among them.
    """

    ids: frozenset[str]
    first_factors: frozenset[str]
    providers: tuple[Provider, ...]


def configured() -> Recipes:
    """Return what the recipes offer; the SDK has been started."""
    tenancy = MultitenancyRecipe.get_instance()
    ids = frozenset(recipe.recipe_id for recipe in Supertokens.get_instance().recipe_modules)
    factors = tenancy.static_first_factors or tenancy.all_available_first_factors
    return Recipes(ids, frozenset(factors), _providers(tenancy))


def _providers(tenancy: MultitenancyRecipe) -> tuple[Provider, ...]:
    inputs = tenancy.static_third_party_providers
    if not inputs:
        return ()
    # The recipe has loaded it, and what it wants.
    from supertokens_python.recipe.thirdparty.providers.config_utils import create_provider

    made = ((given.config.third_party_id, create_provider(given).config.name) for given in inputs)
    return tuple(Provider(each, name or each) for each, name in made)
