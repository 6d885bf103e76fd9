"""SuperTokens' interface of e-mail delivery by Amazon SES, with the overrides of its SMTP service."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from supertokens_python.ingredients.emaildelivery.types import (
    EmailContent,
    EmailDeliveryConfig,
    EmailDeliveryInterface,
    SMTPServiceInterface,
)

from supertokens_lambda._delivery.errors import DeliveryError, DeliveryUnavailableError, RecipientRefusedError
from supertokens_lambda._delivery.ses import Ses
from supertokens_lambda._sdk.delivery import in_thread, recipe_of, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._settings import Settings

_TO_ASK = 1.0  # seconds: an e-mail that was sent does not fail for want of what is asked after it
_REFUSED = "No e-mail can be sent to this address. Please use another one."


class SesTransporter:
    """In the place of SuperTokens' transporter for SMTP.

    Parameters
    ----------
    settings : Settings
        With the sender.
    """

    def __init__(self, settings: Settings) -> None:
        self._ses = Ses(settings)

    async def send_email(self, content: EmailContent, _user_context: dict[str, Any]) -> None:
        """Send an e-mail.

        Raises
        ------
        DeliveryError
            It was not sent, or is not delivered.
        """
        to = content.to_email
        await in_thread(partial(self._ses.send, to, content.subject, content.body, is_html=content.is_html))
        try:
            is_suppressed = await in_thread(partial(self._ses.is_suppressed, to), _TO_ASK)
        except DeliveryUnavailableError:
            return
        if is_suppressed:
            raise RecipientRefusedError(
                "Amazon SES took an e-mail and does not deliver it: the recipient is on the suppression list of the "
                "account; remove the address from the list if it receives mail again"
            )


class SesImplementation(SMTPServiceInterface[Any]):
    """What an application may override, as that of SuperTokens' SMTP service."""

    def __init__(self, transporter: SesTransporter) -> None:
        super().__init__(transporter)  # type: ignore[arg-type]  # of the transporter, `send_email` alone is called

    async def send_raw_email(self, content: EmailContent, user_context: dict[str, Any]) -> None:
        """Send an e-mail."""
        await self.transporter.send_email(content, user_context)

    async def get_content(self, template_vars: Any, user_context: dict[str, Any]) -> EmailContent:
        """Return the e-mail that SuperTokens' SMTP service sends for the recipe."""
        recipe = recipe_of(template_vars)
        try:
            smtp = import_module(f"supertokens_python.recipe.{recipe}.emaildelivery.services.smtp")
            templates = smtp.ServiceImplementation(self.transporter)
        except (ImportError, AttributeError):
            raise DeliveryError(
                f"SuperTokens has no template for the e-mails of the recipe {recipe!r}; override get_content"
            ) from None
        content: EmailContent = await templates.get_content(template_vars, user_context)
        return content


class SesService(EmailDeliveryInterface[Any]):
    """Sends the e-mails of a recipe.

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
        override: Callable[[SMTPServiceInterface[Any]], SMTPServiceInterface[Any]] | None = None,
    ) -> None:
        implementation = SesImplementation(SesTransporter(settings))
        self.service_implementation: SMTPServiceInterface[Any] = (
            implementation if override is None else override(implementation)
        )

    async def send_email(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        """Send an e-mail of a recipe.

        Raises
        ------
        BadInputError
            SES does not send to the address.
        DeliveryError
            The e-mail was not sent, for any other reason.
        """
        content = await self.service_implementation.get_content(template_vars, user_context)
        try:
            await self.service_implementation.send_raw_email(content, user_context)
        except RecipientRefusedError as error:
            refused = refuse(error, _REFUSED)
            # A password is reset by anybody who types an address: the answer must not depend on the account.
            if recipe_of(template_vars) != "emailpassword":
                raise refused from None


def ses_config(
    settings: Settings, override: Callable[[SMTPServiceInterface[Any]], SMTPServiceInterface[Any]] | None
) -> EmailDeliveryConfig[Any]:
    """Return the configuration that a recipe takes."""
    return EmailDeliveryConfig(service=SesService(settings, override))
