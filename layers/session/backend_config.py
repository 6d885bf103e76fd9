"""The recipes that SuperTokens runs for this application: the one file to edit; docs/recipes.md has further ones.

Domains, paths and the core are settings of the deployment; see template.yaml.
"""

import os

from supertokens_python.recipe import emailpassword, emailverification, session, thirdparty, userroles
from supertokens_python.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput
from supertokens_python.supertokens import RecipeInit

from supertokens_lambda.settings import Settings, parameter, session_options

PROVIDERS = ("github", "google")


def recipe_list(settings: Settings) -> list[RecipeInit]:
    """Give the recipes, in the form that SuperTokens' ``init`` takes them."""
    recipes = [
        session.init(**session_options(settings)),
        emailpassword.init(),
        emailverification.init(mode="OPTIONAL"),
        userroles.init(),
    ]
    providers = [provider(name) for name in PROVIDERS if os.environ.get(f"{name.upper()}_CLIENT_ID")]
    if providers:
        feature = thirdparty.SignInAndUpFeature(providers=providers)
        recipes.append(thirdparty.init(sign_in_and_up_feature=feature))
    return recipes


def provider(name: str) -> ProviderInput:
    """Give a provider of social sign-in by the variables that the template sets."""
    client = ProviderClientConfig(
        client_id=os.environ[f"{name.upper()}_CLIENT_ID"],
        client_secret=parameter(os.environ[f"{name.upper()}_CLIENT_SECRET_PARAMETER"]),
    )
    return ProviderInput(config=ProviderConfig(third_party_id=name, clients=[client]))
