"""Answers of HTTP/1.1 (RFC 9112), read from a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._connections.budget import UnreachableError

if TYPE_CHECKING:
    from supertokens_lambda._connections.incoming import Incoming

MAX_BODY = 1_000_000  # bytes, unless the caller says otherwise
MAX_HEADERS = 65_536  # bytes

_WITHOUT_BODY = (204, 304)
_DECIMAL, _HEXADECIMAL = b"0123456789", b"0123456789abcdefABCDEF"
_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # RFC 9110, section 5.6.2
_Headers = dict[bytes, bytes]


class Answer:
    """An HTTP response.

    Attributes
    ----------
    status : int
        The status code.
    headers : dict of bytes to bytes
        The headers, names in lower case; the values of one that occurs twice are joined by a comma.
    body : bytes
        The whole body.
    """

    # A plain class: a named tuple generates code, which slows down each cold start.
    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[bytes, bytes], body: bytes) -> None:
        self.status: int = status
        self.headers: dict[bytes, bytes] = headers
        self.body: bytes = body

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"


def read_answer(incoming: Incoming, max_body: int) -> tuple[Answer, bool]:
    """Return an answer, and whether another one may follow on the connection.

    Parameters
    ----------
    incoming : Incoming
        The bytes of the connection.
    max_body : int
        Bytes that the body may have.

    Raises
    ------
    OSError
        The answer is invalid, too long, or not complete in time.
    """
    version, status, headers = read_head(incoming)
    body = b"" if status in _WITHOUT_BODY else _body(incoming, headers, max_body)
    is_closed = b"close" in headers.get(b"connection", b"").lower()
    # What has arrived after the answer belongs to no request.
    is_last = version != b"HTTP/1.1" or is_closed or incoming.has_ended or len(incoming) > 0
    return Answer(status, headers, body), not is_last


def read_head(incoming: Incoming) -> tuple[bytes, int, _Headers]:
    """Return version, status code and headers of the final answer; names are in lower case.

    Raises
    ------
    OSError
        As for `read_answer`.
    """
    while True:
        version, _, rest = incoming.line().partition(b" ")
        code, _, _ = rest.partition(b" ")
        if version not in (b"HTTP/1.1", b"HTTP/1.0") or not code.isdigit() or len(code) != 3 or code < b"100":
            raise UnreachableError("the answer is not HTTP/1.1")
        headers = _headers(incoming)
        if code >= b"200":  # those below are interim
            return version, int(code), headers


def _headers(incoming: Incoming) -> _Headers:
    headers: _Headers = {}
    size, name = 0, b""
    while line := incoming.line():
        size += len(line)
        if size > MAX_HEADERS:
            raise UnreachableError(f"the answer has more than {MAX_HEADERS} bytes of headers")
        # Dangerous in a value (RFC 9110, section 5.5), and invalid in a name.
        if b"\r" in line or b"\0" in line:
            raise UnreachableError("the answer has an invalid header")
        if name and line[:1] in b" \t":  # a folded line (section 5.2)
            headers[name] += b" " + line.strip(b" \t")
            continue
        name, colon, value = line.partition(b":")
        if not colon or not name or name.translate(None, _TOKEN):
            raise UnreachableError("the answer has an invalid header")
        name, value = name.lower(), value.strip(b" \t")
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _body(incoming: Incoming, headers: _Headers, most: int) -> bytes:
    # Section 6.3; an answer with two lengths is an error.
    coding, length = headers.get(b"transfer-encoding"), headers.get(b"content-length")
    if coding is not None:
        if coding.lower() != b"chunked" or length is not None:
            raise UnreachableError("the answer has no clear length")
        return _chunks(incoming, most)
    if length is None:
        body = incoming.rest(most)
        _check_size(len(body), most)
        return body
    return incoming.exactly(_size(length, _DECIMAL, most))


def _chunks(incoming: Incoming, most: int) -> bytes:
    body = bytearray()
    while size := _size(incoming.line().partition(b";")[0].strip(b" \t"), _HEXADECIMAL, most):
        _check_size(len(body) + size, most)
        body += incoming.exactly(size)
        if incoming.exactly(2) != b"\r\n":
            raise UnreachableError("the answer has an invalid chunk")
    _headers(incoming)  # trailers
    return bytes(body)


def _size(text: bytes, digits: bytes, most: int) -> int:
    # `int` alone allows signs, blanks and underscores, and raises another error for thousands of digits.
    if not 0 < len(text) <= 16 or text.strip(digits):
        raise UnreachableError("the answer has no clear length")
    size = int(text, 10 if digits is _DECIMAL else 16)
    _check_size(size, most)
    return size


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise UnreachableError(f"the answer has more than {most} bytes")
