"""Amazon SES on this machine: ``SendEmail`` of its API v2, with simple and raw content."""

import base64
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from supertokens_lambda_local.loopback import read_body
from supertokens_lambda_local.mail.mailbox import Mailbox
from supertokens_lambda_local.mail.message import Message
from supertokens_lambda_local.mail.mime import read_mail

PATH = "/v2/email/outbound-emails"
SERVICE = "Amazon SES"
# "Service quotas in Amazon SES": 40 MB with attachments; this machine keeps them in memory.
_LIMIT = 10_000_000


class _MalformedError(Exception):
    """The content is none that SES sends."""


async def send_email(request: Request, mailbox: Mailbox) -> JSONResponse:
    """Serve ``SendEmail``."""
    body = await read_body(request, _LIMIT)
    try:
        message = _message(json.loads(body))
    except (_MalformedError, ValueError, LookupError, TypeError, AttributeError) as error:
        advice = str(error) if isinstance(error, _MalformedError) else "the request is malformed"
        return JSONResponse({"message": advice}, 400, {"x-amzn-errortype": "BadRequestException"})
    return JSONResponse({"MessageId": f"local-{mailbox.add(message)}"})


def _message(content: dict[str, Any]) -> Message:
    destination = content.get("Destination") or {}
    to = [
        str(address)
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind) or ()
    ]
    sender = str(content.get("FromEmailAddress") or "")
    match content["Content"]:
        case {"Raw": {"Data": str(data)}}:
            return read_mail(base64.b64decode(data, validate=True), SERVICE, to, sender)
        case {"Simple": {"Subject": {"Data": str(subject)}, "Body": dict(body)}} if body and to and sender:
            text, html = (str((body.get(kind) or {}).get("Data", "")) for kind in ("Text", "Html"))
            return Message("e-mail", SERVICE, tuple(to), sender, subject, text, html)
        case {"Template": _}:
            raise _MalformedError("the mailbox knows no templates of SES; send simple or raw content on this machine")
        case _:
            raise _MalformedError("SendEmail needs FromEmailAddress, Destination, and Simple or Raw content")
