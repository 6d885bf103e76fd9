"""SuperTokens' own delivery on this machine: what its SDK sends where an application configures no delivery."""

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from supertokens_lambda_local.loopback import read_body
from supertokens_lambda_local.mail.mailbox import Mailbox
from supertokens_lambda_local.mail.message import Message

SERVICE = "SuperTokens' service"
_LIMIT = 100_000
_SMS = "/0/services/sms"
_SUBJECTS: Final = {
    "/0/st/auth/password/reset": "Reset your password",
    "/0/st/auth/email/verify": "Verify your e-mail address",
    "/0/st/auth/passwordless/login": "Sign in",
}
PATHS: Final = (*_SUBJECTS, _SMS)
# The service has the words of the message; these are what they are made of.
_LINKS = ("passwordResetURL", "emailVerifyURL", "urlWithLinkCode")


async def deliver(request: Request, mailbox: Mailbox) -> JSONResponse:
    """Serve a request for an e-mail or SMS."""
    body = await read_body(request, _LIMIT)
    try:
        content = json.loads(body)
        message = _sms(content["smsInput"]) if request.url.path == _SMS else _mail(request.url.path, content)
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"err": "the mailbox cannot read this message"}, 400)
    mailbox.add(message)
    return JSONResponse({"status": "OK"})


def _mail(path: str, content: dict[str, Any]) -> Message:
    subject = f"{_SUBJECTS[path]}: {content['appName']}"
    return Message("e-mail", SERVICE, (str(content["email"]),), subject=subject, text=_text(content))


def _sms(content: dict[str, Any]) -> Message:
    return Message("SMS", SERVICE, (str(content["phoneNumber"]),), text=f"{content['appName']}\n{_text(content)}")


def _text(content: dict[str, Any]) -> str:
    lines = [f"Code: {content['userInputCode']}"] if content.get("userInputCode") else []
    lines += [str(content[name]) for name in _LINKS if content.get(name)]
    if lifetime := content.get("codeLifetime"):
        lines.append(f"Valid for {round(lifetime / 60_000)} minutes")
    return "\n".join(lines)
