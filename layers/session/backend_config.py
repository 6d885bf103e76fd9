"""The recipes that SuperTokens runs for this application: the one file to edit; docs/recipes.md has further ones.

Domains, paths and the core are settings of the deployment; see template.yaml.
"""

import os
from typing import Any

from supertokens_python.asyncio import get_user
from supertokens_python.recipe import emailpassword, emailverification, session, thirdparty, userroles
from supertokens_python.recipe.emailpassword.interfaces import APIInterface, PasswordResetPostOkResult
from supertokens_python.recipe.session.asyncio import revoke_all_sessions_for_user
from supertokens_python.recipe.session.interfaces import RecipeInterface, SessionContainer
from supertokens_python.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput
from supertokens_python.supertokens import RecipeInit
from supertokens_python.types import RecipeUserId

from supertokens_lambda import delivery
from supertokens_lambda.settings import Settings, parameter, session_options


def recipe_list(settings: Settings) -> list[RecipeInit]:
    """Return the recipes, in the form that SuperTokens' ``init`` takes them."""
    recipes = [
        session.init(**session_options(settings), override=session.SessionOverrideConfig(functions=with_email)),
        emailpassword.init(
            email_delivery=delivery.ses(settings),
            override=emailpassword.InputOverrideConfig(apis=with_an_end_of_sessions),
        ),
        emailverification.init(mode="OPTIONAL", email_delivery=delivery.ses(settings)),
        userroles.init(),
    ]
    if providers := social_providers():
        feature = thirdparty.SignInAndUpFeature(providers=providers)
        recipes.append(thirdparty.init(sign_in_and_up_feature=feature))
    return recipes


def with_email(implementation: RecipeInterface) -> RecipeInterface:
    """Return functions that add the e-mail address to access tokens: a page shows it without asking the core."""
    create = implementation.create_new_session

    async def create_new_session(
        user_id: str,
        recipe_user_id: RecipeUserId,
        access_token_payload: dict[str, Any] | None,
        *args: Any,
        **kwargs: Any,
    ) -> SessionContainer:
        user = await get_user(user_id, kwargs.get("user_context"))
        payload = {**(access_token_payload or {}), **({"email": user.emails[0]} if user and user.emails else {})}
        return await create(user_id, recipe_user_id, payload, *args, **kwargs)

    implementation.create_new_session = create_new_session  # type: ignore[method-assign]  # as SuperTokens has it
    return implementation


def with_an_end_of_sessions(implementation: APIInterface) -> APIInterface:
    """Return an API that ends all sessions of an account when its password is reset: one may be that of a thief."""
    reset = implementation.password_reset_post

    async def password_reset_post(*args: Any, **kwargs: Any) -> Any:
        result = await reset(*args, **kwargs)
        if isinstance(result, PasswordResetPostOkResult):
            await revoke_all_sessions_for_user(result.user.id)
        return result

    implementation.password_reset_post = password_reset_post  # type: ignore[method-assign]  # as above
    return implementation


def social_providers() -> list[ProviderInput]:
    """Return the providers of social sign-in that have a client id."""
    given = os.environ
    providers = []
    for name in ("github", "google"):
        if client_id := given.get(f"{name.upper()}_CLIENT_ID"):
            secret = parameter(given[f"{name.upper()}_CLIENT_SECRET_PARAMETER"])
            providers.append(provider(name, client_id, secret))
    if client_id := given.get("SUPERTOKENS_DEV_OIDC_CLIENT_ID"):
        # Only `supertokens-lambda dev` sets this: the provider signs in anybody.
        discovery = given["SUPERTOKENS_DEV_OIDC_DISCOVERY_ENDPOINT"]
        secret = given["SUPERTOKENS_DEV_OIDC_CLIENT_SECRET"]
        providers.append(provider("dev", client_id, secret, discovery, ["openid", "email"]))
    return providers


def provider(
    name: str, client_id: str, secret: str, discovery: str | None = None, scope: list[str] | None = None
) -> ProviderInput:
    """Return a provider; those that SuperTokens knows need neither discovery nor scope."""
    client = ProviderClientConfig(client_id=client_id, client_secret=secret, scope=scope)
    config = ProviderConfig(third_party_id=name, clients=[client], oidc_discovery_endpoint=discovery)
    return ProviderInput(config=config)
