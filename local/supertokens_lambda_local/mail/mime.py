"""E-mail as it goes over the wire (RFC 5322, MIME)."""

from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage

from supertokens_lambda_local.mail.message import Message


def read_mail(source: bytes, service: str, to: Iterable[str], sender: str = "") -> Message:
    """Read an e-mail.

    Parameters
    ----------
    source : bytes
        The message with its header fields.
    service : str
        What was asked to send it.
    to : iterable of str
        The recipients of the envelope; those of the header if there are none.
    sender : str
        The sender of the envelope; that of the header comes first.
    """
    mail = message_from_bytes(source, policy=policy.default)
    named = (
        address.addr_spec
        for name in ("to", "cc", "bcc")
        for field in mail.get_all(name, ())
        for address in field.addresses
    )
    return Message(
        kind="e-mail",
        service=service,
        to=tuple(to) or tuple(named),
        sender=str(mail.get("from", sender)),
        subject=str(mail.get("subject", "")),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # an unknown charset
        return bytes(part.get_payload(decode=True)).decode(errors="replace")
