"""`redirectBack`: where the browser was, out in a query and back in a Location.

What comes back is emitted only if it is a local path by the grammar below, which lists what is allowed::

    target  = path [ "?" query ]
    path    = "/" / 1*( "/" segment ) [ "/" ]
    segment = 1*pchar                              ; RFC 3986 section 3.3
    query   = *( pchar / "/" / "?" / "[" / "]" / "{" / "}" / "|" / "^" )   ; what browsers leave as it is in a query

A segment, percent-decoded as often as it can be, must be text that does not begin with a slash or a blank, holds no dot
segment, no backslash, no control character and nothing that turns the reading direction: servers and proxies decode a
path, some of them twice, and fold look-alikes (Unicode's compatibility forms) into what they look like.
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

# A Location, a query that holds one, and the cookies beside them have to fit the 10,240 bytes of API Gateway's headers.
MAX_LENGTH = 4096

_PCHAR = r"[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2}"
_TARGET = re.compile(rf"(?P<path>/|(?:/(?:{_PCHAR})+)+/?)(?:\?(?:{_PCHAR}|[/?\[\]{{}}|^])*)?")
_PATH_SAFE = "/-._~!$&'()*+,;=:@"
_QUERY_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x5f\x61-\x7e]")
_FORBIDDEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def quote_path(path: str) -> str:
    """Percent-encode a path that a door has decoded."""
    return quote(path, safe=_PATH_SAFE, errors="replace")


@lru_cache(maxsize=128)
def redirect_location(page: str, target: str, parameters: tuple[tuple[str, str], ...] = ()) -> str:
    """Point a Location at a page that comes back to a target.

    Parameters
    ----------
    page : str
        Path or URL of the refresh or the sign-in page.
    target : str
        Path and query as the browser sent them. One that would not be taken back is left out.
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
    return page + "?" * bool(pairs) + "&".join(f"{name}={quote(value, safe='/')}" for name, value in pairs)


def redirect_back(query: str, *, never: Iterable[str] = ()) -> str | None:
    """Read where to go back to out of a query.

    Parameters
    ----------
    query : str
        The raw query of the refresh or the sign-in page. Only percent-encoding is undone: ``+`` is a plus.
    never : iterable of str
        Paths that must not be gone back to: the refresh itself.

    Returns
    -------
    str or None
        The target, byte for byte, where it is a local path by the grammar; None otherwise.
    """
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == PARAMETER:
            target = _decoded(value)
            return target if target is not None and is_local(target, never=never) else None
    return None


def is_local(target: str, *, never: Iterable[str] = ()) -> bool:
    """Tell whether a target is a local path by the grammar, and none of the paths in `never`."""
    match = _TARGET.fullmatch(target) if len(target) <= MAX_LENGTH else None
    if match is None:
        return False
    segments = [_plain(segment) for segment in match["path"].strip("/").split("/")] if match["path"] != "/" else []
    if None in segments:
        return False
    path = "/".join(["", *(segment.partition(";")[0] for segment in segments if segment)])
    return not any(path == avoided or path.startswith(f"{avoided}/") for avoided in never)


def _plain(segment: str) -> str | None:
    """Decode a segment until nothing is left to decode; None where what comes out is not allowed."""
    decoded: str | None = segment
    while decoded is not None and "%" in decoded:
        again = _decoded(decoded)
        if again == decoded:
            break
        decoded = again
    if decoded is None:
        return None
    folded = unicodedata.normalize("NFKC", decoded)
    parts = [part.partition(";")[0] for part in folded.split("/")]
    if not parts[0].strip() or not {".", ".."}.isdisjoint(parts):
        return None
    return None if _FORBIDDEN.search(decoded) or _FORBIDDEN.search(folded) else decoded


def _decoded(value: str) -> str | None:
    try:
        return unquote_to_bytes(value).decode("utf-8")
    except UnicodeError:
        return None
