"""A server between the toolkit and the core, or AWS, that does to a call what networks and servers do."""

import http.client
import re
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar
from urllib.parse import urlsplit

_SLOWLY = 0.02  # seconds between two bytes


def _answering(status: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

ANSWERS = {
    "429": _answering("429 Too Many Requests"),
    "500": _answering("500 Internal Server Error", b"oops", "text/plain"),
    "502": _answering("502 Bad Gateway", b"<html>", "text/html"),
    "503": _answering("503 Service Unavailable"),
    "a core that is starting": _answering("404 Not Found", b"<!doctype html><title>HTTP Status 404", "text/html"),
    "401": _answering("401 Unauthorized", b"Invalid API key", "text/plain"),
    "throttling, as AWS tells it": _answering("400 Bad Request", b'{"__type": "ThrottlingException"}'),
    "a redirect": (
        b"HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ),
    "garbage": _answering("200 OK", b"\xff\x00{]"),
    "HTML": _answering("200 OK", b"<!doctype html><title>A captive portal</title>", "text/html"),
    "an empty object": _answering("200 OK", b"{}"),
    "a list": _answering("200 OK", b"[]"),
    "half a body": _OK + b'Content-Length: 1000\r\n\r\n{"status": "OK", ',
    "half a chunk": _OK + b'Transfer-Encoding: chunked\r\n\r\n400\r\n{"status": "OK", ',
    "no body": _answering("200 OK"),
    "no answer": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
}


class Faulty:
    """A port that passes calls on, but for those that a fault is for.

    Parameters
    ----------
    upstream
        Base URL of what the calls are for.
    """

    ENDLESS: ClassVar = ["hangs", "drips its body", "drips its head", "an endless body"]
    FAULTS: ClassVar = [*ANSWERS, "resets", *ENDLESS]
    # The core has answered, and would answer the same the next time.
    REFUSALS: ClassVar = ["401", "throttling, as AWS tells it"]

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._fault: tuple[str, str] | None = None
        self._over = threading.Event()
        self._loses_answer = False
        self.met = 0
        faulty = self

        class Connection(socketserver.BaseRequestHandler):
            request: socket.socket

            def handle(self) -> None:
                with suppress(OSError):
                    faulty._handle(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Connection)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["Faulty"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    @contextmanager
    def that(self, fault: str, at: str = "") -> Iterator[None]:
        """Let calls whose path matches fail; at the end those that still hang are let go."""
        self._over = threading.Event()
        self._fault, self.met = (fault, at), 0
        try:
            yield
        finally:
            self._fault = None
            self._over.set()

    @contextmanager
    def losing_an_answer(self) -> Iterator[None]:
        """Let the next call through, and close its connection in the place of the answer."""
        self._loses_answer = True
        yield
        assert not self._loses_answer

    def _handle(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        with reader:
            method, path, _ = reader.readline().decode().split(" ")
            headers = {}
            while line := reader.readline().strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            body = reader.read(int(headers.get("content-length", "0")))
        fault = self._fault
        if fault and re.search(fault[1], path):
            self.met += 1
            self._fail(fault[0], connection)
            return
        upstream = http.client.HTTPConnection(self._upstream)
        try:
            upstream.request(method, path, body, headers | {"connection": "close"})
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        if self._loses_answer:
            self._loses_answer = False
            return
        head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n"
        kept = [field for field in answer.getheaders() if field[0].lower() not in ("connection", "content-length")]
        fields = [*kept, ("content-length", str(len(content))), ("connection", "close")]
        head += "".join(f"{name}: {value}\r\n" for name, value in fields)
        connection.sendall(f"{head}\r\n".encode() + content)

    def _fail(self, fault: str, connection: socket.socket) -> None:
        match fault:
            case "resets":
                # With nothing left to linger for, closing is a reset (SO_LINGER in socket(7)).
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            case "hangs":
                self._over.wait()
            case "drips its body":
                connection.sendall(_OK + b"Content-Length: 1000000\r\n\r\n")
                self._go_on(lambda: connection.sendall(b" "))
            case "drips its head":
                connection.sendall(_OK)
                self._go_on(lambda: connection.sendall(b"x"))
            case "an endless body":
                connection.sendall(_OK + b"Transfer-Encoding: chunked\r\n\r\n")
                chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
                self._go_on(lambda: connection.sendall(chunk * 4))
            case _:
                connection.sendall(ANSWERS[fault])

    def _go_on(self, send: Callable[[], None]) -> None:
        while not self._over.wait(_SLOWLY):
            send()
