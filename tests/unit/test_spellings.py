"""A guarded path is guarded in whatever spelling an application takes for it, whatever framework it is of.

The views ask for nothing, so that nothing but the middleware keeps a visitor out. Which spellings each framework takes
today is in tests/vectors/spellings.json; a version that takes more, or less, makes a test fail. Once the new ones are
seen to be guarded, `SPELLINGS_TABLE=write` writes it anew.
"""

import asyncio
import json
import os
import random
import socket
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support.servers import served

from supertokens_lambda.asgi import SessionMiddleware
from supertokens_lambda.asgi._guarded_paths import decision, is_guarded

from .spellings import GUARDED, MARKER, METHODS, OPEN, PUBLIC, SPELLINGS, SUBJECTS, ask, make, scope_of, spelled

TABLE = Path(__file__).parents[1] / "vectors" / "spellings.json"
WAYS: dict[str, dict[str, Any]] = {
    "guarded": {"guarded": GUARDED},
    "a function": {"guarded": lambda path: path == "/account" or path.startswith("/private/")},
    "public": {"public": PUBLIC},
}


@pytest.fixture(autouse=True)
def started(toolkit):
    return toolkit


# The tests of one application run in one process, which asks it each request once.
@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(f"spellings of {name}")) for name in SUBJECTS])
def name(request):
    return request.param


@pytest.fixture
def subject(name):
    with SUBJECTS[name].within():
        yield SUBJECTS[name]


@pytest.fixture
def app(name, subject, tmp_path):
    return make(name, tmp_path)


@pytest.fixture(scope="module")
def run():
    with asyncio.Runner() as runner:
        yield runner.run


def opened(app, scopes):
    """Return the names of those requests that a view for members has answered."""

    async def ask_all():
        return [name for name, scope in scopes.items() if (await ask(app, scope)).is_open]

    return ask_all()


def scopes(subject, **more):
    return {name: scope_of(target, root_path=subject.root_path, **more) for name, target in subject.targets()}


def test_the_spellings_that_each_framework_takes_are_known(name, subject, app, run):
    found = run(opened(app, scopes(subject)))

    if os.environ.get("SPELLINGS_TABLE") == "write":
        known = json.loads(TABLE.read_text()) if TABLE.exists() else {}
        TABLE.write_text(json.dumps(known | {name: found}, indent=1) + "\n")
    assert found == json.loads(TABLE.read_text())[name]
    assert len(found) > len(SPELLINGS) / 4


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", METHODS)
def test_none_of_them_is_a_way_in(subject, app, run, way, method):
    assert run(opened(SessionMiddleware(app, **WAYS[way]), scopes(subject, method=method))) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_needs_no_session_is_open(name, subject, app, run, way):
    async def ask_for(path):
        return await ask(SessionMiddleware(app, **WAYS[way]), scope_of(path, root_path=subject.root_path))

    for path in ("/about/",) if name == "StaticFiles" else ("/", "/about"):
        assert run(ask_for(path)).body == OPEN.encode(), path


@pytest.fixture(scope="module")
def known():
    """By the application's name, the targets that it was asked for, and whether a view for members answered."""
    return {name: {} for name in SUBJECTS}


@pytest.fixture
def ways_in(name, subject, app, run, known):
    """Return the targets that a view for members answers although the middleware does not guard them."""

    async def is_open(target, scope):
        if target not in known[name]:
            known[name][target] = (await ask(app, scope)).is_open
        return known[name][target]

    async def find(targets, way):
        decide = decision(WAYS[way].get("guarded"), WAYS[way].get("public"))
        asked = {target: scope_of(target, root_path=subject.root_path) for target in targets}
        # The middleware answers what it guards, so only the rest reaches the application.
        let_through = {target: scope for target, scope in asked.items() if not is_guarded(scope, app, decide)}
        return [target for target, scope in let_through.items() if await is_open(target, scope)]

    return lambda targets, way: run(find(targets, way))


@pytest.mark.parametrize("way", WAYS)
def test_two_spellings_at_once_are_no_way_in(ways_in, way):
    pairs = dict.fromkeys(spell(text) for spell in SPELLINGS.values() for text in spelled("/account").values())

    assert ways_in(pairs, way) == []
    assert len(pairs) > 5000


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_is_put_together_by_chance_is_a_way_in(ways_in, way):
    parts = [
        "/",
        "/",
        "//",
        "account",
        "account",
        "private",
        "plan.txt",
        "about",
        ".",
        "..",
        "%2e",
        "%2F",
        "%5c",
        "\\",
        ";",
        "%0a",
        "%00",
        "%25",
        "%61",
        "%41ccount",
        "ACCOUNT",
        "%EF%BC%8F",
        "%EF%BD%81",
        "%E2%80%8B",
        "%20",
        "?",
        "x",
        "http:",
        "*",
        "%C4%B1",
        "%ff",
    ]
    rng = random.Random(13)
    targets = ["".join(rng.choices(parts, k=rng.randint(1, 7))) for _ in range(2000)]

    assert ways_in(dict.fromkeys(targets), way) == []


class TestOverHttp:
    """Request lines that no client library sends, at uvicorn with its own parser h11."""

    LINES = (
        "GET account HTTP/1.1",
        "GET //account HTTP/1.1",
        "GET /account%0A HTTP/1.1",
        "POST /account%0A HTTP/1.1",
        "GET /%2Faccount HTTP/1.1",
        "GET /ACCOUNT HTTP/1.1",
        "GET http://localhost/account HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /about/../account HTTP/1.1",
        "GET /./private/plan.txt HTTP/1.1",
        "GET ?/../account HTTP/1.1",
    )

    @pytest.mark.parametrize("way", [*WAYS, "everything"])
    def test_none_is_a_way_in(self, app, way):
        guarded = SessionMiddleware(app, **(WAYS | {"everything": {"guarded": ["/"]}})[way])

        with served(guarded) as uri:
            answers = {line: request(uri, line) for line in self.LINES}

        assert {line: answer for line, answer in answers.items() if MARKER in answer} == {}

    @pytest.mark.parametrize("name", ["Flask", "Quart", "Litestar", "Falcon"])
    def test_without_the_middleware_some_are(self, app):
        with served(app) as uri:
            assert MARKER in request(uri, "GET account HTTP/1.1")


def request(uri, line):
    address = urlsplit(uri)
    with closing(socket.create_connection((address.hostname, address.port))) as connection:
        connection.sendall(f"{line}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return answer.read().decode("latin-1")
