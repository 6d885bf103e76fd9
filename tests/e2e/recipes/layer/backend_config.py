"""All recipes that the sample has pages for, with the provider of social sign-in that runs on this machine."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from supertokens_python.ingredients.emaildelivery.types import EmailDeliveryConfig
from supertokens_python.ingredients.smsdelivery.types import SMSDeliveryConfig
from supertokens_python.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    thirdparty,
    totp,
)
from supertokens_python.recipe.multifactorauth.interfaces import RecipeInterface
from supertokens_python.recipe.multifactorauth.types import OverrideConfig
from supertokens_python.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput
from supertokens_python.supertokens import RecipeInit
from supertokens_python.types import User

from supertokens_lambda import forms
from supertokens_lambda.settings import Settings, session_options

# What stands in the address of those who need a second factor, and which one of several they need.
FACTORS = {
    "needs-totp": ["totp"],
    "needs-code": ["otp-email"],
    "needs-either": [{"oneOf": ["totp", "otp-email"]}],
}


def recipe_list(settings: Settings) -> list[RecipeInit]:
    providers = [
        provider("dev", "GitHub", ["openid", "email"]),
        provider("pkce", "Google", ["openid", "email"], has_secret=False),
        provider("secretive", "GitLab", ["openid"]),
    ]
    is_required = "email-verification" in settings.global_claim_validators
    return [
        session.init(**session_options(settings)),
        emailpassword.init(),
        emailverification.init(mode="REQUIRED" if is_required else "OPTIONAL"),
        passwordless.init(
            contact_config=passwordless.ContactEmailOrPhoneConfig(),
            flow_type="USER_INPUT_CODE_AND_MAGIC_LINK",
            email_delivery=EmailDeliveryConfig(override=forms.link_code_in_query),
            sms_delivery=SMSDeliveryConfig(override=forms.link_code_in_query),
        ),
        thirdparty.init(sign_in_and_up_feature=thirdparty.SignInAndUpFeature(providers=providers)),
        accountlinking.init(should_do_automatic_account_linking=link_if_verified),
        multifactorauth.init(override=OverrideConfig(functions=second_factor_for_some)),
        totp.init(),
    ]


def provider(provider_id: str, name: str, scope: list[str], *, has_secret: bool = True) -> ProviderInput:
    secret = os.environ["SUPERTOKENS_DEV_OIDC_CLIENT_SECRET"] if has_secret else None
    client_id = os.environ["SUPERTOKENS_DEV_OIDC_CLIENT_ID"]
    client = ProviderClientConfig(client_id=client_id, client_secret=secret, scope=scope)
    discovery = os.environ["SUPERTOKENS_DEV_OIDC_DISCOVERY_ENDPOINT"]
    config = ProviderConfig(third_party_id=provider_id, name=name, clients=[client], oidc_discovery_endpoint=discovery)
    return ProviderInput(config=config)


async def link_if_verified(*_: Any) -> accountlinking.ShouldAutomaticallyLink:
    return accountlinking.ShouldAutomaticallyLink(should_require_verification=True)


def second_factor_for_some(original: RecipeInterface) -> RecipeInterface:
    required = original.get_mfa_requirements_for_auth

    async def get_mfa_requirements_for_auth(user: Callable[[], Awaitable[User]], **given: Any) -> Any:
        emails = " ".join((await user()).emails)
        factors = next((factors for part, factors in FACTORS.items() if part in emails), None)
        return factors or await required(user=user, **given)

    setattr(original, required.__name__, get_mfa_requirements_for_auth)
    return original
