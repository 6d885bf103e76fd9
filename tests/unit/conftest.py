"""The toolkit against an in-memory core: a core whose clock moves and that can fail, and a browser that keeps cookies.

No test's log may hold a token: every token that the core hands out, and every one that the browser sends, is looked for
in each record.
"""

import importlib
import json
import logging
import os
import re
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any
from urllib.parse import unquote

import boto3
import httpx
import pytest
import uvicorn

from supertokens_lambda import _event_loop as event_loop
from supertokens_lambda import _runtime as runtime
from supertokens_lambda._api_key import parameters, secrets
from supertokens_lambda._http.event_sources import event_source_of
from supertokens_lambda._http.message import Request
from supertokens_lambda._verification import signing_keys
from supertokens_lambda.testing.event_sources import ApiGateway, EventSource, Seen, Visit
from supertokens_lambda_local.core import CoreConfig, create_core

from ..authorities import one_authority
from ..aws import aws_server

# The SDK looks any other host up in the list of public suffixes, which takes longer than most tests.
ORIGIN = "https://localhost"
PASSWORD = "correct-horse-1"

SESSION_COOKIES = ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf")
RECIPES = (
    "accountlinking.recipe.AccountLinkingRecipe",
    "emailpassword.recipe.EmailPasswordRecipe",
    "emailverification.recipe.EmailVerificationRecipe",
    "jwt.recipe.JWTRecipe",
    "multifactorauth.recipe.MultiFactorAuthRecipe",
    "multitenancy.recipe.MultitenancyRecipe",
    "oauth2provider.recipe.OAuth2ProviderRecipe",
    "openid.recipe.OpenIdRecipe",
    "session.recipe.SessionRecipe",
    "usermetadata.recipe.UserMetadataRecipe",
)

Handler = Callable[[dict[str, Any], Any], Any]

HANGS = None


@dataclass
class Issued:
    """A session as the core made it."""

    handle: str
    user_id: str
    access_token: str
    refresh_token: str
    anti_csrf_token: str | None


class Core:
    """The in-memory core on a port of its own.

    Attributes
    ----------
    ahead
        Seconds that its clock is ahead of this machine's.
    calls
        The paths it was asked for, with the API key that came along.
    tokens
        Every token that it has handed out.
    """

    def __init__(self, **config: Any) -> None:
        self.http = httpx.Client()
        self.ahead = 0.0
        self.calls: list[tuple[str, str | None]] = []
        self.tokens: set[str] = set()
        self._app = create_core(CoreConfig(clock=lambda: time.time() + self.ahead, **config))
        self._fault: tuple[str, tuple[int, str] | None] | None = None
        self._users = count()

    @property
    def uri(self) -> str:
        return str(self.http.base_url)

    async def __call__(self, scope, receive, send) -> None:
        path = scope["path"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.calls.append((path, headers.get("api-key")))
        if self._fault and re.search(self._fault[0], path):
            await self._fail(self._fault[1], receive, send)
            return
        sent = b""

        async def sending(message) -> None:
            nonlocal sent
            sent += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, sending)
        self._remember(sent)

    @contextmanager
    def failing(self, answer: tuple[int, str] | None, *, at: str = "") -> Iterator[None]:
        self._fault = at, answer
        try:
            yield
        finally:
            self._fault = None

    def asked(self, *paths: str) -> list[str]:
        return [path for path, _ in self.calls if not paths or path.endswith(paths)]

    def heal(self, tokens: set[str]) -> None:
        self.ahead, self._fault = 0.0, None
        self.calls.clear()
        self.tokens = tokens

    def session(self, *, anti_csrf: bool = False, static_key: bool = False, **payload) -> Issued:
        """Start a session as the SDK does, less the user."""
        content = self.post(
            "/recipe/session",
            userId=f"user-{next(self._users)}",
            userDataInJWT={"iss": f"{ORIGIN}/auth", **payload},
            userDataInDatabase={},
            enableAntiCsrf=anti_csrf,
            useDynamicSigningKey=not static_key,
        )
        return Issued(
            handle=content["session"]["handle"],
            user_id=content["session"]["userId"],
            access_token=content["accessToken"]["token"],
            refresh_token=content["refreshToken"]["token"],
            anti_csrf_token=content.get("antiCsrfToken"),
        )

    def expired_session(self, **more) -> Issued:
        """Start a session whose access token has lived its life, a moment ago."""
        self.ahead = -3601
        try:
            return self.session(**more)
        finally:
            self.ahead = 0

    def has(self, handle: str) -> bool:
        answer = self.http.get("/recipe/session", params={"sessionHandle": handle})
        found: bool = answer.json()["status"] == "OK"
        return found

    def post(self, path: str, **content) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post(path, json=content).raise_for_status().json()
        return answer

    async def _fail(self, answer: tuple[int, str] | None, receive, send) -> None:
        if answer is HANGS:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        status, body = answer
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    def _remember(self, sent: bytes) -> None:
        try:
            content = json.loads(sent)
        except ValueError:
            return
        for name in ("accessToken", "refreshToken"):
            if name in content:
                self.tokens.add(content[name]["token"])
        if "antiCsrfToken" in content:
            self.tokens.add(content["antiCsrfToken"])


@contextmanager
def reserved_port() -> Iterator[socket.socket]:
    """Bind a port, so that nobody else gets it; until somebody listens, it refuses every connection."""
    # Named as TCP, or asyncio leaves Nagle's algorithm on and each answer waits for an acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@contextmanager
def serve(core: Core, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        core,
        log_level="warning",
        access_log=False,
        ws="none",
        lifespan="off",
        timeout_keep_alive=60,  # uvicorn's default is httpx's too, which would find it closed as it is used
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Port:
    """A port with nothing on it, until the core is put there."""

    uri: str
    listener: socket.socket
    core: Core

    @contextmanager
    def with_core(self) -> Iterator[None]:
        with serve(self.core, self.listener):
            yield


@pytest.fixture(scope="session")
def few_authorities(tmp_path_factory) -> Iterator[None]:
    """Trust one authority: the SDK reads all of them for each call to the core, which takes longer than the call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(one_authority(tmp_path_factory.mktemp("authorities"))))
        yield


@contextmanager
def running(core: Core) -> Iterator[Core]:
    with reserved_port() as listener, serve(core, listener), core.http:
        core.http.base_url = httpx.URL(f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield core


@pytest.fixture(scope="session")
def running_core(few_authorities) -> Iterator[Core]:
    with running(Core()) as core:
        yield core


@pytest.fixture
def core(running_core, seen_tokens) -> Iterator[Core]:
    running_core.heal(seen_tokens)
    yield running_core
    running_core.heal(set())


@pytest.fixture
def eager(monkeypatch) -> None:
    """Let the request after a fault ask for the signing keys at once: the cool-down is shorter than Retry-After."""
    monkeypatch.setattr(signing_keys, "COOL_DOWN", 0.0)


@pytest.fixture
def dead_port(core, eager) -> Iterator[Port]:
    with reserved_port() as listener:
        yield Port(f"http://127.0.0.1:{listener.getsockname()[1]}", listener, core)


class Store:
    """The store of the results of refreshes that the SDK of this process uses, a file or a table."""

    @property
    def layer(self) -> Any:
        from supertokens_python.recipe.session.recipe import SessionRecipe

        from supertokens_lambda._sdk import start

        start.start()
        kept = SessionRecipe.get_instance().recipe_implementation.refresh_session.store  # type: ignore[attr-defined]  # ours
        return kept._layer

    def records(self) -> list[dict[str, Any]]:
        """Give all records, by the attributes of a table."""
        if hasattr(self.layer, "client"):
            items = self.layer.client.scan(TableName=self.layer.table_name)["Items"]
            return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
        with self._file() as database:
            found = database.execute("select * from records")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def change(self, **attributes: Any) -> None:
        """Write to all records, past whoever keeps them; None takes an attribute away."""
        for record in self.records():
            changed = {name: value for name, value in (record | attributes).items() if value is not None}
            if hasattr(self.layer, "client"):
                numbers = {"expiration", "in_progress_expiration"}
                item = {name: {"N" if name in numbers else "S": str(value)} for name, value in changed.items()}
                self.layer.client.put_item(TableName=self.layer.table_name, Item=item)
            else:
                with self._file() as database:
                    for name in record:
                        query = f"update records set {name} = ? where id = ?"
                        database.execute(query, (changed.get(name), record["id"]))

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        from supertokens_lambda._sdk import local_store

        with closing(sqlite3.connect(self.layer._path, isolation_level=None)) as database:
            database.execute(local_store._TABLE)
            yield database

    def close(self) -> None:
        """Close the connections to a table."""
        if hasattr(self.layer, "client"):
            self.layer.client.close()

    def pass_interval(self) -> None:
        """Let the interval of all records be over."""
        self.change(expiration=int(time.time()) - 2)


class Toolkit:
    """The toolkit, and the SDK below it, under settings of a test's choice.

    Both are made once in a process. The SDK takes a while, so it is made anew where the settings are not those that it
    was made with, the toolkit for each test.
    """

    def __init__(self) -> None:
        self._environment: dict[str, str] | None = None

    def start(self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
        for name in [*os.environ]:
            if name.startswith("SUPERTOKENS_"):
                monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if environment != self._environment:
            self.stop()
        self._environment = environment
        self.forget()

    def forget(self) -> None:
        """Have the settings, the keys and the connections to the core made anew."""
        from supertokens_python.recipe.session.jwks import reset_jwks_cache

        from supertokens_lambda._sdk import start

        if runtime.core.cache_info().currsize:
            runtime.core().close()
        for cached in (*vars(runtime).values(), start.start):
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()
        reset_jwks_cache()

    def stop(self) -> None:
        from supertokens_python import Supertokens
        from supertokens_python.post_init_callbacks import PostSTInitCallbacks
        from supertokens_python.querier import Querier

        self._environment = None
        self.forget()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SUPERTOKENS_ENV", "testing")
            Supertokens.reset()
            for recipe in RECIPES:
                module, _, name = recipe.rpartition(".")
                getattr(importlib.import_module(f"supertokens_python.recipe.{module}"), name).reset()
        PostSTInitCallbacks.reset()
        Querier.api_version = None


@pytest.fixture(scope="session")
def started_toolkit() -> Iterator[Toolkit]:
    toolkit = Toolkit()
    yield toolkit
    toolkit.stop()
    event_loop.kept_loop().close()
    event_loop.kept_loop.cache_clear()
    if event_loop._loop_beside.cache_info().currsize:
        beside = event_loop._loop_beside()
        beside.call_soon_threadsafe(beside.stop)
        event_loop._loop_beside.cache_clear()


@pytest.fixture
def toolkit(started_toolkit: Toolkit, core, monkeypatch, request, tmp_path) -> Callable[..., Toolkit]:
    """Start the toolkit; call it to start it with other settings, named without their prefix; None takes one away.

    A module's own `SETTINGS` hold for all of its tests.
    """
    # Where results of refreshes are kept without a table, each test has a place of its own.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    usual = {"CONNECTION_URI": core.uri, "API_DOMAIN": ORIGIN, "WEBSITE_DOMAIN": ORIGIN}
    usual |= getattr(request.module, "SETTINGS", {})

    def start(**settings: str | None) -> Toolkit:
        given = usual | settings
        environment = {f"SUPERTOKENS_{name}": value for name, value in given.items() if value is not None}
        started_toolkit.start(monkeypatch, environment)
        return started_toolkit

    start()
    return start


@pytest.fixture
def store(toolkit) -> Store:
    return Store()


@dataclass
class SetCookie:
    """A Set-Cookie header, taken apart."""

    name: str
    value: str
    attributes: dict[str, str]

    @classmethod
    def of(cls, header: str) -> "SetCookie":
        pair, *attributes = header.split("; ")
        name, _, value = pair.partition("=")
        return cls(name, value, {key.lower(): given for key, _, given in (item.partition("=") for item in attributes)})

    @property
    def is_gone(self) -> bool:
        expires = self.attributes.get("expires")
        return self.value == "" and expires is not None and parsedate_to_datetime(expires).timestamp() <= time.time()


@dataclass
class Answer:
    """What a function gave to a browser."""

    status: int
    headers: dict[str, str]
    cookies: tuple[SetCookie, ...]
    set_cookies: tuple[str, ...] = field(repr=False)
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, seen: Seen) -> "Answer":
        headers = [(name.lower(), value) for name, value in seen.headers]
        set_cookies = tuple(value for name, value in headers if name == "set-cookie")
        singles = {name: value for name, value in headers if name != "set-cookie"}
        assert len(singles) + len(set_cookies) == len(headers), "a header came twice"
        return cls(seen.status, singles, tuple(map(SetCookie.of, set_cookies)), set_cookies, seen.body)

    @property
    def body(self) -> str:
        return self.content.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]

    def json(self) -> Any:
        return json.loads(self.content)

    def cookie(self, name: str) -> SetCookie | None:
        """Give the last one of a name: it is the one that a browser keeps."""
        return next((cookie for cookie in reversed(self.cookies) if cookie.name == name), None)

    def sets(self, name: str) -> bool:
        cookie = self.cookie(name)
        return cookie is not None and not cookie.is_gone

    def clears(self, name: str) -> bool:
        cookie = self.cookie(name)
        return cookie is not None and cookie.is_gone


NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}
CALL = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}


class Browser:
    """A browser that keeps cookies by name and path, in front of functions behind one of AWS' event sources."""

    def __init__(self, seen: set[str]) -> None:
        self.cookies: dict[tuple[str, str], str] = {}
        self.more_cookies: list[str] = []
        self.event_source: EventSource = ApiGateway("http-api-2.0")
        self._seen = seen

    def holds(self, issued: Issued, *, refresh_path: str = "/auth/session/refresh") -> Issued:
        self.cookies["sAccessToken", "/"] = issued.access_token
        self.cookies["sRefreshToken", refresh_path] = issued.refresh_token.replace("=", "%3D").replace("+", "%2B")
        if issued.anti_csrf_token:
            self.cookies["sAntiCsrf", "/"] = issued.anti_csrf_token
        return issued

    def has(self, name: str) -> str | None:
        return next((value for (found, _), value in self.cookies.items() if found == name), None)

    def event(self, target: str, *, method="GET", headers=None, body=None, page=True) -> dict[str, Any]:
        path = target.partition("?")[0]
        kept = [f"{name}={value}" for (name, under), value in self.cookies.items() if path.startswith(under)]
        cookies = kept + self.more_cookies
        self._seen |= {cookie.partition("=")[2] for cookie in cookies if cookie.startswith(SESSION_COOKIES)}
        sent = {"host": "app.example.com"} | (NAVIGATION if page else CALL) | (headers or {})
        content = body.encode(errors="surrogatepass") if isinstance(body, str) else body or b""
        return self.event_source.event(Visit(method, target, tuple(sent.items()), tuple(cookies), content))

    def request(self, target: str, **more) -> Request:
        event = self.event(target, **more)
        event_source = event_source_of(event)
        assert event_source is not None
        return event_source.request(event, "")

    def open(self, handler: Handler, target: str = "/dashboard", *, context: Any = None, **more) -> Answer:
        answer = Answer.of(self.event_source.seen(handler(self.event(target, **more), context)))
        self.keep(answer.cookies)
        return answer

    def keep(self, cookies: Iterable[SetCookie]) -> None:
        for cookie in cookies:
            key = cookie.name, cookie.attributes.get("path", "/")
            if cookie.is_gone:
                self.cookies.pop(key, None)
            else:
                self.cookies[key] = cookie.value
                if cookie.name in SESSION_COOKIES:
                    self._seen.add(cookie.value)

    def call(self, handler: Handler, target: str, content: Any = None, **more) -> Answer:
        """Call as a script does; with content, a POST of JSON."""
        if content is not None:
            headers = {"content-type": "application/json", "st-auth-mode": "cookie", "rid": "anti-csrf"}
            more = {"method": "POST", "body": json.dumps(content)} | more
            more["headers"] = headers | more.get("headers", {})
        return self.open(handler, target, page=False, **more)


@pytest.fixture
def browser(toolkit, seen_tokens) -> Browser:
    return Browser(seen_tokens)


@pytest.fixture
def new_browser(toolkit, seen_tokens) -> Callable[[], Browser]:
    return lambda: Browser(seen_tokens)


@contextmanager
def short_budgets(monkeypatch: pytest.MonkeyPatch, share: float = 0.1) -> Iterator[None]:
    """Give every call to the core, and to AWS, a share of its time."""
    from supertokens_lambda import _api_key as api_key
    from supertokens_lambda._core_client import client as core
    from supertokens_lambda._sdk import api, querier, refresh, verify

    with monkeypatch.context() as patch:
        for module in (api_key, querier):
            patch.setattr(module, "BUDGET", core.BUDGET * share)
        for module in (refresh, verify):
            patch.setattr(module, "CORE_BUDGET", verify.CORE_BUDGET * share)
        patch.setattr(api, "API_BUDGET", api.API_BUDGET * share)
        for call in (core.Core.key_set, core.Core.verify_session):
            patch.setattr(call, "__defaults__", (core.BUDGET * share,))
        yield


@pytest.fixture
def failing_soon(monkeypatch, core, eager) -> Callable[..., Any]:
    """Let the core fail for a while that is short whatever is waited for."""

    @contextmanager
    def failing(answer: tuple[int, str] | None, *, at: str = "") -> Iterator[None]:
        with core.failing(answer, at=at), short_budgets(monkeypatch):
            started = time.monotonic()
            yield
            assert time.monotonic() - started < 2

    return failing


@pytest.fixture(scope="session")
def aws_uri() -> Iterator[str]:
    """A server that speaks for AWS."""
    with aws_server() as uri:
        yield uri


@pytest.fixture
def aws(aws_uri, monkeypatch) -> Iterator[Callable[..., Any]]:
    """Point AWS' own clients at that server; give a way to make more of them."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws_uri,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    clients: list[Any] = []

    def client(service: str, **more: Any) -> Any:
        clients.append(boto3.client(service, **more))  # type: ignore[call-overload]  # a service of the test's choice
        return clients[-1]

    yield client
    for provider in (parameters, secrets):
        if provider.cache_info().currsize:
            clients.append(provider().client)
            provider.cache_clear()
    for used in clients:
        used.close()


class Clock:
    """The time of everything in this process, the core too."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._time = time.time

    def forward(self, seconds: float) -> None:
        self.ahead += seconds

    def __call__(self) -> float:
        return self._time() + self.ahead


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


class Records(logging.Handler):
    """Everything that was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(record)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(record.verdict, record.reason) for record in self.all if hasattr(record, "verdict")]  # type: ignore[attr-defined]  # given as extra

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.outcomes]


@pytest.fixture
def seen_tokens() -> set[str]:
    return set()


@pytest.fixture(autouse=True)
def records(caplog, seen_tokens) -> Iterator[Records]:
    """Give what was logged, and see afterwards that none of it gives a token, a password or an address away."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "supertokens_lambda")
    records = Records()
    logging.getLogger().addHandler(records)
    yield records
    logging.getLogger().removeHandler(records)
    tokens = {token for token in seen_tokens if len(token) > 8} | {PASSWORD}
    text = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in records.all)
    assert not [token for token in tokens if token in text or unquote(token) in text]
