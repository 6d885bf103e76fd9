"""Spellings of guarded paths, and applications of many frameworks whose views ask for nothing.

Each application shows `MARKER` at `/account` and below `/private`, for GET, POST and, where the framework routes it,
OPTIONS; and something else at `/` and `/about`.
"""

import asyncio
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

MARKER = "for members only"
OPEN = "open to everybody"
GUARDED = ["/account", "/private"]
PUBLIC = ["/", "/about"]
TARGETS = ["/account", "/private/plan.txt"]
METHODS = ["GET", "POST", "OPTIONS"]

Asgi = Callable[[Any, Any, Any], Any]

# How a path can be written: what each spelling makes of the path as a route has it.
BEHIND = {
    "slash": "/",
    "two slashes": "//",
    "slash dot": "/.",
    "encoded slash": "%2F",
    "backslash": "\\",
    "encoded backslash": "%5C",
    "dot": ".",
    "encoded dot": "%2E",
    "two dots": "..",
    "newline": "%0A",
    "return": "%0D",
    "return and newline": "%0D%0A",
    "null": "%00",
    "tab": "%09",
    "vertical tab": "%0B",
    "unit separator": "%1F",
    "delete": "%7F",
    "next line": "%C2%85",
    "line separator": "%E2%80%A8",
    "paragraph separator": "%E2%80%A9",
    "blank": "%20",
    "plus": "+",
    "no-break space": "%C2%A0",
    "wide space": "%E3%80%80",
    "zero width": "%E2%80%8B",
    "byte order mark": "%EF%BB%BF",
    "soft hyphen": "%C2%AD",
    "semicolon": ";",
    "parameter": ";a=b",
    "encoded semicolon": "%3Ba",
    "wide semicolon": "%EF%BC%9Ba",
    "query": "?a=b",
    "encoded query": "%3Fa=b",
    "fragment": "#a",
    "encoded fragment": "%23a",
    "newline encoded twice": "%250A",
    "not UTF-8": "%FF",
    "surrogate": "%ED%A0%80",
    "colon": ":",
    "encoded quote": "%22",
    "tilde": "~",
    "bare percent": "%",
    "slash and newline": "/%0A",
    "up and back": "/../{name}",
    "encoded up and back": "/%2e%2e/{name}",
    "up with a parameter": "/..;/{name}",
}
BEFORE = {
    "two slashes": "/",
    "three slashes": "//",
    "dot": "/.",
    "two dots": "/..",
    "encoded dot": "/%2E",
    "three dots": "/...",
    "blank": "/%20",
    "tab": "/%09",
    "newline": "/%0A",
    "null": "/%00",
    "semicolon": "/;",
    "parameter": "/;a=b",
    "encoded slash": "/%2F",
    "encoded backslash": "/%5C",
    "backslash": "/\\",
    "up": "/about/..",
    "encoded up": "/about/%2e%2e",
    "half encoded up": "/about/.%2e",
    "up encoded twice": "/about/%252e%252e",
    "up by an encoded slash": "/about%2F..",
    "up by a backslash": "/about\\..",
    "up with a parameter": "/about/..;",
    "up with a blank": "/about/..%20",
    "wide up": "/about/%EF%BC%8E%EF%BC%8E",
    "one leader up": "/about/%E2%80%A5",
    "host": "//localhost",
    "origin": "http://localhost",
    "query": "/?",
    "overlong slash": "/%C0%AF",
    "zero width": "/%E2%80%8B",
    "not UTF-8": "/%FF",
}


def _behind(text: str) -> Callable[[str], str]:
    return lambda path: path + text.replace("{name}", path.rpartition("/")[2])


def _before(text: str) -> Callable[[str], str]:
    return lambda path: text + path


def _letter(number: int, write: Callable[[str], str]) -> Callable[[str], str]:
    """Write one letter otherwise, counted behind the first slash."""
    return lambda path: path[: number + 1] + write(path[number + 1]) + path[number + 2 :]


def _wide(letter: str) -> str:
    return quote(chr(ord(letter) + 0xFEE0))


def _slashes(text: str) -> Callable[[str], str]:
    return lambda path: "/" + path[1:].replace("/", text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    **{f"behind: {name}": _behind(text) for name, text in BEHIND.items()},
    **{f"before: {name}": _before(text) for name, text in BEFORE.items()},
    "no slash": lambda path: path[1:],
    "encoded slash alone": lambda path: f"%2F{path[1:]}",
    "inner: two slashes": _slashes("//"),
    "inner: encoded slash": _slashes("%2F"),
    "inner: slash encoded twice": _slashes("%252F"),
    "inner: backslash": _slashes("%5C"),
    "inner: dot": _slashes("/./"),
    "inner: up": _slashes("/x/../"),
    "inner: encoded up": _slashes("/x/%2e%2e/"),
    "inner: wide slash": _slashes("%EF%BC%8F"),
    "inner: parameter": _slashes(";a=b/"),
    "capitals": str.upper,
    "a capital": _letter(0, str.upper),
    "an encoded letter": _letter(0, lambda letter: f"%{ord(letter):02x}"),
    "an encoded capital": _letter(0, lambda letter: f"%{ord(letter.upper()):02x}"),
    "all encoded": lambda path: (
        "/" + "".join(f"%{ord(letter):02X}" for letter in path[1:].replace("/", "\0")).replace("%00", "/")
    ),
    "encoded twice": _letter(0, lambda letter: f"%25{ord(letter):02x}"),
    "encoded thrice": _letter(0, lambda letter: f"%2525{ord(letter):02x}"),
    "encoded ten times": _letter(0, lambda letter: f"%{'25' * 10}{ord(letter):02x}"),
    "a wide letter": _letter(0, _wide),
    "i without a dot": lambda path: path.replace("i", "%C4%B1"),
    "i with a dot above": lambda path: path.replace("i", "%C4%B0"),
    "null within": lambda path: f"{path[:3]}%00{path[3:]}",
    "newline within": lambda path: f"{path[:3]}%0A{path[3:]}",
    "zero width within": lambda path: f"{path[:3]}%E2%80%8B{path[3:]}",
}


def spelled(target: str) -> dict[str, str]:
    """Return each spelling of a path that differs from it, and the path itself, as sent in a request line."""
    found = {name: spell(target) for name, spell in SPELLINGS.items()}
    return {name: text for name, text in found.items() if text != target or name == "as it is"}


def scope_of(target: str, *, method: str = "GET", root_path: str = "", **more: Any) -> dict[str, Any]:
    """Return the scope that uvicorn makes of a request line."""
    raw_path, _, query = target.partition("#")[0].partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": root_path + unquote(raw_path),
        "raw_path": (root_path + raw_path).encode(),
        "root_path": root_path,
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html")],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
    } | more


@dataclass
class Answer:
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def is_open(self) -> bool:
        """Whether a view has run that only members may see."""
        return MARKER.encode() in self.body


async def ask(app: Asgi, scope: Mapping[str, Any]) -> Answer:
    """Ask an application; whatever it raises is an answer without content."""
    answer = Answer()
    is_sent = False
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal is_sent
        if is_sent:
            await gone.wait()
            return {"type": "http.disconnect"}
        is_sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message.get("headers", ()))
        answer.body += message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body"):
            gone.set()

    try:
        await app(dict(scope), receive, send)
    except Exception:  # noqa: BLE001 - a server answers 500
        answer.status = answer.status or 500
    return answer


@dataclass(frozen=True)
class Subject:
    """An application that is asked.

    Attributes
    ----------
    make
        Makes it; a folder for its files is given.
    prefixes
        What a browser puts in front of its paths.
    root_path
        Of the server.
    within
        Whatever has to hold while it is asked.
    """

    make: Callable[[Path], Asgi]
    prefixes: tuple[str, ...] = ("",)
    root_path: str = ""
    within: Callable[[], AbstractContextManager[Any]] = nullcontext

    def targets(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the text of each spelling, of each guarded path."""
        for path in TARGETS:
            for prefix in self.prefixes:
                for name, text in spelled(path).items():
                    yield (
                        " ".join(filter(None, (path, f"below {prefix}" if prefix else "", f"({name})"))),
                        prefix + text,
                    )


def _starlette(_: Path, **options: Any) -> Any:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def members(request: Any) -> Any:
        return PlainTextResponse(MARKER)

    async def everybody(request: Any) -> Any:
        return PlainTextResponse(OPEN)

    return Starlette(
        routes=[
            Route("/", everybody),
            Route("/about", everybody),
            Route("/account", members, methods=METHODS),
            Route("/private/{name:path}", members, methods=METHODS),
        ],
        **options,
    )


def _starlette_ignoring_case(folder: Path) -> Any:
    app = _starlette(folder)
    for route in app.routes:
        route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
    return app


def _static_files(folder: Path) -> Any:
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    (folder / "private").mkdir(exist_ok=True)
    (folder / "private" / "plan.txt").write_text(MARKER)
    (folder / "account").write_text(MARKER)
    (folder / "about").mkdir(exist_ok=True)
    (folder / "about" / "index.html").write_text(OPEN)
    return Starlette(routes=[Mount("/", StaticFiles(directory=folder, html=True))])


def _fastapi(_: Path, **options: Any) -> Any:
    from fastapi import FastAPI
    from fastapi.responses import PlainTextResponse

    app = FastAPI(openapi_url=None, default_response_class=PlainTextResponse, **options)

    @app.api_route("/account", methods=METHODS)
    def account() -> str:
        return MARKER

    @app.api_route("/private/{name:path}", methods=METHODS)
    async def private(name: str) -> str:
        return MARKER

    @app.get("/")
    @app.get("/about")
    def about() -> str:
        return OPEN

    return app


def _flask(_: Path) -> Any:
    from a2wsgi import WSGIMiddleware
    from flask import Flask

    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/account", "account", lambda: MARKER, methods=METHODS)
    app.add_url_rule("/private/<path:name>", "private", lambda name: MARKER, methods=METHODS)
    app.add_url_rule("/", "home", lambda: OPEN)
    app.add_url_rule("/about", "about", lambda: OPEN)
    return WSGIMiddleware(app)  # type: ignore[arg-type]  # the two have types of their own for an environ


def _quart(_: Path) -> Any:
    from quart import Quart

    app = Quart(__name__, static_folder=None)

    async def members(name: str = "") -> str:
        return MARKER

    async def everybody() -> str:
        return OPEN

    app.add_url_rule("/account", "account", members, methods=METHODS)
    app.add_url_rule("/private/<path:name>", "private", members, methods=METHODS)
    app.add_url_rule("/", "home", everybody)
    app.add_url_rule("/about", "about", everybody)
    return app


def _litestar(_: Path) -> Any:
    from litestar import Litestar, route
    from litestar.enums import MediaType

    def members(name: str = "") -> str:
        return MARKER

    def everybody() -> str:
        return OPEN

    def at(path: str, view: Callable[..., str], *methods: Any) -> Any:
        return route(path, http_method=methods, media_type=MediaType.TEXT, sync_to_thread=False)(view)

    return Litestar(
        [
            at("/account", members, "GET", "POST"),
            at("/private/{name:path}", members, "GET", "POST"),
            at("/", everybody, "GET"),
            at("/about", everybody, "GET"),
        ],
        openapi_config=None,
        logging_config=None,
    )


def _falcon(_: Path) -> Any:
    from falcon.asgi import App

    class View:
        def __init__(self, text: str) -> None:
            self.text = text

        async def on_get(self, request: Any, response: Any, name: str = "") -> None:
            response.text = self.text

        on_post = on_options = on_get

    app: Any = App()
    for path, text in {"/account": MARKER, "/private/{name:path}": MARKER, "/": OPEN, "/about": OPEN}.items():
        app.add_route(path, View(text))
    return app


class _Urls:
    """Where Django looks for routes."""

    urlpatterns: list[Any]


class _UrlsIgnoringCase:
    urlpatterns: list[Any]


def django_within(**settings: Any) -> AbstractContextManager[Any]:
    from django.conf import settings as configured
    from django.http import HttpResponse
    from django.test.utils import override_settings
    from django.urls import path, re_path

    if not configured.configured:
        configured.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="for tests")

    def members(request: Any, name: str = "") -> HttpResponse:
        return HttpResponse(MARKER)

    def everybody(request: Any) -> HttpResponse:
        return HttpResponse(OPEN)

    if not hasattr(_Urls, "urlpatterns"):
        public = [path("", everybody), path("about", everybody)]
        _Urls.urlpatterns = [*public, path("account", members), path("private/<path:name>", members)]
        _UrlsIgnoringCase.urlpatterns = [
            *public,
            re_path(r"(?i)^account$", members),
            re_path(r"(?i)^private/(?P<name>.*)$", members),
        ]
    return override_settings(**{"ROOT_URLCONF": _Urls, **settings})


def _django(_: Path) -> Any:
    from django.core.asgi import get_asgi_application

    with django_within():
        return get_asgi_application()


SUBJECTS = {
    "FastAPI": Subject(_fastapi),
    "FastAPI with a root path": Subject(lambda folder: _fastapi(folder, root_path="/dev/"), ("", "/dev", "/dev/")),
    "Starlette": Subject(_starlette),
    "Starlette below a root path": Subject(_starlette, root_path="/dev"),
    "Starlette ignoring case": Subject(_starlette_ignoring_case),
    "StaticFiles": Subject(_static_files),
    "Flask": Subject(_flask),
    "Flask below a root path": Subject(_flask, root_path="/dev"),
    "Django": Subject(_django, within=django_within),
    "Django with FORCE_SCRIPT_NAME": Subject(
        _django, ("", "/prod", "/prod/"), within=lambda: django_within(FORCE_SCRIPT_NAME="/prod")
    ),
    "Django ignoring case": Subject(_django, within=lambda: django_within(ROOT_URLCONF=_UrlsIgnoringCase)),
    "Litestar": Subject(_litestar),
    "Quart": Subject(_quart),
    "Falcon": Subject(_falcon),
}


def make(name: str, folder: Path = Path()) -> Any:
    """Make the application of a framework, whatever it says about its own dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SUBJECTS[name].make(folder)
