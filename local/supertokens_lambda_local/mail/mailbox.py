"""The messages of this run, the newest of them."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final

from supertokens_lambda_local.mail.message import Message

MESSAGES: Final = 200
LETTERS: Final = 20_000_000
# A subject may hold the code.
_CODE = re.compile(r"\d{4,}")


class Mailbox:
    """Keeps messages in memory; the oldest ones go when there are too many.

    Parameters
    ----------
    home : str
        Where developers find the messages.
    announce : callable
        Writes a line for the terminal.
    """

    def __init__(self, home: str, announce: Callable[[str], None]) -> None:
        self._home = home
        self._announce = announce
        self._messages: OrderedDict[int, Message] = OrderedDict()
        self._letters = 0
        self._last = 0

    def add(self, message: Message) -> int:
        """Add a message, and return its number."""
        self._last += 1
        self._messages[self._last] = message = message.encodable()
        self._letters += message.size
        while len(self._messages) > MESSAGES or (self._letters > LETTERS and len(self._messages) > 1):
            self._letters -= self._messages.popitem(last=False)[1].size
        subject = f" {_CODE.sub('…', message.subject[:200])!r}" if message.subject else ""
        self._announce(f"{message.kind}{subject} by {message.service}: {self._home}/{self._last}")
        return self._last

    def find(self, number: int) -> Message | None:
        """Return the message of a number, or None."""
        return self._messages.get(number)

    def newest_first(self) -> Iterator[tuple[int, Message]]:
        """Return the messages and their numbers."""
        return reversed(self._messages.items())
