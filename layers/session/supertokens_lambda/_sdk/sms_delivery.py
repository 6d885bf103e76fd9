"""SuperTokens' interface of SMS delivery by Amazon SNS, with the overrides of its Twilio service."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from supertokens_python.ingredients.smsdelivery.types import (
    SMSContent,
    SMSDeliveryConfig,
    SMSDeliveryInterface,
    TwilioServiceInterface,
)
from supertokens_python.recipe.passwordless.smsdelivery.services.twilio.passwordless_login import pless_sms_content

from supertokens_lambda._delivery.errors import RecipientRefusedError
from supertokens_lambda._delivery.sns import Sns
from supertokens_lambda._sdk.delivery import in_thread, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._settings import Settings

_REFUSED = "No text message can be sent to this number. Please use another one."


class SnsImplementation(TwilioServiceInterface[Any]):
    """What an application may override, as that of SuperTokens' Twilio service.

    Parameters
    ----------
    sns : Sns
        Sends text messages.
    """

    def __init__(self, sns: Sns) -> None:
        self._sns = sns

    async def send_raw_sms(
        self,
        content: SMSContent,
        user_context: dict[str, Any],  # noqa: ARG002 - of the interface
        from_: str | None = None,
        messaging_service_sid: str | None = None,  # noqa: ARG002 - likewise
    ) -> None:
        """Send a text message from an origination number.

        Raises
        ------
        DeliveryError
            It was not sent.
        """
        await in_thread(partial(self._sns.send, content.to_phone, content.body, from_))

    async def get_content(self, template_vars: Any, user_context: dict[str, Any]) -> SMSContent:  # noqa: ARG002 - likewise
        """Return the text message that SuperTokens' Twilio service sends."""
        return pless_sms_content(template_vars)


class SnsService(SMSDeliveryInterface[Any]):
    """Sends the text messages of a recipe.

    Parameters
    ----------
    settings : Settings
        With the sender.
    override : callable, optional
        Returns the implementation to use instead.
    """

    def __init__(
        self,
        settings: Settings,
        override: Callable[[TwilioServiceInterface[Any]], TwilioServiceInterface[Any]] | None = None,
    ) -> None:
        self._origination_number = settings.sms_origination_number
        implementation = SnsImplementation(Sns(settings))
        self.service_implementation: TwilioServiceInterface[Any] = (
            implementation if override is None else override(implementation)
        )

    async def send_sms(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        """Send a text message of a recipe.

        Raises
        ------
        BadInputError
            SNS does not send to the number.
        DeliveryError
            The message was not sent, for any other reason.
        """
        content = await self.service_implementation.get_content(template_vars, user_context)
        try:
            await self.service_implementation.send_raw_sms(content, user_context, from_=self._origination_number)
        except RecipientRefusedError as error:
            raise refuse(error, _REFUSED) from None


def sns_config(
    settings: Settings, override: Callable[[TwilioServiceInterface[Any]], TwilioServiceInterface[Any]] | None
) -> SMSDeliveryConfig[Any]:
    """Return the configuration that a recipe takes."""
    return SMSDeliveryConfig(service=SnsService(settings, override))
