import gc
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.support.faulty import Faulty

from supertokens_lambda._core_client.client import BUDGET, CDI_VERSION, CoreClient, CoreUnreachableError
from supertokens_lambda._core_client.refusal import CoreRefusedError, refusal

API_KEY = "an-api-key-of-the-tests"
KEY_SET = b'{"keys": []}'
ASKED = {"accessToken": "a.b.c", "doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": True}


@dataclass
class Sent:
    """A request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server on loopback that treats each connection as a function of the test's does."""

    treat: Callable[["Server", socket.socket], None]
    listener: socket.socket
    requests: list[Sent] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.accepting = threading.Thread(target=self.run)
        self.accepting.start()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.treat(self, connection)
            except OSError:
                return

    def read(self, connection: socket.socket) -> bool:
        """Read one request; False where the other side has closed."""
        found = b""
        while b"\r\n\r\n" not in found:
            more = connection.recv(65_536)
            if not more:
                return False
            found += more
        head, _, body = found.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (item.split(": ", 1) for item in fields)}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65_536)
        self.requests.append(Sent(line, headers, body))
        return True

    def close(self) -> None:
        self.closing.set()
        # The listener first: what it still accepts is to be closed too.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()


def response(body: bytes = KEY_SET, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}content-length: {len(body)}\r\n\r\n".encode() + body


def answers(*given: bytes) -> Callable[[Server, socket.socket], None]:
    """Answer on and on, over one connection, with each in turn and then with the last."""

    def treat(server, connection):
        while server.read(connection):
            connection.sendall(given[min(len(server.requests), len(given)) - 1])

    return treat


def closes_after(answer: bytes) -> Callable[[Server, socket.socket], None]:
    """Answer one request, and hang up without a word."""

    def treat(server, connection):
        if server.read(connection):
            connection.sendall(answer)

    return treat


def hangs(server, connection):
    server.read(connection)
    server.closing.wait()


def drips(server, connection):
    server.read(connection)
    for octet in response() * 100:
        connection.sendall(bytes([octet]))
        if server.closing.wait(0.02):
            return


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def serve(treat) -> Server:
        servers.append(Server(treat, socket.create_server(("127.0.0.1", 0))))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def core_at() -> Iterator[Callable[..., CoreClient]]:
    cores: list[CoreClient] = []

    def at(*uris: str, api_key: str | None = None) -> CoreClient:
        cores.append(CoreClient(uris, lambda: api_key))
        return cores[-1]

    yield at
    for core in cores:
        core.close()


@pytest.fixture
def refusing() -> Iterator[str]:
    with socket.socket() as bound:
        # Bound and not listening: every connection is refused.
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def took(call: Callable[[], Any]) -> float:
    """Give the seconds that a call took to find no core, or one that refuses it."""
    started = time.monotonic()
    with pytest.raises((CoreUnreachableError, CoreRefusedError)):
        call()
    return time.monotonic() - started


class TestACall:
    def test_for_the_key_set_is_plain(self, serving, core_at):
        server = serving(answers(response()))

        assert core_at(server.uri, api_key=API_KEY).key_set() == KEY_SET

        (sent,) = server.requests
        assert sent.line == "GET /.well-known/jwks.json HTTP/1.1"
        assert sent.headers["host"] == server.uri.removeprefix("http://")
        assert "api-key" not in sent.headers
        assert sent.body == b""

    def test_for_a_verification_is_as_the_cores_interface_says(self, serving, core_at):
        server = serving(answers(response(b'{"status": "OK"}')))

        assert core_at(server.uri, api_key=API_KEY).verify_session(ASKED) == {"status": "OK"}

        (sent,) = server.requests
        assert sent.line == "POST /recipe/session/verify HTTP/1.1"
        assert json.loads(sent.body) == ASKED
        assert sent.headers["content-type"] == "application/json; charset=utf-8"
        assert sent.headers["cdi-version"] == CDI_VERSION == "5.4"
        assert sent.headers["rid"] == "session"
        assert sent.headers["api-key"] == API_KEY

    @pytest.mark.parametrize("api_key", [None, ""])
    def test_may_do_without_an_api_key(self, serving, core_at, api_key):
        server = serving(answers(response(b"{}")))

        core_at(server.uri, api_key=api_key).verify_session(ASKED)

        assert "api-key" not in server.requests[0].headers

    @pytest.mark.parametrize("base", ["/base", "/appid-x/tenant", "/base/"])
    def test_keeps_the_path_of_the_uri(self, serving, core_at, base):
        server = serving(answers(response(b"{}")))
        core = core_at(server.uri + base)

        core.key_set()
        core.verify_session(ASKED)

        assert [sent.line.split()[1] for sent in server.requests] == [
            f"{base.rstrip('/')}/.well-known/jwks.json",
            f"{base.rstrip('/')}/recipe/session/verify",
        ]

    def test_takes_what_is_not_ascii(self, serving, core_at):
        server = serving(answers(response('{"status": "é"}'.encode())))
        content = ASKED | {"antiCsrfToken": "é"}

        assert core_at(server.uri).verify_session(content) == {"status": "é"}
        assert json.loads(server.requests[0].body) == content

    def test_is_not_made_with_half_a_character(self, serving, core_at):
        server = serving(answers(response()))

        with pytest.raises(UnicodeEncodeError):
            core_at(server.uri).verify_session(ASKED | {"antiCsrfToken": "\ud800"})
        assert not server.requests

    def test_that_names_a_host_is_made_to_it(self, serving, core_at):
        server = serving(answers(response()))

        assert core_at(server.uri.replace("127.0.0.1", "localhost")).key_set() == KEY_SET

    def test_by_tls_is_not_made_in_the_clear(self, serving, core_at):
        seen: list[bytes] = []

        def listens(server, connection):
            seen.append(connection.recv(5))

        server = serving(listens)
        core = core_at(server.uri.replace("http:", "https:"), api_key=API_KEY)

        took(lambda: core.verify_session(ASKED, 2))
        # A TLS record of the kind that begins a handshake (RFC 8446 section 5.1).
        assert seen[0][:2] == b"\x16\x03"

    def test_for_a_refresh_is_as_the_cores_interface_says(self, serving, core_at):
        server = serving(answers(response(b'{"status": "UNAUTHORISED", "message": "no"}')))
        content = {"refreshToken": "a-refresh-token", "enableAntiCsrf": False, "useDynamicSigningKey": True}

        answer = core_at(server.uri, api_key=API_KEY).refresh_session(content)

        assert answer == {"status": "UNAUTHORISED", "message": "no"}
        (sent,) = server.requests
        assert sent.line == "POST /recipe/session/refresh HTTP/1.1"
        assert json.loads(sent.body) == content
        assert sent.headers["api-key"] == API_KEY
        assert sent.headers["cdi-version"] == CDI_VERSION

    def test_for_a_revocation_is_as_the_cores_interface_says(self, serving, core_at):
        server = serving(answers(response(b'{"status": "OK", "sessionHandlesRevoked": ["b"]}')))

        assert core_at(server.uri, api_key=API_KEY).remove_sessions(("a", "b")) == ["b"]

        (sent,) = server.requests
        assert sent.line == "POST /recipe/session/remove HTTP/1.1"
        assert json.loads(sent.body) == {"sessionHandles": ["a", "b"]}
        assert sent.headers["api-key"] == API_KEY
        assert sent.headers["cdi-version"] == CDI_VERSION

    @pytest.mark.parametrize("body", [b"{}", b'{"status": "OK"}', b'{"status": "NO", "sessionHandlesRevoked": []}'])
    def test_for_a_revocation_is_not_taken_for_done_without_the_cores_word(self, serving, core_at, body):
        server = serving(answers(response(body)))

        with pytest.raises(CoreUnreachableError, match="does not list the revoked sessions"):
            core_at(server.uri).remove_sessions(["a"])


class TestAConnection:
    def test_is_kept(self, serving, core_at):
        server = serving(answers(response(b"{}")))
        core = core_at(server.uri)

        for _ in range(5):
            core.key_set()
            core.verify_session(ASKED)

        assert len(server.requests) == 10
        assert len(server.connections) == 1

    def test_that_was_closed_while_it_waited_is_made_again(self, serving, core_at):
        server = serving(closes_after(response()))
        core = core_at(server.uri)

        for _ in range(3):
            assert core.key_set() == KEY_SET
            time.sleep(0.05)

        assert len(server.connections) == 3
        assert len(server.requests) == 3

    def test_that_was_reset_while_it_waited_is_made_again(self, serving, core_at):
        def resets(server, connection):
            if server.read(connection):
                connection.sendall(response())
                # Closing with this set sends a reset (SO_LINGER of socket(7)).
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

        server = serving(resets)
        core = core_at(server.uri)

        assert [core.key_set() for _ in range(3)] == [KEY_SET] * 3

    @pytest.mark.parametrize(
        "answer",
        [
            response(headers="connection: close\r\n"),
            b"HTTP/1.0 200 OK\r\n\r\n" + KEY_SET,
            b"HTTP/1.1 200 OK\r\n\r\n" + KEY_SET,
        ],
    )
    def test_that_the_core_does_not_keep_is_not_kept(self, serving, core_at, answer):
        server = serving(closes_after(answer))
        core = core_at(server.uri)

        assert [core.key_set() for _ in range(3)] == [KEY_SET] * 3
        assert len(server.connections) == 3

    def test_is_kept_with_an_answer_in_chunks(self, serving, core_at):
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(KEY_SET), KEY_SET)
        server = serving(answers(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunks))
        core = core_at(server.uri)

        assert [core.key_set() for _ in range(3)] == [KEY_SET] * 3
        assert len(server.connections) == 1

    def test_of_its_own_is_made_for_each_thread(self, serving, core_at):
        gate = threading.Barrier(4)

        def meets(server, connection):
            while server.read(connection):
                gate.wait(5)
                connection.sendall(response())

        server = serving(meets)
        core = core_at(server.uri)
        found: list[bytes] = []
        threads = [threading.Thread(target=lambda: found.append(core.key_set())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found == [KEY_SET] * 4
        assert len(server.connections) == 4

    @pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "429 Too Many Requests", "500 Oops"])
    def test_that_is_kept_asks_once_where_the_core_does_not_do_as_asked(self, serving, core_at, status):
        server = serving(answers(response(b"{}"), response(b"no", status)))
        core = core_at(server.uri)
        core.verify_session(ASKED)

        for number in (2, 3):
            took(lambda: core.verify_session(ASKED, 0.5))
            assert len(server.requests) == number

    def test_is_good_again_after_an_answer_that_was_not(self, serving, core_at):
        server = serving(answers(response(b"no", "500 Oops"), response()))
        core = core_at(server.uri)

        took(core.key_set)
        assert core.key_set() == KEY_SET


class TestACoreThatDoesNotAnswer:
    @pytest.mark.parametrize("treat", [hangs, drips])
    def test_is_not_waited_for(self, serving, core_at, treat):
        server = serving(treat)

        assert 0.25 <= took(lambda: core_at(server.uri).key_set(0.3)) < 1.5

    @pytest.mark.parametrize("treat", [hangs, drips])
    def test_leaves_no_thread_behind_when_it_is_given_up(self, serving, core_at, treat):
        server = serving(treat)
        before = set(threading.enumerate())

        took(lambda: core_at(server.uri).key_set(0.3))

        for thread in set(threading.enumerate()) - before - set(server.threads):
            thread.join(1)
            assert not thread.is_alive()

    def test_is_not_waited_for_on_a_connection_that_was_kept(self, serving, core_at):
        def hangs_then(server, connection):
            if server.read(connection):
                connection.sendall(response())
            hangs(server, connection)

        server = serving(hangs_then)
        core = core_at(server.uri)
        core.key_set()

        assert took(lambda: core.key_set(0.3)) < 1.5

    def test_is_not_waited_for_before_it_takes_the_connection(self, core_at):
        # The queue of a listener that accepts nothing takes one connection, and leaves the next one waiting.
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            address = listener.getsockname()
            with socket.create_connection(address):
                assert took(lambda: core_at(f"http://127.0.0.1:{address[1]}").key_set(0.3)) < 1.5

    def test_refuses_connections(self, core_at, refusing):
        assert took(core_at(refusing).key_set) < 1

    def test_has_a_name_that_does_not_resolve(self, core_at):
        assert took(lambda: core_at("http://core.invalid").key_set(1)) < 2

    def test_is_none_at_all(self, core_at):
        assert took(core_at().key_set) < 1

    def test_is_not_asked_with_nothing_left_of_the_budget(self, serving, core_at):
        server = serving(answers(response()))

        assert took(lambda: core_at(server.uri).key_set(-1)) < 1
        time.sleep(0.1)
        assert not server.requests


GARBAGE = {
    "nothing": b"",
    "no HTTP": b"hello\r\n",
    "binary": b"\x16\x03\x01\x00\xff" * 50,
    "a status line alone": b"HTTP/1.1 200 OK\r\n",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 5_000,
    "a header without end": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
    "half a body": b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
    "half a chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\n{",
    "a chunk of no length": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{",
}
REFUSALS = [
    "201 Created",
    "204 No Content",
    "301 Moved",
    "400 Bad",
    "401 No",
    "403 No",
    "404 No",
    "429 Slow",
    "500 Oops",
]


class TestAnAnswerThatIsNone:
    @pytest.mark.parametrize("answer", GARBAGE)
    def test_by_http(self, serving, core_at, answer):
        server = serving(closes_after(GARBAGE[answer]))
        core = core_at(server.uri)

        assert took(lambda: core.verify_session(ASKED, 2)) < 1.5
        if answer != "a status line alone":  # which is an answer, and an empty one
            assert took(lambda: core.key_set(2)) < 1.5

    @pytest.mark.parametrize("status", REFUSALS)
    def test_by_its_status(self, serving, core_at, status):
        body = b"" if status.startswith("204") else b'{"status": "OK"}'
        server = serving(answers(response(body, status, "location: /x\r\n")))
        core = core_at(server.uri)

        took(lambda: core.verify_session(ASKED))
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"null", b"[]", b"5", b'"x"', b"\xff", b"<!doctype html>", b"[" * 100_000], ids=range(9)
    )
    def test_by_its_body(self, serving, core_at, body):
        server = serving(answers(response(body)))

        took(lambda: core_at(server.uri).verify_session(ASKED))

    @pytest.mark.parametrize("framed", ["length", "chunks", "close"])
    def test_by_its_length(self, serving, core_at, framed):
        body = b'{"status": "' + b"x" * 5_000_000 + b'"}'
        answer = {
            "length": response(body),
            "chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
            "close": b"HTTP/1.1 200 OK\r\n\r\n" + body,
        }[framed]
        server = serving(closes_after(answer))
        core = core_at(server.uri)

        took(lambda: core.verify_session(ASKED))
        # What is left of it is not taken for the next answer.
        took(lambda: core.verify_session(ASKED))
        assert len(server.connections) == 2
        # A socket that was not closed is warned of when it is collected, and the warning is an error.
        gc.collect()


class TestSeveralCores:
    def test_stand_in_for_each_other(self, serving, core_at, refusing):
        server = serving(answers(response()))

        assert core_at(refusing, server.uri).key_set() == KEY_SET

    @pytest.mark.parametrize("treat", [closes_after(b""), answers(response(b"no", "500 Oops")), hangs, drips])
    def test_stand_in_for_one_that_fails(self, serving, core_at, treat):
        failing, good = serving(treat), serving(answers(response()))
        started = time.monotonic()

        assert core_at(failing.uri, good.uri).key_set(2) == KEY_SET
        assert time.monotonic() - started < 2

    def test_are_tried_in_turn(self, serving, core_at):
        one, two = serving(answers(response())), serving(answers(response()))
        core = core_at(one.uri, two.uri)

        core.key_set()
        core.key_set()
        assert (len(one.requests), len(two.requests)) == (2, 0)

    def test_are_tried_from_the_one_that_answered_last(self, serving, core_at):
        failing = serving(answers(response(b"no", "500 Oops"), response()))
        good = serving(answers(response(), response(), response(b"no", "500 Oops")))
        core = core_at(failing.uri, good.uri)

        assert [core.key_set() for _ in range(2)] == [KEY_SET] * 2
        assert (len(failing.requests), len(good.requests)) == (1, 2)
        assert core.key_set() == KEY_SET
        assert (len(failing.requests), len(good.requests)) == (2, 3)

    def test_share_one_budget(self, serving, core_at):
        servers = [serving(hangs) for _ in range(3)]

        assert 0.5 <= took(lambda: core_at(*[server.uri for server in servers]).key_set(0.6)) < 1.5
        assert [len(server.requests) for server in servers] == [1, 1, 1]

    def test_may_all_be_down(self, core_at, refusing):
        assert took(core_at(refusing, refusing, refusing).key_set) < 1

    def test_have_a_base_path_each(self, serving, core_at, refusing):
        server = serving(answers(response()))

        core_at(f"{refusing}/one", f"{server.uri}/two").key_set()
        assert server.requests[0].line.split()[1] == "/two/.well-known/jwks.json"

    @pytest.mark.parametrize("body", [b"x", b"[]"])
    def test_do_not_stand_in_for_one_that_answers_nonsense(self, serving, core_at, body):
        one, two = serving(answers(response(body))), serving(answers(response(b"{}")))

        took(lambda: core_at(one.uri, two.uri).verify_session(ASKED))
        assert not two.requests


class TestARefusal:
    @pytest.mark.parametrize(
        ("status", "body", "words"),
        [
            ("401 Unauthorized", b"Invalid API key\n", ": Invalid API key"),
            ("400 Bad Request", "Das Feld fehlt\r\n\x1b[31mé".encode(), ": Das Feld fehlt"),
            ("402 Payment Required", b"Cannot use feature: mfa", ": Cannot use feature: mfa"),
            ("403 Forbidden", b'{"message": "Forbidden"}', ""),
            ("404 Not Found", b"Not found", ": Not found"),
            ("404 Not Found", b"", ""),
            ("400 Bad Request", b"x " * 1_000, ": " + "x " * 100 + "…"),
            ("400 Bad Request", b"x " * 50_000, ""),
        ],
    )
    def test_is_said_in_the_cores_words(self, serving, core_at, status, body, words):
        server = serving(answers(response(body, status, "content-type: text/html\r\n")))

        for call in (lambda core: core.verify_session(ASKED), lambda core: core.key_set()):
            with pytest.raises(CoreRefusedError) as caught:
                call(core_at(server.uri))
            assert str(caught.value) == f"the core answered {status[:3]}{words}"

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            ("404 Not Found", b"<!doctype html><html><title>HTTP Status 404</title>"),  # a core that is starting
            ("403 Forbidden", b"\n <html>a firewall"),
            ("408 Request Timeout", b"too late"),
            ("425 Too Early", b"too early"),
            ("429 Too Many Requests", b"slow down"),
            ("500 Internal Server Error", b"Internal Error"),
            ("503 Service Unavailable", b""),
            ("302 Found", b""),
        ],
    )
    def test_is_not_what_passes(self, serving, core_at, status, body):
        server = serving(answers(response(body, status)))

        for call in (lambda core: core.verify_session(ASKED), lambda core: core.key_set()):
            with pytest.raises(CoreUnreachableError, match=status[:3]):
                call(core_at(server.uri))

    def test_is_of_all_the_cores_that_answer(self, serving, core_at):
        refusing, good = serving(answers(response(b"no", "401 No"))), serving(answers(response(b"{}")))

        assert core_at(refusing.uri, good.uri).verify_session(ASKED) == {}


SENT = {"accessToken": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "user": [{"email": "ann@example.com", "password": "tr0ub4dor"}]}


@pytest.mark.parametrize(
    "text",
    [
        "bad token eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
        "bad eyJhbGciOiJSUzI1NiJ9 token",  # a part of it
        "no user (ANN@example.com)",
        "no user 'other@example.org'",  # of what was not sent
        "no user ann%40example.com",
        "password tr0ub4dor is too short",
        "TR0UB4DOR",
        'not JSON: {"password":"\\u0074r0ub4dor"}',
        f"bad key {API_KEY}",
        "session 8f14e45f-ceea-467f-a3c3-1f0f0e3f7f6b",
        "a" * 70,
        "refresh " + "0a" * 32 + ".V2",
    ],
)
def test_a_refusal_repeats_nothing_that_was_sent(text):
    said = str(refusal(400, text, SENT, API_KEY)).lower()

    secrets = ["eyj", "e30", "ann", "other@", "r0ub", API_KEY, "8f14", "a" * 8, "0a0a"]
    assert not [secret for secret in secrets if secret in said.removeprefix("the core answered 400: ")]


@pytest.mark.parametrize(
    "text",
    [
        "Invalid API key",
        "cdi-version 5.4 not supported",
        "io.supertokens.pluginInterface.exceptions.StorageQueryException: connection lost",
        "Field name 'refreshToken' is invalid in JSON input",
        "AppId or tenantId not found => Tenant with the following connectionURIDomain, appId does not exist",
    ],
)
def test_a_refusal_repeats_what_was_not(text):
    assert str(refusal(400, text, SENT, API_KEY)) == f"the core answered 400: {text}"


@pytest.mark.parametrize("key", ["a-key\n", "a-key\r\nx: y", "k€y"])
def test_a_key_that_no_header_can_carry_is_in_no_error(serving, core_at, key):
    server = serving(answers(response(b"{}")))

    with pytest.raises(CoreUnreachableError) as caught:
        core_at(server.uri, api_key=key).verify_session(ASKED)
    chain = [
        caught.value,
        caught.value.__cause__,
        None if caught.value.__suppress_context__ else caught.value.__context__,
    ]
    assert key.strip() not in "".join(map(repr, chain))


def test_an_error_tells_neither_key_nor_token_nor_address(serving, core_at, refusing):
    bodies = [API_KEY.encode(), ASKED["accessToken"].encode()]  # type: ignore[attr-defined]  # it is the one string
    failing = [serving(answers(response(body, "500 Oops"))).uri for body in bodies]
    failing += [serving(answers(response(API_KEY.encode()))).uri, serving(closes_after(API_KEY.encode())).uri, refusing]

    for uri in failing:
        with pytest.raises(CoreUnreachableError) as caught:
            core_at(uri, api_key=API_KEY).verify_session(ASKED)
        for word in (API_KEY, "a.b.c", "127.0.0.1"):
            assert word not in str(caught.value)


def test_an_api_key_that_is_not_to_be_had_is_no_fault_of_the_cores(serving):
    server = serving(answers(response()))

    def missing() -> str:
        raise KeyError("the parameter is not there")

    with pytest.raises(KeyError):
        CoreClient((server.uri,), missing).verify_session(ASKED)
    assert not server.requests


def refreshing(content: dict[str, Any]) -> dict[str, Any]:
    """Return the body that refreshes the session of an answer."""
    return {
        "refreshToken": content["refreshToken"]["token"],
        "enableAntiCsrf": False,
        "useDynamicSigningKey": True,
    }


def verifying(content: dict[str, Any]) -> dict[str, Any]:
    """Return the body that verifies the session of an answer."""
    return ASKED | {"accessToken": content["accessToken"]["token"]}


class TestAgainstTheInMemoryCore:
    def test_a_refresh_gives_new_tokens_and_a_used_token_is_theft(self, core, core_at):
        issued = core.session()
        client = core_at(core.uri)
        first = {"refreshToken": {"token": issued.refresh_token}}

        second = client.refresh_session(refreshing(first))

        assert second["status"] == "OK"
        assert second["session"]["handle"] == issued.handle
        assert second["refreshToken"]["token"] != issued.refresh_token
        # An attempt that is repeated on another connection is no theft.
        assert client.refresh_session(refreshing(first))["status"] == "OK"
        assert client.verify_session(verifying(second))["status"] == "OK"
        theft = client.refresh_session(refreshing(first))
        assert (theft["status"], theft["session"]["handle"]) == ("TOKEN_THEFT_DETECTED", issued.handle)
        assert core.has(issued.handle)

    def test_a_refresh_with_an_unknown_token_is_unauthorised(self, core, core_at):
        answer = core_at(core.uri).refresh_session(refreshing({"refreshToken": {"token": "unknown"}}))

        assert answer["status"] == "UNAUTHORISED"

    def test_a_revocation_ends_the_sessions(self, core, core_at):
        one, other, third = core.session(), core.session(), core.session()

        revoked = core_at(core.uri).remove_sessions([one.handle, other.handle, "11111111-2222-4333-8444-555555555555"])

        assert {*revoked} == {one.handle, other.handle}
        assert [core.has(session.handle) for session in (one, other, third)] == [False, False, True]


@pytest.fixture(scope="module")
def between(running_core) -> Iterator[Faulty]:
    with Faulty(running_core.uri).running() as faulty:
        yield faulty


SHORT = 0.4  # seconds until an answer that never ends is given up


@pytest.mark.parametrize("fault", [fault for fault in Faulty.FAULTS if fault != "an empty object"])
@pytest.mark.parametrize("name", ["verify", "refresh", "remove"])
def test_a_fault_is_an_error_in_time_and_changes_nothing(core, core_at, between, name, fault):
    issued = core.session()
    tokens = {"accessToken": {"token": issued.access_token}, "refreshToken": {"token": issued.refresh_token}}
    client = core_at(between.uri)
    calls: dict[str, Callable[[float], Any]] = {
        "verify": lambda budget: client.verify_session(verifying(tokens), budget),
        "refresh": lambda budget: client.refresh_session(refreshing(tokens), budget),
        "remove": lambda budget: client.remove_sessions([issued.handle], budget),
    }
    is_endless = fault in Faulty.ENDLESS
    error = CoreRefusedError if fault in Faulty.REFUSALS else CoreUnreachableError
    started = time.monotonic()

    with between.that(fault, f"/session/{name}"), pytest.raises(error):
        calls[name](SHORT if is_endless else BUDGET * 2)

    assert not is_endless or time.monotonic() - started < SHORT + 1.5
    assert core.has(issued.handle)
    answer = calls[name](BUDGET * 2)
    assert answer == [issued.handle] if name == "remove" else answer["status"] == "OK"
