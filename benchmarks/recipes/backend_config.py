"""The recipes of the peers, `benchmarks.subjects.sdk_init`: the sample's are more."""

from supertokens_python.recipe import emailpassword, session
from supertokens_python.supertokens import RecipeInit

from supertokens_lambda.settings import Settings, session_options


def recipe_list(settings: Settings) -> list[RecipeInit]:
    """Return the recipes, in the form that SuperTokens' ``init`` takes them."""
    return [session.init(**session_options(settings)), emailpassword.init()]
