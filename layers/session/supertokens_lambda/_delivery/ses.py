"""Amazon SES, by version 2 of its API."""

from __future__ import annotations

from email.utils import formataddr, getaddresses
from typing import TYPE_CHECKING

from supertokens_lambda._delivery.clients import client, explained
from supertokens_lambda._delivery.errors import DeliveryError, RecipientRefusedError
from supertokens_lambda._delivery.refusals import Refusal

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings

_WHAT = "an e-mail by Amazon SES"
_REFUSALS = (
    Refusal(
        ("AccessDenied",),
        "",
        DeliveryError,
        "the function may not send; allow ses:SendEmail in its Policies, on the identity of the sender and on the "
        "configuration set",
    ),
    Refusal(
        ("SendingPaused", "AccountSuspended"),
        "",
        DeliveryError,
        "sending is paused for the account or the configuration set; see the account dashboard of SES",
    ),
    Refusal(
        ("MailFromDomainNotVerified",),
        "",
        DeliveryError,
        "the custom MAIL FROM domain of the sender is not verified; publish its MX record",
    ),
    Refusal(
        ("MessageRejected",),
        "not verified",
        DeliveryError,
        "the account is in the sandbox of SES, and the recipient is not verified; request production access, or "
        "verify the recipient",
    ),
    Refusal(
        ("NotFound", "BadRequest", "ConfigurationSetDoesNotExist"),
        "configuration set",
        DeliveryError,
        "the configuration set does not exist; create it in this region, or correct "
        "SUPERTOKENS_EMAIL_CONFIGURATION_SET",
    ),
    Refusal(
        ("MessageRejected", "BadRequest"),
        "address",
        RecipientRefusedError,
        "the address of the recipient is malformed; check how the form validates addresses",
    ),
    Refusal(
        ("MessageRejected", "BadRequest"),
        "",
        DeliveryError,
        "the service refused the content; check what get_content returns",
    ),
)


class Ses:
    """Sends e-mails.

    Parameters
    ----------
    settings : Settings
        With the sender.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._may_ask = True

    def send(self, to: str, subject: str, body: str, *, is_html: bool) -> None:
        """Send an e-mail to one recipient.

        Raises
        ------
        DeliveryError
            It was not sent.
        """
        settings = self._settings
        sender = settings.email_sender
        if sender is None:
            raise DeliveryError(
                f"could not send {_WHAT}: SUPERTOKENS_EMAIL_SENDER is missing; set it to an address that SES verified"
            )
        if getaddresses([to]) != [("", to)]:
            raise RecipientRefusedError(
                f"could not send {_WHAT}: the recipient is not one address; check how the form validates addresses"
            )
        named = {"ConfigurationSetName": settings.email_configuration_set} if settings.email_configuration_set else {}
        with explained((_unverified(sender), *_REFUSALS), _WHAT):
            client("sesv2").send_email(
                FromEmailAddress=formataddr((settings.app_name, sender)),
                Destination={"ToAddresses": [to]},
                Content={"Simple": {"Subject": _text(subject), "Body": {"Html" if is_html else "Text": _text(body)}}},
                **named,
            )

    def is_suppressed(self, to: str) -> bool:
        """Check whether the account does not deliver to an address; False where that cannot be found out.

        SES accepts an e-mail to an address on the suppression list of the account, and drops it.
        """
        if not self._may_ask:
            return False
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client("sesv2").get_suppressed_destination(EmailAddress=to)
        except ClientError as error:
            self._may_ask = not error.response["Error"]["Code"].startswith("AccessDenied")
            return False
        except BotoCoreError:
            return False
        return True


def _unverified(sender: str) -> Refusal:
    # SES names the identities that it has not verified: of the sender, or in the sandbox of the recipient.
    return Refusal(
        ("MessageRejected",),
        sender.lower(),
        DeliveryError,
        "the sender is not verified; create the identity of SUPERTOKENS_EMAIL_SENDER in this region, and verify it",
    )


def _text(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
