"""Connections with TLS, through a proxy, and to hosts of several addresses; the servers are real."""

import select
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from tests.support.authorities import Issued, issued_for_loopback, one_authority
from tests.support.counting_server import CountingServer, served

import supertokens_lambda
from supertokens_lambda._connections.budget import UnreachableError
from supertokens_lambda._connections.connections import Connections
from supertokens_lambda._connections.http1 import Http1Connection
from supertokens_lambda._connections.opening import in_url, open_tls_socket

BUDGET = 20.0
SHORT = 0.5


class Tunnel(socketserver.ThreadingTCPServer):
    """A proxy that connects everybody who gives its password to one server."""

    daemon_threads = True

    def __init__(self, server: CountingServer) -> None:
        self.target = ("127.0.0.1", server.server_port)
        self.asked: list[bytes] = []
        super().__init__(("127.0.0.1", 0), TunnelHandler)


class TunnelHandler(socketserver.StreamRequestHandler):
    server: Tunnel

    def handle(self) -> None:
        lines = [*iter(self.rfile.readline, b"\r\n")]
        self.server.asked.append(lines[0])
        if b"proxy-authorization: Basic dXNlcjpwYXNzIXdvcmQ=\r\n" not in lines:
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            return
        with socket.create_connection(self.server.target) as onward:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\nvia: 1.1 proxy\r\n\r\n")
            back = threading.Thread(target=self._pass_on, args=(onward, self.request))
            back.start()
            self._pass_on(self.request, onward)
            back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        # Either side may hang up.
        with suppress(OSError):
            while received := source.recv(65_536):
                target.sendall(received)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Issued:
    return issued_for_loopback(tmp_path_factory.mktemp("issued"))


@pytest.fixture
def server(issued) -> Iterator[CountingServer]:
    server = CountingServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with served(server):
        yield server


@pytest.fixture
def connections_to(server, issued, monkeypatch) -> Iterator[Callable[..., Connections]]:
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as stack:

        def connections_to(host: str = "127.0.0.1", authority=issued.authority) -> Connections:
            made = Connections(f"https://{host}:{server.server_address[1]}/base", str(authority))
            stack.callback(made.close)
            return made

        yield connections_to


def test_tls_is_spoken_on_a_connection_that_is_kept(server, connections_to):
    connections = connections_to()
    assert [connections.call("GET", f"/{n}", {}, None, BUDGET).body for n in range(2)] == [b"/base/0", b"/base/1"]
    assert server.connections == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_connection_with_messages_of_tls_itself_is_kept(issued, version):
    # After the handshake of TLS 1.3 the server sends session tickets, whenever it likes.
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as threads:
        accepted = threads.submit(accepted_with_tls, listener, issued, version)
        opened = open_tls_socket(
            "127.0.0.1", listener.getsockname()[1], time.monotonic() + BUDGET, str(issued.authority)
        )
        with opened, accepted.result() as server:
            if version == ssl.TLSVersion.TLSv1_3:
                assert select.select([opened], [], [], BUDGET)[0], "the tickets have arrived"
            connection = Http1Connection(opened)
            assert connection.is_reusable()
            server.sendall(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
            assert select.select([opened], [], [], BUDGET)[0]
            assert not connection.is_reusable()


def accepted_with_tls(listener: socket.socket, issued: Issued, version: ssl.TLSVersion) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    context.load_cert_chain(issued.certificate, issued.key)
    return context.wrap_socket(listener.accept()[0], server_side=True)


def test_a_name_in_ascii_needs_no_codec_for_others(server, issued):
    url = f"https://127.0.0.1:{server.server_address[1]}"
    program = f"""
import sys
from supertokens_lambda._connections.connections import Connections
status = Connections({url!r}, {str(issued.authority)!r}).call("GET", "/", {{}}, None, {BUDGET}).status
print(status, {{"encodings.idna", "stringprep"}} & {{*sys.modules}})
"""
    environment = {"PYTHONPATH": str(Path(supertokens_lambda.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "200 set()\n"


def test_a_certificate_of_another_authority_is_refused(connections_to, tmp_path):
    with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
        connections_to(authority=one_authority(tmp_path)).call("GET", "/", {}, None, BUDGET)


def test_a_certificate_for_another_name_is_refused(connections_to):
    with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
        connections_to("localhost").call("GET", "/", {}, None, BUDGET)


class TestThroughAProxy:
    @pytest.fixture
    def tunnel(self, server, connections_to, monkeypatch) -> Iterator[Tunnel]:
        with served(tunnel := Tunnel(server)):
            self.leads_through(tunnel, monkeypatch, "user:pass%21word@")
            yield tunnel

    @staticmethod
    def leads_through(tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch, user: str) -> None:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{user}127.0.0.1:{tunnel.server_address[1]}")

    def test_tls_is_spoken_with_the_server(self, server, tunnel, connections_to):
        connections = connections_to()
        assert [connections.call("GET", f"/{n}", {}, None, BUDGET).body for n in range(2)] == [b"/base/0", b"/base/1"]
        assert tunnel.asked == [f"CONNECT 127.0.0.1:{server.server_address[1]} HTTP/1.1\r\n".encode()]

    def test_its_url_may_lack_the_scheme(self, tunnel, connections_to, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", f"user:pass%21word@127.0.0.1:{tunnel.server_address[1]}")
        assert connections_to().call("GET", "/", {}, None, BUDGET).status == 200
        assert len(tunnel.asked) == 1

    @pytest.mark.parametrize(
        "url",
        [
            "https://user:secret@127.0.0.1:{}",
            "socks5://user:secret@127.0.0.1:{}",
            "http://user:secret/@127.0.0.1:{}",
            "http://user:secret[@127.0.0.1:{}",
            "http://user:secret@127.0.0.1:9{}",
            "http://",
        ],
    )
    def test_another_url_is_an_error_without_its_password(self, tunnel, connections_to, monkeypatch, url):
        monkeypatch.setenv("HTTPS_PROXY", url.format(tunnel.server_address[1]))
        with pytest.raises(UnreachableError, match="HTTPS_PROXY must be a URL like") as raised:
            connections_to().call("GET", "/", {}, None, BUDGET)
        assert "secret" not in "".join(traceback.format_exception(raised.value))
        assert not tunnel.asked

    def test_the_servers_certificate_counts(self, tunnel, connections_to, tmp_path):
        with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
            connections_to(authority=one_authority(tmp_path)).call("GET", "/", {}, None, BUDGET)

    @pytest.mark.parametrize("user", ["", "user:another@"])
    def test_it_may_refuse(self, tunnel, connections_to, monkeypatch, user):
        self.leads_through(tunnel, monkeypatch, user)
        with pytest.raises(UnreachableError, match="the proxy answered 407"):
            connections_to().call("GET", "/", {}, None, BUDGET)


def test_a_server_that_never_ends_its_handshake_is_given_up(issued):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="no answer in time"):
            Connections(url, str(issued.authority)).call("GET", "/", {}, None, SHORT)


class TestAddresses:
    def test_the_next_one_is_tried(self):
        # The server listens at one of the two addresses of the name, if this machine has two.
        with (
            served(server := CountingServer()),
            closing(Connections(f"http://localhost:{server.server_address[1]}")) as connections,
        ):
            assert connections.call("GET", "/", {}, None, BUDGET).status == 200

    def test_one_that_the_kernel_does_not_support_is_skipped(self, monkeypatch):
        # A resolver may know the IPv6 address of a host although the kernel has no IPv6.
        resolved = socket.getaddrinfo
        unsupported = (socket.AF_APPLETALK, socket.SOCK_STREAM, 0, "", ("::1", 80))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *host, **kind: [unsupported, *resolved(*host, **kind)])
        with served(server := CountingServer()), closing(Connections(server.uri)) as connections:
            assert connections.call("GET", "/", {}, None, BUDGET).status == 200

    def test_a_name_without_any_is_an_error(self):
        with pytest.raises(UnreachableError, match="gaierror"):
            Connections("http://nowhere.invalid").call("GET", "/", {}, None, BUDGET)

    @pytest.mark.parametrize(
        ("host", "written"),
        [("core.example.com", "core.example.com"), ("::1", "[::1]"), ("bücher.example", "xn--bcher-kva.example")],
    )
    def test_a_host_is_written_as_urls_have_it(self, host, written):
        assert in_url(host) == written
