"""The core's refusals: told from a core that fails for now, and said without what was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOR_NOW = (408, 425, 429)  # a time-out, too early, too many requests: the same call may be taken later

_LONGEST = 200  # characters of a core's words in a log
_LONGEST_ANSWER = 2_000  # characters: a core that refuses is brief
_SHORTEST = 4  # characters: what is shorter is among other words by chance
_LONG_WORD = 64  # characters: no class of Java's has such a name, tokens and keys do


class CoreRefusedError(ValueError):
    """The core answered a call, and refused it: the same call would be refused the next time too.

    The message has the status and the words of the core, and nothing that was sent.
    """

    may_be_logged: bool = True


def refusal(status: int, text: str, *sent: object) -> CoreRefusedError | None:
    """Return the error that an answer of the core is, if it is a refusal.

    A core refuses in plain text. A page of HTML is of something before the core, or of a core that is starting.

    Parameters
    ----------
    status : int
        The status of the answer.
    text : str
        The body of the answer.
    *sent
        What the call carried: strings, and the JSON that holds them. None of it is in the error's message.
    """
    if not 400 <= status < 500 or status in _FOR_NOW or text.lstrip().startswith("<"):
        return None
    words = _words(text, sent) if len(text) <= _LONGEST_ANSWER else ""
    return CoreRefusedError(f"the core answered {status}{': ' if words else ''}{words}")


def _words(text: str, sent: object) -> str:
    """Return the text as one short line, without what was sent and without what looks like it."""
    # A core may repeat what it could not read, and may spell it in another way where it repeats JSON.
    text = re.split(r"[{\[]", text, maxsplit=1)[0]
    found = {value for value in _strings(sent) if value.lower() in text.lower()}
    for value in sorted(found, key=len, reverse=True):
        text = re.sub(re.escape(value), "…", text, flags=re.IGNORECASE)
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    words = " ".join("…" if _looks_sent(word) else word for word in text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _looks_sent(word: str) -> bool:
    longest = max(map(len, re.split(r"[^\w+/=%.~-]", word)))
    return "@" in word or longest >= _LONG_WORD or (longest >= 12 and any(letter.isdigit() for letter in word))


def _strings(sent: object) -> Iterator[str]:
    match sent:
        case str():
            if len(sent) >= _SHORTEST:
                yield sent
        case dict():
            yield from _strings(list(sent.values()))
        case list() | tuple():
            for each in sent:
                yield from _strings(each)
