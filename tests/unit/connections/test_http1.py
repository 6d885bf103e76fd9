"""The same requests as `http.client` sends, and the same answers as it reads, on bytes that are made up.

`HTTP1_DIFFERENTIAL_COUNT` sets how many answers there are; their seed is in `tests.support.seeds`.
"""

import http.client
import os
import random
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from tests.support import seeds

from supertokens_lambda._connections.answer import MAX_BODY, MAX_HEADERS
from supertokens_lambda._connections.budget import UnreachableError
from supertokens_lambda._connections.http1 import Http1Connection, request_of
from supertokens_lambda._connections.incoming import MAX_LINE

COUNT = int(os.environ.get("HTTP1_DIFFERENTIAL_COUNT", "4000"))
BUDGET = 20.0
GET = request_of("GET", "/", {"host": "core"})

Outcome = tuple[int, bytes, bool] | None
"""Status code, body, and whether the connection is kept; None if there is no answer."""


@contextmanager
def answering(*packets: bytes) -> Iterator[socket.socket]:
    """Yield a socket on which each packet arrives by itself, and then the end."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
        for packet in filter(None, packets):
            theirs.send(packet)
        theirs.shutdown(socket.SHUT_WR)
        yield ours


def read_by_us(*packets: bytes) -> Outcome:
    with answering(*packets) as opened:
        connection = Http1Connection(opened)
        try:
            answer = connection.exchange(GET, time.monotonic() + BUDGET)
        except OSError:
            assert not connection.is_open
            return None
        return answer.status, answer.body, connection.is_open


def read_by_http_client(*packets: bytes) -> Outcome:
    with answering(*packets) as opened, closing(http.client.HTTPConnection("core")) as connection:
        connection.sock = opened
        try:
            connection.request("GET", "/")
            response = connection.getresponse()
            expected = response.length
            body = response.read(MAX_BODY)
        except (OSError, ValueError, http.client.HTTPException):
            return None
        if expected is not None and len(body) < expected:
            return None
        return response.status, body, connection.sock is not None


@dataclass
class Case:
    """An answer, and what is odd about it: of such a one `http.client` may take more than is safe."""

    packets: list[bytes]
    oddities: list[str]


def made_up(choices: random.Random) -> Case:
    return _Writer(choices).case()


class _Writer:
    def __init__(self, choices: random.Random) -> None:
        self.choices = choices
        self.oddities: list[str] = []

    def case(self) -> Case:
        text = self._answer()
        if self._seldom(0.1):
            self.oddities.append("an early end")
            text = text[: self.choices.randrange(len(text))]
        if self._seldom(0.1):
            self.oddities.append("a changed byte")
            place = self.choices.randrange(len(text) or 1)
            text = text[:place] + bytes([self.choices.choice(b"\r\n:;,\0019aZ\xff")]) + text[place + 1 :]
        if self._seldom(0.05):
            self.oddities.append("bytes after the answer")
            text += self.choices.choice([b"\r\n", b"x", b"HTTP/1.1 200 OK\r\n\r\n"])
        return Case(self._in_packets(self._interim() + text), self.oddities)

    def _seldom(self, how: float) -> bool:
        return self.choices.random() < how

    def _in_packets(self, text: bytes) -> list[bytes]:
        cuts = sorted(self.choices.randrange(len(text) + 1) for _ in range(self.choices.choice([0, 0, 1, 3, 30])))
        return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    def _interim(self) -> bytes:
        return b"HTTP/1.1 100 Continue\r\n\r\n" if self._seldom(0.05) else b""

    def _answer(self) -> bytes:
        status = self.choices.choice([200, 200, 200, 200, 204, 302, 304, 400, 404, 429, 500, 503, 599])
        reason = self.choices.choice([" OK", " ", "", " Sehr gut \xe9"])
        version = "1.1"
        if self._seldom(0.15):
            version = self.choice_of("another version", "1.0", "1.0", "2", "0.9", "1.x", "1.10")
        body = self._content()
        fields, sent = self._framed(body)
        if status in (204, 304):  # they have no body, though a length may be told of the one that is left out
            fields, sent = [field for field in fields if "content-length" in field.lower()][:1], b""
        fields += self._more_fields()
        self.choices.shuffle(fields)
        end = "\n" if self._seldom(0.1) else "\r\n"
        head = end.join([f"HTTP/{version} {status}{reason}", *fields, "", ""])
        return head.encode("latin-1") + sent

    def choice_of(self, oddity: str, *choices: str) -> str:
        self.oddities.append(oddity)
        return self.choices.choice(choices)

    def _content(self) -> bytes:
        return self.choices.choice(
            [b"", b"{}", b'{"status": "OK"}', b"x" * self.choices.randrange(3_000), b"\r\n\r\n", b"0\r\n"]
        )

    def _framed(self, body: bytes) -> tuple[list[str], bytes]:
        length = self._named("Content-Length", str(len(body)))
        match self.choices.choice(["length", "length", "chunks", "chunks", "end", "odd"]):
            case "length":
                return [length], body
            case "chunks":
                return [self._named("Transfer-Encoding", self.choices.choice(["chunked", "Chunked"]))], self._chunked(
                    body
                )
            case "end":
                return [], body
            case _:
                return self._oddly_framed(body, length)

    def _oddly_framed(self, body: bytes, length: str) -> tuple[list[str], bytes]:
        coding = self._named("Transfer-Encoding", "chunked")
        match self.choice_of("an odd length", "both", "twice", "two", "size", "coding"):
            case "both":
                return [length, coding], self._chunked(body)
            case "twice":
                return [length, length], body
            case "two":
                return [length, self._named("Content-Length", str(len(body) + 1))], body
            case "size":
                sizes = [f"+{len(body)}", "-1", "1_0", "", "x", "1" * 5_000, f"{len(body)}, {len(body)}", "0x5"]
                return [self._named("Content-Length", self.choices.choice(sizes))], body
            case _:
                codings = ["gzip, chunked", "identity", "chunked, chunked", "", "xchunked"]
                return [self._named("Transfer-Encoding", self.choices.choice(codings))], self._chunked(body)

    def _chunked(self, body: bytes) -> bytes:
        sent = b""
        while body:
            size = self.choices.randrange(1, len(body) + 1)
            sent += self._size(size) + b"\r\n" + body[:size] + self._end_of_chunk()
            body = body[size:]
        trailer = b"X-Trailer: 1\r\n" if self._seldom(0.1) else b""
        return sent + self.choices.choice([b"0", b"0", b"000"]) + b"\r\n" + trailer + b"\r\n"

    def _size(self, size: int) -> bytes:
        if self._seldom(0.03):
            return self.choice_of(
                "an odd chunk", f"+{size:x}", f"0x{size:x}", f"-{size:x}", "", "g", f"1_{size:x}"
            ).encode()
        extension = self.choices.choice(["", "", "", ";a=b", " ;a", " "])
        return f"{'0' * self.choices.choice([0, 0, 3])}{size:{self.choices.choice('xX')}}{extension}".encode()

    def _end_of_chunk(self) -> bytes:
        return self.choice_of("an odd chunk", "\n", "", "x\r\n").encode() if self._seldom(0.02) else b"\r\n"

    def _more_fields(self) -> list[str]:
        usual = [
            "Server: core",
            "content-type:application/json",
            "X: ",
            "X: a\r\n  b",
            "Set-Cookie: a=b",
            "set-cookie: c=d",
        ]
        fields = self.choices.sample(usual, self.choices.randrange(4))
        if self._seldom(0.3):
            options = ["close", "Close", "keep-alive", "x, close", "close,x", "x"]
            fields.append(self._named("Connection", self.choices.choice(options)))
        if self._seldom(0.05):
            fields.append(
                self.choice_of("an odd header", "X : y", " X: y", "no colon", ": y", "Content-Length : 3", "X\0: y")
            )
        return fields

    def _named(self, name: str, value: str) -> str:
        before, after = self.choices.choice(["", " ", " ", "\t", "  "]), self.choices.choice(["", "", " "])
        if name == "Transfer-Encoding":
            after = ""  # `http.client` takes the body for one without chunks
        return f"{self.choices.choice([name, name.lower(), name.upper()])}:{before}{value}{after}"


def test_an_answer_is_read_as_http_client_reads_it(tally):
    choices = random.Random(f"{seeds.DIFFERENTIAL} HTTP/1.1")

    differing = []
    for _ in range(COUNT):
        case = made_up(choices)
        ours, reference = read_by_us(*case.packets), read_by_http_client(*case.packets)
        if ours != reference and not (case.oddities and is_stricter(ours, reference)):
            differing.append((case, ours, reference))
        tally("answers read as http.client reads them")

    kinds = "\n".join(map(str, differing[:5]))
    assert not differing, f"{len(differing)}, like\n{kinds}"


def is_stricter(ours: Outcome, reference: Outcome) -> bool:
    """Check that an odd answer is refused, or that nothing but the connection is given up."""
    return ours is None or (reference is not None and ours == (*reference[:2], False))


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("GET", "/.well-known/jwks.json", {}, None),
        (
            "POST",
            "/base/recipe/session/verify?a=b%20c",
            {"api-key": "a key ~!", "rid": "session"},
            b'{"a": "\xc3\xa9"}',
        ),
        ("POST", "/", {"x-amz-target": "DynamoDB_20120810.PutItem"}, b""),
        ("POST", "/", {"content-type": "application/json; charset=utf-8"}, b"x" * 100_000),
    ],
)
def test_a_request_is_what_http_client_sends(method, path, headers, body):
    opened, received = socket.socketpair()
    with opened, received, closing(http.client.HTTPConnection("core", 3567)) as connection:
        connection.sock = opened
        connection.request(method, path, body, headers)
        opened.shutdown(socket.SHUT_WR)
        sent = received.makefile("rb").read()

    ours = request_of(method, path, {"host": "core:3567", "accept-encoding": "identity", **headers}, body)
    assert parts(ours) == parts(sent)


def parts(request: bytes) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    pairs = (field.partition(b": ") for field in fields)
    return line, sorted((name.lower(), value) for name, _, value in pairs), body


@pytest.mark.parametrize("text", ["a\r\nb", "a\nb", "a\rb", "a\0b", "\x7f", "é", "ě", "a\u2028b"])
def test_no_other_characters_are_sent(text):
    given: list[tuple[str, dict[str, str]]] = [(f"/{text}", {}), ("/", {"x": text}), ("/", {text: "x"})]
    for path, headers in given:
        with pytest.raises(ValueError, match="visible ASCII") as raised:
            request_of("POST", path, headers, b"")
        assert text not in str(raised.value)


def test_a_path_has_no_blank():
    with pytest.raises(ValueError, match="visible ASCII"):
        request_of("GET", "/ HTTP/1.1", {})


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n"], ids=["100", "103"]
)
def test_interim_answers_are_skipped(interim):
    assert read_by_us(interim * 2 + b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") == (200, b"{}", True)


def test_a_blank_after_a_coding_is_no_part_of_it():
    # RFC 9112, section 5.1.
    answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked \t\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert read_by_us(answer) == (200, b"{}", True)


class TestSizes:
    HEAD = b"HTTP/1.1 200 OK\r\n"

    def test_a_body_has_a_limit(self):
        body, more = b"x" * MAX_BODY, b"x" * (MAX_BODY + 1)
        for found, expected in ((body, (200, body)), (more, None)):
            parts = [found[start : start + 50_000] for start in range(0, len(found), 50_000)]
            chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in parts]
            for packets, is_kept in (
                ([self.HEAD + b"content-length: %d\r\n\r\n" % len(found), *parts], True),
                ([self.HEAD + b"transfer-encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n"], True),
                ([self.HEAD + b"\r\n", *parts], False),
            ):
                assert read_by_us(*packets) == (expected and (*expected, is_kept))

    def test_a_long_body_is_not_waited_for(self):
        assert read_by_us(self.HEAD + b"content-length: 1000000000000\r\n\r\n") is None

    @pytest.mark.parametrize(
        "head",
        [b"x: " + b"y" * 2 * MAX_LINE, b"x: y\r\n" * MAX_HEADERS, b"x: y\r\n" + b" y\r\n" * MAX_HEADERS],
        ids=["a line", "lines", "folded lines"],
    )
    def test_headers_have_a_limit(self, head):
        packets = [head[start : start + 50_000] for start in range(0, len(head), 50_000)]
        assert read_by_us(self.HEAD, *packets, b"\r\n\r\n") is None


class TestAnAnswerThatBegan:
    """Its request has been done, so it must not be sent again: the error says so by its class."""

    def test_ends_early(self):
        with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{") as opened, pytest.raises(UnreachableError):
            Http1Connection(opened).exchange(GET, time.monotonic() + BUDGET)

    def test_did_not_begin(self):
        with answering() as opened, pytest.raises(ConnectionResetError):
            Http1Connection(opened).exchange(GET, time.monotonic() + BUDGET)


def test_a_connection_with_bytes_that_nobody_asked_for_is_not_reused():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Http1Connection(ours)
        assert connection.is_reusable()
        theirs.send(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        assert not connection.is_reusable()
