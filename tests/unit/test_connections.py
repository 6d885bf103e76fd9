"""Kept connections, proxies and headers, against servers of the test's own."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from supertokens_lambda._connections.budget import UnreachableError
from supertokens_lambda._connections.connections import Connections

BUDGET = 5.0
SHORT = 0.5


class Server(ThreadingHTTPServer):
    """Counts its connections, and may close each after its answer without a word."""

    daemon_threads = True

    def __init__(self) -> None:
        self.connections = 0
        self.hangs_up = False
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request, client_address) -> None:
        self.connections += 1
        super().process_request(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if self.path.endswith("/slow"):
            time.sleep(SHORT * 2)
        body = self.path.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-type", "text/plain")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.server.hangs_up

    def log_message(self, *args: object) -> None:
        """Say nothing of requests that were served."""


@contextmanager
def served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with served(server):
        yield server


@pytest.fixture
def connections(server) -> Iterator[Connections]:
    connections = Connections(f"{server.uri}/base/")
    yield connections
    connections.close()


def test_a_connection_is_kept_for_the_next_call(server, connections):
    answers = [connections.call("GET", f"/{n}", {}, None, BUDGET) for n in range(3)]

    assert [(answer.status, answer.content_type, answer.body) for answer in answers] == [
        (200, "text/plain", f"/base/{n}".encode()) for n in range(3)
    ]
    assert server.connections == 1


def test_a_connection_that_the_server_has_closed_is_made_anew(server, connections):
    server.hangs_up = True
    for _ in range(3):
        assert connections.call("GET", "/", {}, None, BUDGET).status == 200
    assert server.connections == 3


def test_a_connection_that_a_short_call_opened_waits_as_long_as_the_next_call(server, connections):
    connections.call("GET", "/", {}, None, SHORT)

    assert connections.call("GET", "/slow", {}, None, BUDGET).status == 200
    assert server.connections == 1


@pytest.mark.parametrize("value", ["secret-value\n", "secret-value\r\nx: y", "secret-valuě"])
def test_a_header_that_cannot_be_sent_is_not_shown(connections, value):
    with pytest.raises((ValueError, UnreachableError)) as raised:
        connections.call("GET", "/", {"api-key": value}, None, BUDGET)
    error: BaseException | None = raised.value
    while error is not None:
        assert "secret" not in repr(error)
        error = error.__cause__


def test_nobody_listens():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with pytest.raises(UnreachableError, match="ConnectionRefusedError"):
            Connections(f"http://127.0.0.1:{listener.getsockname()[1]}").call("GET", "/", {}, None, BUDGET)


def test_no_time_is_left(connections):
    with pytest.raises(UnreachableError, match="no time left"):
        connections.call("GET", "/", {}, None, 0)


class Proxy(socketserver.ThreadingTCPServer):
    """Keeps what it is asked, and connects nobody."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Refusal)


class Refusal(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        self.request.settimeout(0.5)
        head = b""
        try:
            while b"\r\n\r\n" not in head:
                head += self.request.recv(1000)
        except TimeoutError:
            pass
        self.server.asked.append(head)


@pytest.mark.parametrize(("no_proxy", "asked"), [("", True), (".example.com", False)])
def test_https_goes_through_the_environments_proxy(monkeypatch, no_proxy, asked):
    with served(proxy := Proxy()):
        address = f"127.0.0.1:{proxy.server_address[1]}"
        for name in ("https_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass%21word@{address}")
        monkeypatch.setenv("NO_PROXY", no_proxy)
        with pytest.raises(UnreachableError):
            Connections("https://core.example.com:444").call("GET", "/", {}, None, 1.0)

    assert bool(proxy.asked) is asked
    if asked:
        assert proxy.asked[0].startswith(b"CONNECT core.example.com:444 HTTP/1.")
        assert b"Basic dXNlcjpwYXNzIXdvcmQ=" in proxy.asked[0]
