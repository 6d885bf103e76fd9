"""What a browser sends to a function, and what it reads of the answer."""

import json
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from supertokens_lambda.testing.visits import Seen

NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}
CALL = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}


@dataclass
class SetCookie:
    """A Set-Cookie header, taken apart."""

    name: str
    value: str
    attributes: dict[str, str]

    @classmethod
    def of(cls, header: str) -> "SetCookie":
        pair, *attributes = header.split("; ")
        name, _, value = pair.partition("=")
        return cls(name, value, {key.lower(): given for key, _, given in (item.partition("=") for item in attributes)})

    @property
    def is_gone(self) -> bool:
        expires = self.attributes.get("expires")
        return self.value == "" and expires is not None and parsedate_to_datetime(expires).timestamp() <= time.time()


@dataclass
class Answer:
    """What a function gave to a browser."""

    status: int
    headers: dict[str, str]
    cookies: tuple[SetCookie, ...]
    set_cookies: tuple[str, ...] = field(repr=False)
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, seen: Seen) -> "Answer":
        headers = [(name.lower(), value) for name, value in seen.headers]
        set_cookies = tuple(value for name, value in headers if name == "set-cookie")
        singles = {name: value for name, value in headers if name != "set-cookie"}
        assert len(singles) + len(set_cookies) == len(headers), "a header came twice"
        return cls(seen.status, singles, tuple(map(SetCookie.of, set_cookies)), set_cookies, seen.body)

    @property
    def body(self) -> str:
        return self.content.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]

    def json(self) -> Any:
        return json.loads(self.content)

    def cookie(self, name: str) -> SetCookie | None:
        """Give the last one of a name: it is the one that a browser keeps."""
        return next((cookie for cookie in reversed(self.cookies) if cookie.name == name), None)

    def sets(self, name: str) -> bool:
        cookie = self.cookie(name)
        return cookie is not None and not cookie.is_gone

    def clears(self, name: str) -> bool:
        cookie = self.cookie(name)
        return cookie is not None and cookie.is_gone
