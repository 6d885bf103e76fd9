"""A server in the place of SES and SNS that answers as these do when they refuse, or not at all."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

SENT = "/v2/email/outbound-emails"
SUPPRESSED = "/v2/email/suppression/addresses/"


@dataclass
class RefusingAws:
    """What the server answers.

    Attributes
    ----------
    status, code, message
        The answer to what is sent.
    suppression
        Status and code of the answer to a question about the suppression list; 200 for an address that is on it.
    hangs
        Whether what is sent gets no answer.
    asked
        The paths that were asked for, with the bodies.
    """

    uri: str = ""
    status: int = 200
    code: str = ""
    message: str = ""
    suppression: tuple[int, str] = (404, "NotFoundException")
    hangs: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str) -> tuple[int, str, str]:
        """Return status, error code and body."""
        if path.startswith(SUPPRESSED):
            status, code = self.suppression
            found = {"EmailAddress": "x", "Reason": "BOUNCE", "LastUpdateTime": 0}
            return status, code, json.dumps({"message": code} if code else {"SuppressedDestination": found})
        if path == SENT:
            return self.status, self.code, json.dumps({"message": self.message} if self.code else {"MessageId": "1"})
        if not self.code:
            return 200, "", "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
        error = f"<Error><Type>Sender</Type><Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error>"
        return self.status, self.code, f"<ErrorResponse>{error}</ErrorResponse>"


@contextmanager
def refusing_aws() -> Iterator[RefusingAws]:
    """Serve at a port of this machine."""
    refusing = RefusingAws()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0)).decode()
            refusing.asked.append((self.path, body))
            if refusing.hangs and not self.path.startswith(SUPPRESSED):
                refusing.over.wait()
                self.close_connection = True
                return
            status, code, text = refusing.answer(self.path)
            self.send_response(status)
            if code:
                self.send_header("x-amzn-errortype", code)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - likewise
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        refusing.uri = f"http://127.0.0.1:{server.server_port}"
        try:
            yield refusing
        finally:
            refusing.over.set()
            server.shutdown()
            thread.join()
