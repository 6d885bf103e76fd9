"""Recipes that send e-mail and SMS by SuperTokens' own delivery, and sign in by the provider of this machine."""

import os

from supertokens_python.recipe import emailpassword, emailverification, passwordless, session, thirdparty
from supertokens_python.recipe.passwordless import ContactEmailOrPhoneConfig
from supertokens_python.recipe.thirdparty import (
    ProviderClientConfig,
    ProviderConfig,
    ProviderInput,
    SignInAndUpFeature,
)

from supertokens_lambda.settings import session_options


def recipe_list(settings):
    return [
        session.init(**session_options(settings)),
        emailpassword.init(),
        emailverification.init("OPTIONAL"),
        passwordless.init(ContactEmailOrPhoneConfig(), "USER_INPUT_CODE_AND_MAGIC_LINK"),
        thirdparty.init(SignInAndUpFeature([provider("dev"), provider("google"), provider("public", secret=False)])),
    ]


def provider(name, *, secret=True):
    client = ProviderClientConfig(
        client_id=os.environ["SUPERTOKENS_DEV_OIDC_CLIENT_ID"],
        client_secret=os.environ["SUPERTOKENS_DEV_OIDC_CLIENT_SECRET"] if secret else None,
        scope=["openid", "email"],
    )
    discovery = os.environ["SUPERTOKENS_DEV_OIDC_DISCOVERY_ENDPOINT"]
    return ProviderInput(ProviderConfig(third_party_id=name, oidc_discovery_endpoint=discovery, clients=[client]))
