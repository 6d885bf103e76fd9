"""What the toolkit speaks of instead of events: a request, a response, and what is added to a response."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl

from supertokens_lambda.http.cookies import Cookies

NO_STORE = ("cache-control", "no-store")

_SURROGATE = re.compile("[\ud800-\udfff]")


class Headers:
    """Header fields in their order, names in any case (RFC 9110 section 5).

    Parameters
    ----------
    fields : iterable of (str, str)
        Name and value; a name may come again.
    """

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = tuple((name.lower(), value) for name, value in fields)

    def get(self, name: str) -> str | None:
        """Give a header's values as one, joined by a comma; None where it is missing."""
        name = name.lower()
        values = [value for found, value in self._fields if found == name]
        return ", ".join(values) if values else None

    def replaced(self, fields: Iterable[tuple[str, str]]) -> "Headers":
        """Give these headers with others in the place of those of their names."""
        new = Headers(fields)
        names = {name for name, _ in new._fields}
        return Headers((*(field for field in self._fields if field[0] not in names), *new._fields))

    def __repr__(self) -> str:
        return f"Headers({', '.join(sorted({name for name, _ in self._fields}))})"


@dataclass(frozen=True, kw_only=True)
class Request:
    """An HTTP request, whichever door it came through.

    Attributes
    ----------
    method : str
        In capitals.
    seen_path : str
        The path as the browser sent it, percent-encoded, with stage and base path.
    path : str
        The path less the configured prefix: what routes and SuperTokens know it by.
    query : str
        The query without its ``?``, percent-encoded.
    headers : Headers
        All but the cookies.
    cookies : Cookies
        Every cookie, repeated names too.
    body : bytes
        Decoded from base64 where the event says so.
    """

    method: str
    seen_path: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    cookies: Cookies = field(default_factory=Cookies)
    body: bytes = field(default=b"", repr=False)

    @property
    def target(self) -> str:
        """Path and query as the browser sent them (RFC 9112's origin-form)."""
        return f"{self.seen_path}?{self.query}" if self.query else self.seen_path

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The query's parameters, decoded as a form's are; the first of a repeated name."""
        return _first_of_each(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """Read the body as a form's fields; the first of a repeated name.

        Returns
        -------
        dict of str to str
            Empty where the body is no form, as its type says or as it turns out.
        """
        if (self.headers.get("content-type") or "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            return {}
        return _first_of_each(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"


@dataclass(frozen=True)
class Additions:
    """What the session adds to a response of somebody else's: cookies, and headers that replace those of their name."""

    cookies: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cookies or self.headers)

    def __add__(self, other: "Additions") -> "Additions":
        return Additions(self.cookies + other.cookies, self.headers + other.headers)

    @property
    def all_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers, and the one that keeps a response with a session's cookie out of every cache."""
        return (*self.headers, NO_STORE) if self.cookies else self.headers

    def __repr__(self) -> str:
        return f"Additions({len(self.cookies)} cookies, {len(self.headers)} headers)"


@dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP response, before a door gives it its shape.

    Attributes
    ----------
    status : int
        The status code.
    headers : tuple of (str, str)
        Names in lower case, each once.
    cookies : tuple of str
        Values of Set-Cookie headers.
    body : str or bytes
        Text, or bytes that the door sends as base64.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = (NO_STORE,)
    cookies: tuple[str, ...] = ()
    body: str | bytes = ""

    def plus(self, additions: Additions) -> "Response":
        """Give this response with a session's cookies and headers."""
        headers = dict(self.headers) | dict(additions.all_headers)
        return Response(
            status=self.status,
            headers=tuple(headers.items()),
            cookies=self.cookies + additions.cookies,
            body=self.body,
        )

    def __repr__(self) -> str:
        return f"Response({self.status})"


def _first_of_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value))
    return found
