"""Kept connections, proxies and headers, against servers of the test's own."""

import gc
import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.support.counting_server import PAUSE, CountingServer, served

from supertokens_lambda._connections.budget import UnreachableError
from supertokens_lambda._connections.connections import Connections

BUDGET = 20.0
SHORT = PAUSE / 2


@pytest.fixture
def server() -> Iterator[CountingServer]:
    server = CountingServer()
    with served(server):
        yield server


@pytest.fixture
def connections(server) -> Iterator[Connections]:
    connections = Connections(f"{server.uri}/base/")
    yield connections
    connections.close()


def test_a_connection_is_kept_for_the_next_call(server, connections):
    answers = [connections.call("GET", f"/{n}", {}, None, BUDGET) for n in range(3)]

    assert [(answer.status, answer.body) for answer in answers] == [(200, f"/base/{n}".encode()) for n in range(3)]
    assert server.connections == 1


def test_a_connection_that_the_server_has_closed_is_made_anew(server, connections):
    server.hangs_up = True
    for _ in range(3):
        assert connections.call("GET", "/", {}, None, BUDGET).status == 200
    assert server.connections == 3


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # the server has a thread
def test_a_forked_process_makes_its_own_connection(server, connections):
    connections.call("GET", "/", {}, None, BUDGET)

    child = os.fork()
    if not child:
        status = 0
        try:
            status = connections.call("GET", "/", {}, None, BUDGET).status
        finally:
            os._exit(status != 200)  # without the clean-up of pytest, which is left to the parent
    assert os.waitpid(child, 0)[1] == 0
    assert server.connections == 2

    connections.call("GET", "/", {}, None, BUDGET)
    assert server.connections == 2


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


@pytest.mark.parametrize("url", ["http://127.0.0.1:eighty", "http://127.0.0.1:65536", "http://[127.0.0.1"])
def test_an_invalid_url_is_one_error(url):
    with pytest.raises(ValueError, match=r"[Pp]ort|URL"):
        Connections(url)
    gc.collect()


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


@pytest.mark.parametrize(
    ("no_proxy", "asked"),
    [("", True), (".example.com", False), ("core.example.com:444", False), ("core.example.com:443", True)],
)
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


class TooMuch(socketserver.StreamRequestHandler):
    """Answers each request by the number of the connection, and once more when it is told to."""

    server: "TooMuchServer"

    def handle(self) -> None:
        self.server.connections += 1
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n%d" % self.server.connections
        for _ in iter(self.rfile.readline, b"\r\n"):
            pass
        self.wfile.write(answer)
        self.server.again.wait(BUDGET)
        self.wfile.write(answer)
        self.server.has_sent.set()
        self.rfile.read()


class TooMuchServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.connections = 0
        self.again, self.has_sent = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), TooMuch)
        self.uri = f"http://127.0.0.1:{self.server_address[1]}"


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next():
    with served(server := TooMuchServer()), closing(Connections(server.uri)) as connections:
        assert connections.call("GET", "/", {}, None, BUDGET).body == b"1"
        server.again.set()
        assert server.has_sent.wait(BUDGET)
        assert connections.call("GET", "/", {}, None, BUDGET).body == b"2"
