"""Amazon SNS on this machine: ``Publish`` to a phone number, by the query protocol of AWS."""

from html import escape
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from supertokens_lambda_local.loopback import read_body
from supertokens_lambda_local.mail.mailbox import Mailbox
from supertokens_lambda_local.mail.message import Message

PATH = "/"
SERVICE = "Amazon SNS"
_LIMIT = 262_144  # "Amazon SNS endpoints and quotas": 256 KB
_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


async def publish(request: Request, mailbox: Mailbox) -> Response:
    """Serve ``Publish``."""
    body = await read_body(request, _LIMIT)
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=100))
    except ValueError:
        return _refusal("InvalidParameter", "the request is malformed")
    if fields.get("Action") != "Publish":
        return _refusal("InvalidAction", "the mailbox knows Publish alone of SNS")
    number, text = fields.get("PhoneNumber", ""), fields.get("Message", "")
    if not (number and text):
        return _refusal("InvalidParameter", "the mailbox takes a Message to a PhoneNumber; topics are not known here")
    sender = fields.get("MessageAttributes.entry.1.Value.StringValue", "")
    is_sender = fields.get("MessageAttributes.entry.1.Name") == "AWS.SNS.SMS.SenderID"
    kept = mailbox.add(Message("SMS", SERVICE, (number,), sender if is_sender else "", text=text))
    return _xml(
        f'<PublishResponse xmlns="{_NAMESPACE}"><PublishResult><MessageId>local-{kept}</MessageId></PublishResult>'
        f"<ResponseMetadata><RequestId>local-{kept}</RequestId></ResponseMetadata></PublishResponse>"
    )


def _refusal(code: str, message: str) -> Response:
    return _xml(
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>",
        400,
    )


def _xml(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="text/xml")
