"""`redirectBack`: the page that the browser came from, written to a query and read back for a Location.

A target is emitted only if it is a local path by this grammar: the origin-form of RFC 9112 section 3.2.1, and a
fragment, which no browser sends but a script may add::

    target   = path [ "?" query ] [ "#" fragment ]
    path     = "/" [ first *( pchar / "/" / "[" / "]" / "^" / "|" / "%" ) ]
    first    = pchar / "[" / "]" / "^" / "|"       ; neither a second slash nor a "%" that escapes nothing
    pchar    = RFC 3986 section 3.3
    query    = every printable ASCII character but space, <">, "#", "<", ">"
    fragment = every printable ASCII character but space, <">, "<", ">", "`"

These are the characters that the percent-encode sets of the URL Standard (sections 1.3 and 4.4) leave raw in each part.

Servers and proxies may decode a path, even twice, treat a backslash as a slash, and replace look-alikes (compatibility
forms of Unicode). So the path is decoded and folded until it stops changing. The result must begin with one slash and a
visible segment. It must not contain dot segments, control characters, overlong UTF-8 or marks that change the reading
direction. A browser removes dot segments before it sends a path.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

PARAMETER = "redirectBack"

# Of the encoded target. API Gateway accepts 10,240 bytes of request line and headers, so 6 KB are left for cookies, of
# which the access token alone may take 4 KB, and for the headers of browsers. CloudFront accepts a URL of 8,192 bytes.
MAX_LENGTH = 4096

# Paths that are encoded more often are refused.
_MAX_DEPTH = 8

_TARGET = re.compile(
    r"(?P<path>/(?!/|%(?![0-9A-Fa-f]{2}))[!$-;=@-\[\]^_a-z|~]*)(?:\?[!$-;=?-~]*)?(?:#[!#-;=?-_a-z{-~]*)?"
)
_PATH_SAFE = "/-._~!$&'()*+,;=:@"
_QUERY_UNSAFE = re.compile(r"[^!#-;=?-~]")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OVERLONG = re.compile("%c[01]%[89ab]|%e0%[89]|%f0%8", re.IGNORECASE)
# NFKC does not replace a backslash and these look-alikes of a slash.
_SLASHES = str.maketrans(dict.fromkeys("\\\u2044\u2215\u2216\u29f5\u29f8\u29f9", "/"))


def quote_path(path: str) -> str:
    """Return a path, percent-encoded, that an event source has decoded."""
    return quote(path, safe=_PATH_SAFE, errors="replace")


@lru_cache(maxsize=128)
def redirect_location(page: str, target: str, parameters: tuple[tuple[str, str], ...] = ()) -> str:
    """Return the Location of a page that later redirects back to a target.

    Parameters
    ----------
    page : str
        Path or URL of the refresh or the sign-in page.
    target : str
        Path and query as the browser sent them. Left out if it is too long or not a local path.
    parameters : tuple of (str, str), optional
        Further parameters for that page.

    Returns
    -------
    str
        Like ``/refresh-session?redirectBack=/dashboard%3Ftab%3Dbilling``: encoded once, slashes left as they are.
    """
    path, mark, query = target.partition("?")
    target = path + mark + _QUERY_UNSAFE.sub(lambda found: quote(found[0], safe="", errors="replace"), query)
    pairs = [(PARAMETER, target), *parameters] if is_local(target) else parameters
    return page + "?" * bool(pairs) + "&".join(f"{name}={_encoded(value)}" for name, value in pairs)


def redirect_back(query: str, *, never: Iterable[str] = ()) -> str | None:
    """Return the target to redirect back to, from a query.

    Parameters
    ----------
    query : str
        The raw query of the refresh or the sign-in page. Only percent-encoding is decoded: ``+`` is a plus.
    never : iterable of str
        Paths to refuse: the refresh itself, which would loop.

    Returns
    -------
    str or None
        The target, byte for byte; None if it is missing or not a local path by the grammar.
    """
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == PARAMETER:
            # The grammar refuses the replacement of characters that are not ASCII.
            target = unquote_to_bytes(value.encode("utf-8", "surrogatepass")).decode("ascii", "replace")
            return target if is_local(target, never=never) else None
    return None


def is_local(target: str, *, never: Iterable[str] = ()) -> bool:
    """Check whether a target is a local path by the grammar, not too long, and not below a path in `never`."""
    match = _TARGET.fullmatch(target) if len(target) <= MAX_LENGTH else None
    if match is None or len(_encoded(target)) > MAX_LENGTH:
        return False
    segments = _plain_segments(match["path"])
    if segments is None:
        return False
    path = "/".join(["", *filter(None, segments)])
    return not any(path == avoided or path.startswith(f"{avoided}/") for avoided in never)


def _plain_segments(path: str) -> list[str] | None:
    """Return the visible parts of a path's segments, decoded, without parameters; None if a segment is not allowed."""
    if path == "/":
        return []
    plain = _plain(path)
    if plain is None or _FORBIDDEN.search(plain):
        return None
    segments = [_shown(segment.partition(";")[0]) for segment in plain.translate(_SLASHES).split("/")[1:]]
    return segments if segments[0] and {".", ".."}.isdisjoint(segments) else None


def _plain(path: str) -> str | None:
    """Decode and fold a path until it stops changing; None for overlong UTF-8 or too many encodings."""
    for _ in range(_MAX_DEPTH):
        if _OVERLONG.search(path):
            return None
        again = unicodedata.normalize("NFKC", unquote_to_bytes(path).decode("utf-8", "replace"))
        if again == path:
            return path
        path = again
    return None


def _shown(segment: str) -> str:
    """Return a segment without blanks, invisible and undecodable characters, which some servers remove."""
    return "".join(char for char in segment if char.isprintable() and char not in " \ufffd")


def _encoded(value: str) -> str:
    return quote(value, safe="/")
