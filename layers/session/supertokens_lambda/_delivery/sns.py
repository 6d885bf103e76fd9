"""Amazon SNS, which sends text messages to telephone numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._delivery.clients import client, explained
from supertokens_lambda._delivery.errors import DeliveryError, RecipientRefusedError
from supertokens_lambda._delivery.refusals import Refusal

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings

_WHAT = "a text message by Amazon SNS"
_REFUSALS = (
    Refusal(
        ("AuthorizationError", "AccessDenied"),
        "",
        DeliveryError,
        "the function may not send; allow sns:Publish in its Policies, with NotResource: arn:aws:sns:*:*:*",
    ),
    Refusal(
        ("",),
        "sandbox",
        DeliveryError,
        "the account is in the SMS sandbox, and the number is not verified; leave the sandbox, or verify the number",
    ),
    Refusal(
        ("OptedOut",),
        "",
        RecipientRefusedError,
        "the number has opted out of messages; its owner has to opt in again",
    ),
    Refusal(
        ("InvalidParameter", "ParameterValueInvalid"),
        "opted out",
        RecipientRefusedError,
        "the number has opted out of messages; its owner has to opt in again",
    ),
    Refusal(
        ("InvalidParameter", "ParameterValueInvalid"),
        "phonenumber",
        RecipientRefusedError,
        "messages cannot be sent to this number; check how the form validates numbers",
    ),
    Refusal(
        ("InvalidParameter", "ParameterValueInvalid"),
        "",
        DeliveryError,
        "the service refused the message; check SUPERTOKENS_SMS_SENDER_ID, SUPERTOKENS_SMS_ORIGINATION_NUMBER and "
        "what get_content returns",
    ),
)


class Sns:
    """Sends text messages.

    Parameters
    ----------
    settings : Settings
        With the sender.
    """

    def __init__(self, settings: Settings) -> None:
        self._sender_id = settings.sms_sender_id

    def send(self, to: str, body: str, origination_number: str | None) -> None:
        """Send a text message to a telephone number.

        Raises
        ------
        DeliveryError
            It was not sent.
        """
        attributes = {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.SNS.SMS.SenderID": self._sender_id,
            "AWS.MM.SMS.OriginationNumber": origination_number,
        }
        with explained(_REFUSALS, _WHAT):
            client("sns").publish(
                PhoneNumber=to,
                Message=body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value
                },
            )
