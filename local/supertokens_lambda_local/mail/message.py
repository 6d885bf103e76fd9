"""An e-mail or SMS that a function has sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any, Literal

_URL = re.compile(r"https?://[^\s<>\"'\\]+")
_NOT_ITS_END = ".,;:!?)]}"


@dataclass(frozen=True)
class Message:
    """An e-mail or SMS.

    Attributes
    ----------
    kind : str
        ``"e-mail"`` or ``"SMS"``.
    service : str
        What was asked to send it, such as ``"Amazon SES"``.
    to : tuple of str
        The addresses or the phone number.
    sender : str
        From whom; empty if the service decides.
    subject : str
        The subject, empty for an SMS.
    text, html : str
        The body in each form, empty if there is none.
    received : datetime
        When it was sent, in UTC.
    """

    kind: Literal["e-mail", "SMS"]
    service: str
    to: tuple[str, ...] = field(repr=False)
    sender: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    received: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def size(self) -> int:
        """How many letters it has."""
        return sum(map(len, (*self.to, self.sender, self.subject, self.text, self.html)))

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses of web pages in it, each once."""
        parser = _Links()
        parser.feed(self.html)
        return tuple(dict.fromkeys((*(url for _, url in urls_of(self.text)), *parser.found)))

    def encodable(self) -> "Message":
        """Return the message without halves of surrogate pairs, which JSON and UTF-7 can spell and no page can hold."""
        return replace(
            self,
            to=tuple(map(_encodable, self.to)),
            sender=_encodable(self.sender),
            subject=_encodable(self.subject),
            text=_encodable(self.text),
            html=_encodable(self.html),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the message as JSON."""
        return {
            "kind": self.kind,
            "service": self.service,
            "from": self.sender,
            "to": list(self.to),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "links": list(self.links),
            "received": self.received.isoformat(),
        }


def urls_of(text: str) -> Iterator[tuple[int, str]]:
    """Return the addresses of web pages in a text, and where each begins."""
    return ((found.start(), found[0].rstrip(_NOT_ITS_END)) for found in _URL.finditer(text))


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and _URL.fullmatch(href):
            self.found.append(href)
