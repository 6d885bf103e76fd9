"""The connections that the SDK's calls to the core are made on."""

import asyncio
import http.client
import os
import socketserver
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from supertokens_python.querier import Querier
from tests.support.authorities import Issued, issued_for_loopback
from tests.support.constants import PASSWORD
from tests.support.core import Core
from tests.support.servers import reserved_port, serving

from supertokens_lambda import _event_loop as event_loop
from supertokens_lambda import handlers
from supertokens_lambda._connections import opening
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk import kept_client

KEY_SET = "/.well-known/jwks.json"

_numbers = count()


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Issued:
    return issued_for_loopback(tmp_path_factory.mktemp("issued"))


@pytest.fixture(autouse=True)
def no_clients(toolkit) -> Iterator[None]:
    """Start without clients, and without what is known of the core."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    kept_client.close_clients()
    kept_client._tls_context.cache_clear()
    opening._tls_context.cache_clear()
    Querier.api_version = None


@dataclass
class Counted:
    """A core behind a port of its own, that counts.

    Attributes
    ----------
    paths
        Those asked for, in order.
    connections
        How many calls came on each, by its address.
    """

    core: Core
    uri: str
    paths: list[str] = field(default_factory=list)
    connections: Counter[Any] = field(default_factory=Counter)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == KEY_SET:  # which the toolkit fetches, on a connection of its own
            await self.core(scope, receive, send)
            return
        self.paths.append(scope["path"])
        self.connections[scope["client"]] += 1
        await self.core(scope, receive, send)


@pytest.fixture(params=["HTTP", "TLS"])
def scheme(request) -> str:
    return str(request.param)


@contextmanager
def counting(core: Core, scheme: str, issued: Issued, **more: Any) -> Iterator[Counted]:
    with reserved_port() as listener:
        port = listener.getsockname()[1]
        if scheme == "TLS":
            more |= {"ssl_certfile": issued.certificate, "ssl_keyfile": issued.key}
        counted = Counted(core, f"{'https' if scheme == 'TLS' else 'http'}://127.0.0.1:{port}")
        with serving(counted, listener, **more):
            yield counted
            kept_client.close_clients()


@pytest.fixture
def contexts(monkeypatch) -> list[ssl.SSLContext]:
    """The contexts that were made with a CA bundle."""
    made, make = [], ssl.create_default_context

    def counted(*args: Any, **more: Any) -> ssl.SSLContext:
        made.append(make(*args, **more))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    return made


def credentials(email: str) -> dict[str, Any]:
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]}


def sign_up(browser) -> str:
    email = f"kept-{next(_numbers)}@example.com"
    assert browser.call(handlers.auth, "/auth/signup", credentials(email)).json()["status"] == "OK"
    return email


def test_all_calls_of_a_visitor_share_a_connection_and_a_context(
    scheme, core, issued, toolkit, browser, contexts, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(issued.authority))
    with counting(core, scheme, issued) as counted:
        toolkit(CONNECTION_URI=counted.uri)
        email = sign_up(browser)
        assert len(counted.paths) >= 5
        assert browser.call(handlers.auth, "/auth/signin", credentials(email)).json()["status"] == "OK"

        assert len(counted.connections) == 1
        # One of the SDK's calls, and one of the toolkit's own.
        assert len(contexts) == (2 if scheme == "TLS" else 0)
        assert counted.paths.count("/apiversion") == 1
        toolkit()  # or the server waits for the connection that the toolkit itself keeps


def test_who_signed_the_cores_certificate_has_to_be_trusted(core, issued, toolkit, browser, records):
    with counting(core, "TLS", issued) as counted:
        toolkit(CONNECTION_URI=counted.uri)

        assert browser.call(handlers.auth, "/auth/signin", credentials("a@example.com")).status == 503
        assert not counted.paths


def test_a_client_for_plain_http_trusts_nobody(core, issued, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(issued.authority))
    with counting(core, "TLS", issued) as counted:

        async def ask(*, is_tls: bool) -> int:
            async with kept_client._new_client(is_tls=is_tls) as client:
                return (await client.get(f"{counted.uri}/hello")).status_code

        assert event_loop.run(ask(is_tls=True)) == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            event_loop.run(ask(is_tls=False))
        spelled = f"{counted.uri}/hello".replace("https", "HTTPS")
        assert event_loop.run(kept_client.send("GET", spelled)).status_code == 200


def ask(uri: str, method: str = "GET", path: str = "/hello", **content: Any) -> httpx.Response:
    return event_loop.run(kept_client.send(method, f"{uri}{path}", **content))


@pytest.mark.parametrize("seconds", [3, -60, 3600])
def test_a_connection_from_before_a_pause_is_not_used(core, issued, clock, seconds):
    with counting(core, "HTTP", issued) as counted:
        ask(counted.uri)
        ask(counted.uri)
        assert len(counted.connections) == 1

        clock.forward(seconds)
        ask(counted.uri)
        ask(counted.uri)

        assert [*counted.connections.values()] == [2, 2]


class Closing(socketserver.ThreadingTCPServer):
    """Closes each connection after a number of calls: it answers the first, and lets the second down.

    Attributes
    ----------
    asked
        The methods of all calls.
    closed
        Set once a connection has been closed.
    """

    daemon_threads = True

    def __init__(self, calls: int, issued: Issued | None = None) -> None:
        self._calls = calls
        self._context: ssl.SSLContext | None = None
        if issued:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(issued.certificate, issued.key)
        self.asked: list[str] = []
        self.closed = threading.Event()
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    @property
    def uri(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        connection = self._context.wrap_socket(request, server_side=True) if self._context else request
        with connection, connection.makefile("rb") as reader:
            for number in range(self._calls):
                line = reader.readline()
                if not line:
                    return
                headers = http.client.parse_headers(reader)
                reader.read(int(headers.get("content-length", "0")))
                self.asked.append(line.split()[0].decode())
                if number == 0:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.closed.set()


@contextmanager
def closing(calls: int, issued: Issued | None = None) -> Iterator[Closing]:
    server = Closing(calls, issued)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        kept_client.close_clients()
        server.shutdown()
        thread.join()
        server.server_close()


def of_main_thread(call: Any) -> Any:
    return call()


def of_another_thread(call: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.mark.parametrize("by", [of_main_thread, of_another_thread])
def test_a_connection_that_the_core_has_closed_is_not_used(scheme, issued, monkeypatch, by):
    monkeypatch.setenv("SSL_CERT_FILE", str(issued.authority))
    with closing(1, issued if scheme == "TLS" else None) as server:
        for _ in range(3):
            server.closed.clear()
            assert by(lambda: ask(server.uri, "POST", json={"a": 1})).status_code == 200
            assert server.closed.wait(60)

        assert server.asked == ["POST"] * 3


def test_a_get_that_loses_its_connection_is_sent_again():
    with closing(2) as server:
        assert [ask(server.uri).status_code for _ in range(3)] == [200, 200, 200]
        assert server.asked == ["GET"] * 5


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_may_have_been_done_is_not_asked_for_again(method):
    with closing(2) as server:
        ask(server.uri)

        with pytest.raises(httpx.RemoteProtocolError):
            ask(server.uri, method)

        assert server.asked == ["GET", method]
        assert ask(server.uri, method).status_code == 200


def test_each_kept_loop_has_a_connection_and_any_other_loop_closes_its_own(core, issued):
    with counting(core, "HTTP", issued) as counted:

        def twice() -> None:
            ask(counted.uri)
            ask(counted.uri)

        twice()
        of_another_thread(twice)
        assert [*counted.connections.values()] == [2, 2]

        async def of_its_own() -> None:
            await asyncio.gather(*(kept_client.send("GET", f"{counted.uri}/hello") for _ in range(2)))

        asyncio.run(of_its_own())

        assert [*counted.connections.values()] == [2, 2, 1, 1]


def test_calls_at_once_on_a_loop_have_a_connection_each(core, issued):
    with counting(core, "HTTP", issued) as counted:

        async def at_once() -> None:
            await asyncio.gather(*(kept_client.send("GET", f"{counted.uri}/hello") for _ in range(5)))

        event_loop.run(at_once())
        assert len(counted.connections) == 5
        event_loop.run(at_once())
        assert len(counted.connections) == 5


def test_a_call_that_was_given_up_leaves_no_connection_behind(core, issued):
    with counting(core, "HTTP", issued) as counted:
        ask(counted.uri)

        async def give_up() -> None:
            async with asyncio.timeout(0.1):
                await kept_client.send("GET", f"{counted.uri}/hello")

        with core.failing("never answers"), pytest.raises(TimeoutError):
            event_loop.run(give_up())
        assert ask(counted.uri).status_code == 200

        assert [*counted.connections.values()] == [2, 1]


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_call():
    seen: list[bytes] = []

    async def balancer(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"cookie")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"AWSALB=1; Path=/")]})
        await send({"type": "http.response.body", "body": b"{}"})

    with reserved_port() as listener, serving(balancer, listener):
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert ask(uri).headers["set-cookie"]
        ask(uri)
        kept_client.close_clients()

    assert not seen


def test_an_applications_network_interceptor_changes_what_is_sent(core, issued, toolkit, browser, monkeypatch):
    def intercept(url, method, headers, params, body, _context):
        return url.replace("https://core.invalid", counted.uri), method, headers, params, body

    with counting(core, "HTTP", issued) as counted:
        toolkit(CONNECTION_URI="https://core.invalid")
        current().sdk.start()
        monkeypatch.setattr(Querier, "network_interceptor", intercept)

        sign_up(browser)

        assert len(counted.connections) == 1


PROGRAM = """
import asyncio, threading
from supertokens_lambda import _event_loop as event_loop
from supertokens_lambda._sdk import kept_client

def ask():
    assert event_loop.run(kept_client.send("GET", "{uri}/hello")).status_code == 200

ask()
beside = threading.Thread(target=ask)
beside.start()
beside.join()
asyncio.run(kept_client.send("GET", "{uri}/hello"))
"""


def test_a_process_ends_without_warnings(core, issued):
    with counting(core, "HTTP", issued) as counted:
        command = [sys.executable, "-W", "error", "-c", PROGRAM.format(uri=counted.uri)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    assert (done.returncode, done.stderr) == (0, "")
