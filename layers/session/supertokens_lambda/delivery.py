"""E-mails by Amazon SES and text messages by Amazon SNS, for the recipes of `backend_config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._delivery.errors import DeliveryError, DeliveryUnavailableError, RecipientRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_python.ingredients.emaildelivery.types import EmailDeliveryConfig, SMTPServiceInterface
    from supertokens_python.ingredients.smsdelivery.types import SMSDeliveryConfig, TwilioServiceInterface

    from supertokens_lambda._settings import Settings

__all__ = ["DeliveryError", "DeliveryUnavailableError", "RecipientRefusedError", "ses", "sns"]


def ses(
    settings: Settings,
    override: Callable[[SMTPServiceInterface[Any]], SMTPServiceInterface[Any]] | None = None,
) -> EmailDeliveryConfig[Any]:
    """Return the ``email_delivery`` of a recipe that sends by Amazon SES.

    Parameters
    ----------
    settings : Settings
        With the sender (``SUPERTOKENS_EMAIL_SENDER``). Without one every e-mail fails, which the log explains.
    override : callable, optional
        As that of SuperTokens' ``SMTPService``: gets the implementation, whose `get_content` and `send_raw_email` may
        be replaced, and returns the one to use.

    Examples
    --------
    >>> from supertokens_python.recipe import emailpassword
    >>> from supertokens_lambda.delivery import ses
    >>> from supertokens_lambda.settings import Settings
    >>> def recipe_list(settings: Settings) -> list[object]:
    ...     return [emailpassword.init(email_delivery=ses(settings))]
    """
    from supertokens_lambda._sdk.email_delivery import ses_config

    return ses_config(settings, override)


def sns(
    settings: Settings,
    override: Callable[[TwilioServiceInterface[Any]], TwilioServiceInterface[Any]] | None = None,
) -> SMSDeliveryConfig[Any]:
    """Return the ``sms_delivery`` of a recipe that sends by Amazon SNS.

    Parameters
    ----------
    settings : Settings
        With the sender (``SUPERTOKENS_SMS_SENDER_ID``, ``SUPERTOKENS_SMS_ORIGINATION_NUMBER``), if the countries of
        the visitors want one.
    override : callable, optional
        As that of SuperTokens' ``TwilioService``: gets the implementation, whose `get_content` and `send_raw_sms` may
        be replaced, and returns the one to use.

    Examples
    --------
    >>> from supertokens_python.recipe import passwordless
    >>> from supertokens_lambda.delivery import sns
    >>> from supertokens_lambda.settings import Settings
    >>> def recipe_list(settings: Settings) -> list[object]:
    ...     phone = passwordless.ContactPhoneOnlyConfig()
    ...     return [passwordless.init(phone, flow_type="USER_INPUT_CODE", sms_delivery=sns(settings))]
    """
    from supertokens_lambda._sdk.sms_delivery import sns_config

    return sns_config(settings, override)
