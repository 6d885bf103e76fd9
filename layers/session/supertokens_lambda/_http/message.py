"""HTTP messages, independent of the event source: request, response, and additions to a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._http.cookies import Cookies

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_STORE = ("cache-control", "no-store")

MAX_BODY = 1024 * 1024  # bytes of a form, or of JSON; forms that people fill in stay far below


class ContentTooLargeError(SuperTokensLambdaError, ValueError):
    """The body is too long or has too many fields; the answer is 413."""


class Headers(dict[str, str]):
    """Header fields by their names in lower case (RFC 9110 section 5)."""

    __slots__ = ()

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> Headers:
        """Return headers from fields with names in any case; values of a repeated name are joined by a comma."""
        values: dict[str, list[str]] = {}
        for name, value in fields:
            values.setdefault(name.lower(), []).append(value)
        # Joined once: appending to a string copies it, and a name may be repeated thousands of times.
        return cls((name, ", ".join(found)) for name, found in values.items())

    def __repr__(self) -> str:
        return f"Headers({', '.join(sorted(self))})"


class Request:
    """An HTTP request of any event source.

    Attributes
    ----------
    method : str
        In capitals.
    seen_path : str
        The path as the browser sent it, percent-encoded, with stage and base path.
    path : str
        The path without the configured prefix, as routes and SuperTokens expect it.
    query : str
        The query without its ``?``, percent-encoded.
    headers : Headers
        All headers but the cookies.
    cookies : Cookies
        All cookies, repeated names included.
    body : bytes
        The body, decoded if the event has it in base64.
    one_cookie : bool
        Whether the event source passes on only one cookie of the answer.

    Examples
    --------
    >>> from supertokens_lambda import Request
    >>> request = Request(method="GET", seen_path="/dev/page", path="/page", query="tab=1")
    >>> request.target
    '/dev/page?tab=1'
    >>> request.parameters["tab"]
    '1'
    """

    __slots__ = ("body", "cookies", "headers", "method", "one_cookie", "path", "query", "seen_path")

    def __init__(
        self,
        method: str,
        seen_path: str,
        path: str,
        query: str = "",
        headers: Headers | None = None,
        cookies: Cookies | None = None,
        body: bytes = b"",
        *,
        one_cookie: bool = False,
    ) -> None:
        self.method: str = method
        self.seen_path: str = seen_path
        self.path: str = path
        self.query: str = query
        self.headers: Headers = headers or Headers()
        self.cookies: Cookies = cookies or Cookies()
        self.body: bytes = body
        self.one_cookie: bool = one_cookie

    @property
    def target(self) -> str:
        """Path and query as the browser sent them (origin-form of RFC 9112)."""
        return f"{self.seen_path}?{self.query}" if self.query else self.seen_path

    @property
    def parameters(self) -> dict[str, str]:
        """Parameters of the query, decoded like a form: the first value of each name; at most `MAX_FIELDS` are read."""
        from supertokens_lambda._http.form import query_parameters

        return query_parameters(self.query)

    @property
    def content_type(self) -> str:
        """The body's media type, in lower case and without its parameters."""
        return (self.headers.get("content-type") or "").partition(";")[0].strip().lower()

    def check_size(self) -> None:
        """Check that the body is not too large.

        Raises
        ------
        ContentTooLargeError
            The body has more than `MAX_BODY` bytes.
        """
        if len(self.body) > MAX_BODY:
            raise ContentTooLargeError(f"the body is too large; send at most {MAX_BODY} bytes")

    def form(self) -> dict[str, str]:
        """Read the fields of a form, with the first value of each name.

        Returns
        -------
        dict of str to str
            Empty if the content type is not `FORM`.

        Raises
        ------
        ContentTooLargeError
            The form has more than `MAX_BODY` bytes or `MAX_FIELDS` fields.
        """
        from supertokens_lambda._http.form import FORM, read_form

        if self.content_type != FORM:
            return {}
        self.check_size()
        return read_form(self.body)

    def with_cookies(self, cookies: Cookies) -> Request:
        """Return a copy of the request with other cookies."""
        return Request(
            method=self.method,
            seen_path=self.seen_path,
            path=self.path,
            query=self.query,
            headers=self.headers,
            cookies=cookies,
            body=self.body,
            one_cookie=self.one_cookie,
        )

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"


class Additions:
    """Cookies and headers that the session adds to a response.

    Attributes
    ----------
    cookies : tuple of str
        Values of Set-Cookie headers.
    headers : tuple of (str, str)
        Names in lower case; they replace headers of the same name.

    Examples
    --------
    >>> from supertokens_lambda import Response
    >>> from supertokens_lambda.forms import Additions
    >>> response = Response(status=204).plus(Additions(cookies=("theme=dark",)))
    >>> response.cookies
    ('theme=dark',)
    """

    __slots__ = ("cookies", "headers")

    def __init__(self, cookies: tuple[str, ...] = (), headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.cookies: tuple[str, ...] = cookies
        self.headers: tuple[tuple[str, str], ...] = headers

    def __bool__(self) -> bool:
        return bool(self.cookies or self.headers)

    def __add__(self, other: Additions) -> Additions:
        if not other:
            return self
        return Additions(self.cookies + other.cookies, self.headers + other.headers)

    @property
    def all_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers, with ``Cache-Control: no-store``: no cache may keep the tokens of a session."""
        return (*self.headers, NO_STORE) if self else ()

    def __repr__(self) -> str:
        return f"Additions({len(self.cookies)} cookies, {len(self.headers)} headers)"


NOTHING = Additions()


class Response:
    """An HTTP response for any event source.

    Attributes
    ----------
    status : int
        The status code.
    headers : tuple of (str, str)
        Names in lower case, without repetition.
    cookies : tuple of str
        Values of Set-Cookie headers.
    body : str or bytes
        Text, or bytes that the event source sends as base64.

    Examples
    --------
    >>> from supertokens_lambda import Response
    >>> Response(status=200, headers=(("content-type", "text/plain"),), body="Hello")
    Response(200)
    """

    __slots__ = ("body", "cookies", "headers", "status")

    def __init__(
        self,
        *,
        status: int,
        headers: tuple[tuple[str, str], ...] = (NO_STORE,),
        cookies: tuple[str, ...] = (),
        body: str | bytes = "",
    ) -> None:
        self.status: int = status
        self.headers: tuple[tuple[str, str], ...] = headers
        self.cookies: tuple[str, ...] = cookies
        self.body: str | bytes = body

    def plus(self, additions: Additions) -> Response:
        """Return the response with the cookies and headers of a session."""
        if additions is NOTHING or not additions:
            return self
        headers = {name.lower(): value for name, value in self.headers} | dict(additions.all_headers)
        return Response(
            status=self.status,
            headers=tuple(headers.items()),
            cookies=self.cookies + additions.cookies,
            body=self.body,
        )

    def __repr__(self) -> str:
        return f"Response({self.status})"
