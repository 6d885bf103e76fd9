r"""Paths of requests in canonical form: many spellings of one path become the same segments.

Servers, frameworks and file systems accept several spellings of a path, and not all accept the same ones. The
canonical form removes every difference that any of them ignores. So two spellings of one resource have the same form:

- percent-encoding is decoded until nothing is left to decode;
- letters lose their case and their compatibility forms (NFKC), and invisible format characters are dropped;
- a backslash is a slash, and empty segments and ``.`` are dropped;
- a segment ends before ``;``, ``?`` and ``#``, and loses blanks around it, and dots at its end.

Some paths have no canonical form, and no browser sends them: paths with a segment ``..``, which browsers resolve and
servers may resolve; paths with a control character or a line break; paths that are not UTF-8, too long, encoded too
many times, or without a leading slash. Code that guards some paths must guard all of these.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Path = tuple[str, ...]

# A path is encoded once, or twice behind a proxy that encodes again; folding needs another round.
_MAX_ROUNDS = 6
_MAX_LENGTH = 16_384  # no event source of Lambda accepts more
_NO_PATH = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode's categories: control characters, surrogates, line breaks
_REPLACED = "\ufffd"  # what a server makes of bytes that are not UTF-8
_SLASHES = re.compile(r"[/\\]")
_PARAMETERS = re.compile(r"[;?#]")


def canonical(text: str) -> Path | None:
    """Return the segments of a path in canonical form; None if it has none."""
    return _segments(text, _folded)


def canonical_with_case(text: str) -> Path | None:
    """Return the segments of a path in canonical form, with case and compatibility forms kept; None if it has none."""
    return _segments(text, str)


def plain(text: str, *, is_encoded: bool = False) -> Path | None:
    """Return the decoded segments of a path; None if an application may read different segments.

    Letters keep their case, and the path may end with one slash. A segment may contain parts that the canonical form
    cuts off, since that does not change the number of segments.

    Parameters
    ----------
    text : str
        The path.
    is_encoded : bool
        Whether the path is percent-encoded. Characters may then be encoded once; slashes may not.
    """
    if text == "/":
        return ()
    if canonical(text) is None or not text.startswith("/"):
        return None
    parts = text[1:].removesuffix("/").split("/")
    segments = [_decoded(part) if is_encoded else part for part in parts]
    found = tuple(segment for segment in segments if segment and _is_one(segment))
    return found if len(found) == len(parts) else None


def _is_one(segment: str) -> bool:
    """Check whether a decoded segment is one segment, and cannot be decoded further."""
    return _decoded(segment) == segment and len(canonical(f"/{segment}") or ()) == 1


def is_below(path: Path, parents: Iterable[Path]) -> bool:
    """Check whether a path is one of the parents, or below one."""
    return any(path[: len(parent)] == parent for parent in parents)


def readings(path: Path, prefixes: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield a path with and without each prefix, in any order, and whether no prefix is left to remove."""
    cut = [index for index, prefix in enumerate(prefixes) if prefix and is_below(path, [prefix])]
    yield path, not cut
    for index in cut:
        yield from readings(path[len(prefixes[index]) :], [*prefixes[:index], *prefixes[index + 1 :]])


def _segments(text: str, fold: Callable[[str], str]) -> Path | None:
    settled = _settled(text, fold)
    if settled is None or not settled.startswith("/"):
        return None
    if any(unicodedata.category(character) in _NO_PATH or character == _REPLACED for character in settled):
        return None
    found = []
    for part in _SLASHES.split(settled):
        segment = _PARAMETERS.split(part, maxsplit=1)[0]
        visible = "".join(segment.split())
        if not visible.strip("."):
            if len(visible) > 1:
                return None  # two dots, or more
            continue
        found.append(_trimmed(segment))
    return tuple(found)


def _trimmed(segment: str) -> str:
    end = len(segment)
    while segment[end - 1] == "." or segment[end - 1].isspace():
        end -= 1
    return segment[:end].lstrip()


def _settled(text: str, fold: Callable[[str], str]) -> str | None:
    """Decode and fold a text until nothing changes; None if it does not settle, is too long, or is not UTF-8."""
    for _ in range(_MAX_ROUNDS):
        decoded = _decoded(text) if len(text) <= _MAX_LENGTH else None
        if decoded is None:
            return None
        folded = fold(decoded)
        if folded == text:
            return text
        text = folded
    return None


def _decoded(text: str) -> str | None:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        return None


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Upper case first: routes that ignore case also match a dotless i, and an i with a dot above, with an i.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper().casefold())
    return "".join(character for character in folded.replace("i\u0307", "i") if unicodedata.category(character) != "Cf")
