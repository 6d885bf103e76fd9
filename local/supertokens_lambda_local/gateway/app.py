"""API Gateway on this machine: an ASGI application between HTTP and the functions."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, TypeAlias

from supertokens_lambda_local.gateway import refusals
from supertokens_lambda_local.gateway.answers import HttpAnswer
from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.gateway.cors import is_preflight, preflight, shared
from supertokens_lambda_local.gateway.integrations import Integrations, Reply
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Router
from supertokens_lambda_local.template.model import Application

_Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[_Message]]
Send: TypeAlias = Callable[[_Message], Awaitable[None]]

# In bytes: "Quotas for configuring and running a REST API in API Gateway" and "Quotas for HTTP APIs in API Gateway".
_HEADER_LIMIT = 10_240
_BODY_LIMIT = 10_485_760


class _ClientGoneError(Exception):
    """Nobody waits for an answer any more."""


class Gateway:
    """Answers HTTP requests with an application's functions.

    Parameters
    ----------
    application : Application
        The functions and the routes.
    environment : mapping of str to str
        Variables that come before the functions' own.
    console : Console
        Where requests are printed.
    port : int
        The port at which browsers find it.
    integration_timeout : float, optional
        Seconds to wait for a function, instead of the usual time of API Gateway.
    """

    def __init__(
        self,
        application: Application,
        environment: Mapping[str, str],
        console: Console,
        *,
        port: int,
        integration_timeout: float | None = None,
    ) -> None:
        self._router = Router(application.routes)
        self._cors = {api.name: api.cors for api in application.apis if api.cors}
        self._integrations = Integrations(application.functions, environment, console, integration_timeout)
        self._console = console
        self._port = port

    async def __call__(self, scope: _Message, receive: Receive, send: Send) -> None:
        """Serve one request, as an ASGI application."""
        started = time.perf_counter()
        try:
            body = await _read_body(receive)
        except _ClientGoneError:
            return
        request = self._request(scope, body or b"")
        cors = self._cors.get(self._router.api_of(request))
        if cors and is_preflight(request):
            reply = Reply(preflight(request, cors))
        else:
            reply = await self._reply(request, is_too_large=body is None)
            if cors:
                reply = replace(reply, answer=shared(reply.answer, request, cors))
        await _send(send, reply.answer)
        milliseconds = round((time.perf_counter() - started) * 1000)
        outcome = reply.outcome
        self._console.request(request, reply.answer.status, milliseconds, reply.function, outcome.verdict)
        self._console.details(outcome.output, outcome.error, outcome.cold_starts)

    async def stop(self) -> None:
        """Close the processes of all functions."""
        await self._integrations.stop()

    def _request(self, scope: _Message, body: bytes) -> HttpRequest:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"localhost").decode("latin-1")
        return HttpRequest(
            method=scope["method"],
            raw_path=scope["raw_path"].decode("latin-1"),
            raw_query=scope["query_string"].decode("latin-1"),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
            body=body,
            client=scope["client"][0],
            scheme=scope.get("scheme", "http"),
            host=re.sub(r":\d+$", "", host),
            port=self._port,
            protocol=f"HTTP/{scope['http_version']}",
        )

    async def _reply(self, request: HttpRequest, *, is_too_large: bool) -> Reply:
        if not request.raw_path.startswith("/"):
            return Reply(refusals.bad_request())
        if _header_size(request) > _HEADER_LIMIT:
            return Reply(refusals.headers_too_large())
        match = self._router.match(request)
        if match is None:
            return Reply(refusals.not_found(rest=self._router.refuses_as_rest(request)))
        if is_too_large:
            return Reply(refusals.body_too_large(rest=match.route.is_rest), match.route.function)
        return await self._integrations.reply(request, match)


async def _read_body(receive: Receive) -> bytes | None:
    """Read a body to its end; None if it is more than API Gateway takes."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= _BODY_LIMIT:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= _BODY_LIMIT else None


async def _send(send: Send, answer: HttpAnswer) -> None:
    # The server writes the Date.
    kept = [(name.lower(), value) for name, value in answer.headers if name.lower() != "date"]
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]
    # A server that is asked by HEAD says how long its body would be.
    if answer.status not in {204, 304} and not any(name == "content-length" for name, _ in kept):
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _header_size(request: HttpRequest) -> int:
    """Add up the request line and the values of the header's fields."""
    line = f"{request.method} {request.raw_path}?{request.raw_query} {request.protocol}"
    return len(line) + sum(len(value) for _, value in request.headers)
