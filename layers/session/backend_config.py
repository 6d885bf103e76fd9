"""The recipes that SuperTokens runs for this application: the one file to edit.

Domains, paths and the core are settings of the deployment; see template.yaml.
"""

from supertokens_python.recipe import emailpassword, session
from supertokens_python.supertokens import RecipeInit

from supertokens_lambda import delivery
from supertokens_lambda.settings import Settings, session_options


def recipe_list(settings: Settings) -> list[RecipeInit]:
    """Give the recipes, in the form that SuperTokens' ``init`` takes them."""
    return [
        session.init(**session_options(settings)),
        emailpassword.init(email_delivery=delivery.ses(settings)),
    ]
