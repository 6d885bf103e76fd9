"""The recipes of SuperTokens that a new application may have, and its `backend_config.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """A recipe of SuperTokens.

    Attributes
    ----------
    modules : tuple of str
        The modules of ``supertokens_python.recipe`` that it consists of.
    code : str
        Its lines in the list of recipes.
    validator : str
        The claim validator that it registers, as the setting names it; empty for none.
    """

    modules: tuple[str, ...]
    code: str
    validator: str = ""


RECIPES = {
    "emailpassword": Recipe(("emailpassword",), "emailpassword.init(email_delivery=delivery.ses(settings)),"),
    "thirdparty": Recipe(("thirdparty",), "thirdparty.init(),  # with the providers that the core has for the tenant"),
    "passwordless": Recipe(
        ("passwordless",),
        """passwordless.init(
            passwordless.ContactEmailOnlyConfig(),
            flow_type="USER_INPUT_CODE_AND_MAGIC_LINK",
            email_delivery=delivery.ses(settings),
        ),""",
    ),
    "emailverification": Recipe(
        ("emailverification",),
        'emailverification.init(mode="REQUIRED", email_delivery=delivery.ses(settings)),',
        "email-verification",
    ),
    "userroles": Recipe(("userroles",), "userroles.init(),"),
    "totp": Recipe(("multifactorauth", "totp"), "multifactorauth.init(),\n        totp.init(),", "multi-factor-auth"),
}
DEFAULT = ("emailpassword",)
_CONFIG = '''"""The recipes that SuperTokens runs for this application."""

{delivery}from supertokens_lambda.settings import Settings, session_options
from supertokens_python.recipe import {modules}
from supertokens_python.supertokens import RecipeInit


def recipe_list(settings: Settings) -> list[RecipeInit]:
    """Return the recipes, in the form that SuperTokens' ``init`` takes them."""
    return [
        session.init(**session_options(settings)),
        {recipes}
    ]
'''


def backend_config(recipes: tuple[str, ...]) -> str:
    """Return the text of a `backend_config.py` with these recipes."""
    chosen = [RECIPES[name] for name in recipes]
    modules = sorted({"session", *(module for recipe in chosen for module in recipe.modules)})
    return _CONFIG.format(
        modules=", ".join(modules),
        recipes="\n        ".join(recipe.code for recipe in chosen),
        delivery="from supertokens_lambda import delivery\n" if sends_emails(recipes) else "",
    )


def sends_emails(recipes: tuple[str, ...]) -> bool:
    """Check whether a recipe sends e-mails."""
    return any("delivery.ses" in RECIPES[name].code for name in recipes)


def validators(recipes: tuple[str, ...]) -> str:
    """Return the claim validators that recipes register, as the setting has them."""
    return ",".join(RECIPES[name].validator for name in recipes if RECIPES[name].validator)
