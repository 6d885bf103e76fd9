"""The core's refusals: distinguished from temporary failures, and quoted without the content of the request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOR_NOW = (408, 425, 429)  # time-out, too early, too many requests: the same call may succeed later

_LONGEST = 200  # characters of a core's message in a log
_LONGEST_ANSWER = 2_000  # characters; refusals are short
_SHORTEST = 4  # characters; shorter strings occur in other words by chance
_LONG_WORD = 64  # characters; names of Java classes are shorter, tokens and keys are not


class CoreRefusedError(SuperTokensLambdaError, ValueError):
    """The core refused a call, and would refuse it again.

    The message has the status and the message of the core, without the content of the request.
    """

    may_be_logged = True


def refusal(status: int, text: str, *sent: object) -> CoreRefusedError | None:
    """Return an error if an answer of the core is a refusal; None otherwise.

    A core refuses in plain text. HTML comes from a proxy in front of the core, or from a core that is starting.

    Parameters
    ----------
    status : int
        The status of the answer.
    text : str
        The body of the answer.
    *sent
        The content of the request: strings and JSON. None of it is in the error's message.
    """
    if not 400 <= status < 500 or status in _FOR_NOW or text.lstrip().startswith("<"):
        return None
    words = _words(text, sent) if len(text) <= _LONGEST_ANSWER else ""
    return CoreRefusedError(f"the core answered {status}{': ' if words else ''}{words}")


def _words(text: str, sent: object) -> str:
    """Return the text as one short line, without the content of the request and similar words."""
    # A core may quote what it could not parse, and may escape characters differently if it quotes JSON.
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
