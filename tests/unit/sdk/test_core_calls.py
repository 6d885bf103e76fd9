"""The requests of the SDK to the core, on kept connections."""

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
from supertokens_lambda._sdk.core_calls import CoreCalls

KEY_SET = "/.well-known/jwks.json"

_numbers = count()


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Issued:
    return issued_for_loopback(tmp_path_factory.mktemp("issued"))


@pytest.fixture(autouse=True)
def nothing_known(toolkit) -> Iterator[None]:
    """Start without trusted authorities, and without what is known of the core."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    opening._tls_context.cache_clear()
    Querier.api_version = None


@pytest.fixture
def calls() -> Iterator[CoreCalls]:
    calls = CoreCalls()
    yield calls
    calls.close()


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
            current().close()


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
        assert len(contexts) == (1 if scheme == "TLS" else 0)
        assert counted.paths.count("/apiversion") == 1
        toolkit()  # or the server waits for the connection that the toolkit itself keeps


def test_who_signed_the_cores_certificate_has_to_be_trusted(core, issued, toolkit, browser, records):
    with counting(core, "TLS", issued) as counted:
        toolkit(CONNECTION_URI=counted.uri)

        assert browser.call(handlers.auth, "/auth/signin", credentials("a@example.com")).status == 503
        assert not counted.paths


def ask(calls: CoreCalls, uri: str, method: str = "GET", path: str = "/hello", **content: Any) -> httpx.Response:
    return event_loop.run(calls.send(method, f"{uri}{path}", **content))


def test_a_scheme_may_be_in_capitals(calls, core, issued, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(issued.authority))
    with counting(core, "TLS", issued) as counted:
        assert ask(calls, counted.uri.replace("https", "HTTPS")).status_code == 200
        calls.close()


@pytest.mark.parametrize("seconds", [3, -60, 3600])
@pytest.mark.parametrize(("method", "uses"), [("GET", [4]), ("POST", [2, 2])])
def test_what_may_not_be_sent_twice_uses_no_connection_from_before_a_pause(
    calls, core, issued, clock, seconds, method, uses
):
    with counting(core, "HTTP", issued) as counted:
        ask(calls, counted.uri, method)
        ask(calls, counted.uri, method)
        assert len(counted.connections) == 1

        clock.forward(seconds)
        ask(calls, counted.uri, method)
        ask(calls, counted.uri, method)

        assert [*counted.connections.values()] == uses
        calls.close()


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
        server.shutdown()
        thread.join()
        server.server_close()


def of_main_thread(call: Any) -> Any:
    return call()


def of_another_thread(call: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.mark.parametrize("by", [of_main_thread, of_another_thread])
def test_a_connection_that_the_core_has_closed_is_not_used(calls, scheme, issued, monkeypatch, by):
    monkeypatch.setenv("SSL_CERT_FILE", str(issued.authority))
    with closing(1, issued if scheme == "TLS" else None) as server:
        for _ in range(3):
            server.closed.clear()
            assert by(lambda: ask(calls, server.uri, "POST", json={"a": 1})).status_code == 200
            assert server.closed.wait(60)

        assert server.asked == ["POST"] * 3


def test_a_get_that_loses_its_connection_is_sent_again(calls):
    with closing(2) as server:
        assert [ask(calls, server.uri).status_code for _ in range(3)] == [200, 200, 200]
        assert server.asked == ["GET"] * 5


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_may_have_been_done_is_not_asked_for_again(calls, method):
    with closing(2) as server:
        ask(calls, server.uri)

        with pytest.raises(httpx.RemoteProtocolError):
            ask(calls, server.uri, method)

        assert server.asked == ["GET", method]
        assert ask(calls, server.uri, method).status_code == 200


def test_threads_and_loops_share_connections(calls, core, issued):
    with counting(core, "HTTP", issued) as counted:

        def twice() -> None:
            ask(calls, counted.uri)
            ask(calls, counted.uri)

        twice()
        of_another_thread(twice)
        asyncio.run(calls.send("GET", f"{counted.uri}/hello"))

        assert [*counted.connections.values()] == [5]
        calls.close()


def test_calls_at_once_are_sent_at_once(calls):
    barrier = asyncio.Barrier(5)

    async def answers_when_all_have_asked(_scope: Any, _receive: Any, send: Any) -> None:
        await barrier.wait()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"{}"})

    async def at_once(uri: str) -> list[int]:
        answers = await asyncio.gather(*(calls.send("GET", uri) for _ in range(5)))
        return [answer.status_code for answer in answers]

    with reserved_port() as listener, serving(answers_when_all_have_asked, listener):
        for _ in range(2):
            assert event_loop.run(at_once(f"http://127.0.0.1:{listener.getsockname()[1]}")) == [200] * 5
        calls.close()


def test_a_call_that_was_given_up_leaves_no_connection_behind(calls, core, issued):
    with counting(core, "HTTP", issued) as counted:
        ask(calls, counted.uri)

        async def give_up() -> None:
            async with asyncio.timeout(0.1):
                await calls.send("GET", f"{counted.uri}/hello")

        with core.failing("never answers"), pytest.raises(TimeoutError):
            event_loop.run(give_up())
        assert ask(calls, counted.uri).status_code == 200

        assert [*counted.connections.values()] == [2, 1]
        calls.close()


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_call(calls):
    seen: list[bytes] = []

    async def balancer(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"cookie")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"AWSALB=1; Path=/")]})
        await send({"type": "http.response.body", "body": b"{}"})

    with reserved_port() as listener, serving(balancer, listener):
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert ask(calls, uri).headers["set-cookie"]
        ask(calls, uri)
        calls.close()

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
from supertokens_lambda._sdk.core_calls import CoreCalls

calls = CoreCalls()

def ask():
    assert event_loop.run(calls.send("GET", "{uri}/hello")).status_code == 200

ask()
beside = threading.Thread(target=ask)
beside.start()
beside.join()
asyncio.run(calls.send("GET", "{uri}/hello"))
"""


def test_a_process_ends_without_warnings(core, issued):
    with counting(core, "HTTP", issued) as counted:
        command = [sys.executable, "-W", "error", "-c", PROGRAM.format(uri=counted.uri)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    assert (done.returncode, done.stderr) == (0, "")
