"""The request of a browser, the response that it gets, and the interface of the event sources between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from supertokens_lambda._errors import SuperTokensLambdaError

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Visit:
    """A request of a browser.

    Attributes
    ----------
    method : str
        In capitals.
    target : str
        Path and query, percent-encoded, with stage or base path.
    headers : tuple of (str, str)
        All headers but the cookies.
    cookies : tuple of str
        Each like ``name=value``.
    body : bytes
        The bytes of the body.
    scheme : str
        ``https`` or ``http``.

    Examples
    --------
    >>> from supertokens_lambda.testing import Visit
    >>> Visit("GET", "/dashboard?tab=1").query
    'tab=1'
    """

    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[str, ...] = ()
    body: bytes = b""
    scheme: str = "https"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query, without the question mark."""
        return self.target.partition("?")[2]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All header fields; names in lower case, as HTTP/2 requires."""
        cookies = [("cookie", "; ".join(self.cookies))] if self.cookies else []
        port = "443" if self.scheme == "https" else "80"
        forwarded = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-port", port), ("x-forwarded-proto", self.scheme)]
        return [(name.lower(), value) for name, value in self.headers] + cookies + forwarded

    @property
    def is_text(self) -> bool:
        """Whether the content type is textual."""
        return dict(self.fields).get("content-type", "").startswith(_TEXT)


@dataclass(frozen=True)
class Seen:
    """The response that a browser gets.

    Attributes
    ----------
    status : int
        The status code.
    headers : tuple of (str, str)
        All headers, with one Set-Cookie for each cookie.
    body : bytes
        The body, decoded from base64.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class EventSource(Protocol):
    """An event source, as tests use it."""

    def event(self, visit: Visit) -> dict[str, Any]:
        """Build the event that the function gets."""

    def seen(self, answer: Any) -> Seen:
        """Return what a browser gets for a function's answer.

        Raises
        ------
        MalformedError
            The event source would answer 502.
        """


class MalformedError(SuperTokensLambdaError):
    """The event source would answer 502 instead of this answer."""
