"""CORS preflights at guarded paths of an ASGI application: they reach its CORS code, but no view.

A preflight carries no session, and its answer contains only what CORS allows. How far it may pass depends on the
framework:

- `CORSMiddleware` of Starlette, which FastAPI uses too, answers each preflight itself.
- In Django, Flask and Quart, CORS code runs around the views. A hook of the framework keeps the preflight from them.
- Any other application gets no preflight. Its CORS middleware belongs around `SessionMiddleware`.

Only the CORS headers of the application's answer are sent, and no content.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from supertokens_lambda.asgi._guarded_paths import wrapped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    Message = MutableMapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]

# The key in the scope by which the hooks recognise a preflight.
_MARK = "supertokens.preflight"
_HEADERS = {b"origin", b"access-control-request-method"}


def is_preflight(scope: Mapping[str, Any]) -> bool:
    """Check whether a request is a preflight also to Starlette, which compares header names in lower case only."""
    return scope.get("method") == "OPTIONS" and {name for name, _ in scope.get("headers", ())} >= _HEADERS


def reaches_cors_alone(app: object) -> bool:
    """Check whether a marked preflight reaches no view; in Django, Flask and Quart, add the hook for that."""
    if any(_has_starlettes_cors(one) or _is_blocking_django(one) or _is_blocking_quart(one) for one in wrapped(app)):
        return True
    return any(_is_blocking_flask(adapter, one) for adapter, one in pairwise(wrapped(app)))


def marked(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return the scope of a preflight with the mark that keeps it from views."""
    scope[_MARK] = True
    return scope


def without_content(send: Send) -> Send:
    """Return a `send` that passes on only the status and the CORS headers of an answer."""

    async def send_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", ()) if _is_of_cors(name.lower())]
            length = [] if message["status"] == 204 else [(b"content-length", b"0")]
            await send({**message, "headers": [*kept, *length]})
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            await send({"type": "http.response.body", "body": b""})

    return send_headers


def _is_of_cors(name: bytes) -> bool:
    return name.startswith(b"access-control-") or name == b"vary"


def _loaded(module: str, name: str) -> Any:
    """Return a class of a framework, or an empty tuple for `isinstance` if the framework is not loaded."""
    return getattr(sys.modules.get(module), name, ())


def _has_starlettes_cors(app: object) -> bool:
    cors = _loaded("starlette.middleware.cors", "CORSMiddleware")
    if not cors:
        return False
    classes = [type(app)]
    if isinstance(app, _loaded("starlette.applications", "Starlette")):
        classes += [middleware.cls for middleware in app.user_middleware]
    # A subclass that overrides the call may pass a preflight on.
    return any(one.__call__ is cors.__call__ for one in classes)


def _is_blocking_django(app: object) -> bool:
    if not isinstance(app, _loaded("django.core.handlers.asgi", "ASGIHandler")):
        return False
    # As the first view middleware: `process_view` runs inside all middleware of Django.
    hooks = getattr(app, "_view_middleware", None)
    if hooks is None:
        return False
    if _block_django not in hooks:
        hooks.insert(0, _block_django)
    return True


async def _block_django(request: Any, *_view: Any) -> Any:
    from django.http import HttpResponse

    return HttpResponse(status=204) if _MARK in request.scope else None


def _is_blocking_flask(adapter: object, app: object) -> bool:
    if not isinstance(adapter, _loaded("a2wsgi", "WSGIMiddleware")):
        return False  # the hook reads the scope that a2wsgi stores
    return isinstance(app, _loaded("flask", "Flask")) and _is_blocking_before(app, _block_flask)


def _block_flask() -> tuple[str, int] | None:
    from flask import request

    return ("", 204) if _MARK in request.environ["asgi.scope"] else None


def _is_blocking_quart(app: object) -> bool:
    return isinstance(app, _loaded("quart", "Quart")) and _is_blocking_before(app, _block_quart)


async def _block_quart() -> tuple[str, int] | None:
    from quart import request

    return ("", 204) if _MARK in request.scope else None


def _is_blocking_before(app: Any, block: Callable[[], Any]) -> bool:
    functions = app.before_request_funcs.setdefault(None, [])
    if block not in functions:
        functions.insert(0, block)
    return True
