"""An HTTP request as it was received."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote
from uuid import uuid4


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request, nothing in it decoded.

    Attributes
    ----------
    method : str
        The method, in upper case.
    raw_path : str
        The path as sent, percent-encoded.
    raw_query : str
        What follows the first ``?``, as sent.
    headers : tuple of pairs of str
        The fields in the order they were sent, a repeated one several times, names in lower case.
    body : bytes
        The body, empty if there is none.
    client : str
        The address of the client.
    scheme : str
        ``http`` or ``https``.
    host, port : str, int
        The name and the port that the gateway listens on.
    protocol : str
        Such as ``HTTP/1.1``.
    request_id : str
        The id of the invocation.
    time : datetime
        When it was received, in UTC.
    """

    method: str
    raw_path: str
    raw_query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    client: str = "127.0.0.1"
    scheme: str = "http"
    host: str = "localhost"
    port: int = 3000
    protocol: str = "HTTP/1.1"
    request_id: str = field(default_factory=lambda: str(uuid4()))
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def decoded_path(self) -> str:
        """The path as an HTTP API sees it: decoded, and cut at a ``?`` that the decoding brought out."""
        return unquote(self.raw_path, errors="replace").partition("?")[0]

    def unforwarded(self) -> tuple[tuple[str, str], ...]:
        """Return the fields without those that say which way the request has come: that is the gateway's to say."""
        return tuple(pair for pair in self.headers if pair[0] != "forwarded" and not pair[0].startswith("x-forwarded-"))

    def forwarded(self) -> tuple[tuple[str, str], ...]:
        """Return the fields in which API Gateway says which way a request has come."""
        return (
            ("x-forwarded-for", self.client),
            ("x-forwarded-port", str(self.port)),
            ("x-forwarded-proto", self.scheme),
        )

    def header(self, name: str) -> str:
        """Return the first value of a field, or the empty string."""
        return next((value for other, value in self.headers if other == name), "")
