"""All recipes that the sample has pages for; messages go to a file, as lines of JSON."""

import json
import os
from pathlib import Path
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
from supertokens_python.recipe.thirdparty.provider import (
    ProviderClientConfig,
    ProviderConfig,
    ProviderInput,
    UserFields,
    UserInfoMap,
)
from supertokens_python.supertokens import RecipeInit

from supertokens_lambda import forms
from supertokens_lambda.settings import Settings, session_options

MESSAGES = Path(os.environ["MESSAGES"])
PROVIDER = os.environ["PROVIDER"]
NEEDS_TOTP = "needs-totp"  # in the address of those who need the second factor


def recipe_list(settings: Settings) -> list[RecipeInit]:
    email = EmailDeliveryConfig(override=into_file)
    login = EmailDeliveryConfig(override=lambda original: forms.link_code_in_query(into_file(original)))
    sms = SMSDeliveryConfig(override=lambda original: forms.link_code_in_query(into_file(original)))
    return [
        session.init(**session_options(settings)),
        emailpassword.init(email_delivery=email),
        emailverification.init(mode="OPTIONAL", email_delivery=email),
        passwordless.init(
            contact_config=passwordless.ContactEmailOrPhoneConfig(),
            flow_type="USER_INPUT_CODE_AND_MAGIC_LINK",
            email_delivery=login,
            sms_delivery=sms,
        ),
        thirdparty.init(
            sign_in_and_up_feature=thirdparty.SignInAndUpFeature(
                providers=[provider("local", "secret"), provider("other")]
            )
        ),
        accountlinking.init(should_do_automatic_account_linking=link_if_verified),
        multifactorauth.init(override=OverrideConfig(functions=second_factor_for_some)),
        totp.init(),
    ]


def provider(provider_id: str, secret: str | None = None) -> ProviderInput:
    """Give a provider on this machine; without a secret SuperTokens uses PKCE."""
    return ProviderInput(
        config=ProviderConfig(
            third_party_id=provider_id,
            name=provider_id.capitalize(),
            clients=[ProviderClientConfig(client_id="app", client_secret=secret)],
            authorization_endpoint=f"{PROVIDER}/authorize",
            token_endpoint=f"{PROVIDER}/token",
            user_info_endpoint=f"{PROVIDER}/user",
            user_info_map=UserInfoMap(
                from_id_token_payload=UserFields(),
                from_user_info_api=UserFields(user_id="sub", email="email", email_verified="email_verified"),
            ),
        )
    )


def into_file(original: Any) -> Any:
    async def send(template_vars: Any, user_context: dict[str, Any]) -> None:
        known = {name: value for name, value in vars(template_vars).items() if isinstance(value, str | int | None)}
        known["to"] = (
            getattr(template_vars, "phone_number", None)
            or getattr(template_vars, "email", None)
            or template_vars.user.email
        )
        keep(known)

    name = "send_sms" if hasattr(original, "send_sms") else "send_email"
    setattr(original, name, send)
    return original


def keep(message: dict[str, Any]) -> None:
    with MESSAGES.open("a") as file:
        file.write(json.dumps(message) + "\n")


async def link_if_verified(*_: Any) -> Any:
    return accountlinking.ShouldAutomaticallyLink(should_require_verification=True)


def second_factor_for_some(original: RecipeInterface) -> RecipeInterface:
    required = original.get_mfa_requirements_for_auth

    async def get_mfa_requirements_for_auth(**given: Any) -> Any:
        user = await given["user"]()
        if any(NEEDS_TOTP in email for email in user.emails):
            return ["totp"]
        return await required(**given)

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign]
    return original
