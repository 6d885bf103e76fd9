"""A mail server on this machine that keeps what it is given."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from supertokens_lambda_local.mail.mailbox import Mailbox
from supertokens_lambda_local.mail.mime import read_mail

SERVICE = "SMTP"
_LIMIT = 10_000_000


@asynccontextmanager
async def mail_server(listener: socket.socket, mailbox: Mailbox) -> AsyncIterator[None]:
    """Serve SMTP at a socket, for anyone who can reach it, while the context is open."""

    def connected() -> SMTP:
        return SMTP(
            _Keeping(mailbox),
            hostname="localhost",
            data_size_limit=_LIMIT,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=True),
        )

    server = await asyncio.get_running_loop().create_server(connected, sock=listener)
    try:
        yield
    finally:
        # Connections end with the processes of the functions, which have ended before.
        server.close()


class _Keeping:
    """What aiosmtpd calls for each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        content = envelope.content
        source = content.encode() if isinstance(content, str) else content or b""
        self._mailbox.add(read_mail(source, SERVICE, envelope.rcpt_tos, envelope.mail_from or ""))
        return "250 OK"
