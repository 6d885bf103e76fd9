"""Which recipes the application has configured, as far as pages depend on it."""

from __future__ import annotations

import re
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
class SignUpField:
    """A field of the sign-up beside e-mail address and password.

    Attributes
    ----------
    id : str
        As in `emailpassword.init`, like ``firstName``.
    is_optional : bool
        Whether it may stay empty.
    """

    id: str
    is_optional: bool

    @property
    def label(self) -> str:
        """The id in words, for visitors."""
        return re.sub(r"[_-]+|(?<=[a-z0-9])(?=[A-Z])", " ", self.id).capitalize()


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
    sign_up_fields : tuple of SignUpField
        What `emailpassword.init` asks for, beside e-mail address and password.
    """

    ids: frozenset[str]
    first_factors: frozenset[str]
    providers: tuple[Provider, ...]
    sign_up_fields: tuple[SignUpField, ...]


def configured() -> Recipes:
    """Return what the recipes offer; the SDK has been started."""
    tenancy = MultitenancyRecipe.get_instance()
    ids = frozenset(recipe.recipe_id for recipe in Supertokens.get_instance().recipe_modules)
    factors = tenancy.static_first_factors or tenancy.all_available_first_factors
    fields = _sign_up_fields() if "emailpassword" in ids else ()
    return Recipes(ids, frozenset(factors), _providers(tenancy), fields)


def _providers(tenancy: MultitenancyRecipe) -> tuple[Provider, ...]:
    inputs = tenancy.static_third_party_providers
    if not inputs:
        return ()
    # The recipe has loaded it, and what it wants.
    from supertokens_python.recipe.thirdparty.providers.config_utils import create_provider

    made = ((given.config.third_party_id, create_provider(given).config.name) for given in inputs)
    return tuple(Provider(each, name or each) for each, name in made)


def _sign_up_fields() -> tuple[SignUpField, ...]:
    # The application has loaded the recipe.
    from supertokens_python.recipe.emailpassword.recipe import EmailPasswordRecipe

    fields = EmailPasswordRecipe.get_instance().config.sign_up_feature.form_fields
    return tuple(SignUpField(each.id, each.optional) for each in fields if each.id not in ("email", "password"))
