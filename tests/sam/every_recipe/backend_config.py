"""Every recipe that an application configures, with a module and a package beside it."""

from company.sms import Nowhere  # type: ignore[import-not-found]  # in a layer this folder is where modules are found
from supertokens_python.ingredients.smsdelivery.types import SMSDeliveryConfig
from supertokens_python.recipe import (
    accountlinking,
    dashboard,
    emailpassword,
    emailverification,
    multifactorauth,
    multitenancy,
    oauth2provider,
    passwordless,
    saml,
    session,
    thirdparty,
    totp,
    usermetadata,
    userroles,
    webauthn,
)
from supertokens_python.supertokens import RecipeInit

from supertokens_lambda.settings import Settings, session_options


def recipe_list(settings: Settings) -> list[RecipeInit]:
    return [
        session.init(**session_options(settings)),
        accountlinking.init(),
        dashboard.init(),
        emailpassword.init(),
        emailverification.init(mode="OPTIONAL"),
        multifactorauth.init(),
        multitenancy.init(),
        oauth2provider.init(),
        passwordless.init(
            contact_config=passwordless.ContactEmailOrPhoneConfig(),
            flow_type="USER_INPUT_CODE",
            sms_delivery=SMSDeliveryConfig(service=Nowhere()),
        ),
        saml.init(),
        thirdparty.init(),
        totp.init(),
        usermetadata.init(),
        userroles.init(),
        webauthn.init(),
    ]
