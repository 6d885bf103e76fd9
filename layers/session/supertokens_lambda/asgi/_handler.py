"""`asgi_handler`: an ASGI application as a Lambda handler, by Mangum, with the toolkit's event sources.

Mangum alone passes only the decoded path, rebuilds the query string, and starts and stops the lifespan with each event.
Here an application gets the path as the browser sent it (`raw_path`), the stage or base path in `root_path`, and one
lifespan, on one event loop.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._event_loop import kept_loop
from supertokens_lambda._http.message import Response
from supertokens_lambda._http.origin import is_plain_http
from supertokens_lambda._runtime import current
from supertokens_lambda.asgi._guarded_request import REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    from mangum.types import LambdaConfig
    from mangum.types import Response as MangumResponse
    from mangum.types import Scope as MangumScope

    from supertokens_lambda._entry import Event
    from supertokens_lambda._http.event_sources.event_source import EventSource
    from supertokens_lambda._http.message import Request
    from supertokens_lambda.asgi._messages import App


def asgi_handler(
    app: App,
    *,
    lifespan: Literal["auto", "on", "off"] = "auto",
    text_mime_types: Sequence[str] | None = None,
    exclude_headers: Sequence[str] = (),
) -> Callable[[Event, Any], Any]:
    """Return a Lambda handler for an ASGI application.

    Parameters
    ----------
    app : callable
        The ASGI application.
    lifespan : {"auto", "on", "off"}
        As in Mangum. The application is started once, in the init phase. It is not shut down, because Lambda does not
        announce the end of an instance.
    text_mime_types, exclude_headers : sequence of str
        As in Mangum: content types whose bodies are sent as text, and headers that are not sent.

    Returns
    -------
    callable
        Takes an event of any event source and a context.

    Raises
    ------
    ModuleNotFoundError
        Mangum is not installed; install ``supertokens-lambda[asgi]``.

    Examples
    --------
    >>> from starlette.applications import Starlette
    >>> from supertokens_lambda.asgi import SessionMiddleware, asgi_handler
    >>> handler = asgi_handler(SessionMiddleware(Starlette(), public=["/"]))
    """
    import asyncio

    from mangum import Mangum
    from mangum.protocols import LifespanCycle

    # At INFO it logs each decoded path, which may contain personal data or a line break.
    if (logger := logging.getLogger("mangum.http")).level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
    application: Any = app  # Mangum is annotated with a coroutine, frameworks with an awaitable
    loop = kept_loop()
    asyncio.set_event_loop(loop)
    begun = LifespanCycle(application, lifespan)
    if lifespan != "off":
        begun.__enter__()  # without an exit, since the lifespan ends with the instance
    adapter = Mangum(
        application,
        lifespan="off",
        custom_handlers=[_MangumHandler],
        text_mime_types=list(text_mime_types) if text_mime_types is not None else None,
        exclude_headers=list(exclude_headers),
    )

    def handler(event: Event, context: Any) -> Any:
        opened = open_event(event, context)
        if isinstance(opened, Refused):
            return opened.answer
        # Other code may have unset the event loop of the thread.
        asyncio.set_event_loop(loop)
        # This reference also keeps the lifespan alive: the loop holds its task by a weak reference.
        return adapter({"event": event, "opened": opened, "state": begun.lifespan_state}, context)

    return handler


class _MangumHandler:
    """A handler in the sense of Mangum: from an event to a scope and a body, and from a response to an answer."""

    def __init__(self, event: Event, context: Any, config: LambdaConfig) -> None:
        self._event: Event = event["event"]
        self._state: dict[str, Any] = event["state"]
        self._context = context
        self._config = config
        opened: tuple[EventSource, Request] = event["opened"]
        self._event_source, self._request = opened

    @classmethod
    def infer(cls, event: Event, context: Any, config: LambdaConfig) -> bool:  # noqa: ARG003 - Mangum calls it
        """Return True for every event, because `open_event` has found its event source."""
        return True

    @property
    def body(self) -> bytes:
        """The body of the request."""
        return self._request.body

    @property
    def scope(self) -> MangumScope:
        """The request as an HTTP connection scope of the ASGI specification."""
        from urllib.parse import unquote

        request = self._request
        root_path = current().settings.api_gateway_path if request.path != request.seen_path else ""
        headers = [(name, value) for name, value in request.headers.items() if name != "content-length"]
        if request.body or "content-length" in request.headers:
            # A REST API leaves the length out, and a WSGI application reads no more than that.
            headers.append(("content-length", str(len(request.body))))
        if request.cookies.header:
            headers.append(("cookie", request.cookies.header))
        # An event, as JSON, can contain unpaired surrogates.
        encoded = [
            (name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")) for name, value in headers
        ]
        host, _, port = (request.headers.get("host") or "localhost").partition(":")
        scheme = "http" if is_plain_http(request) else "https"
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": scheme,
            "path": root_path + unquote(request.path),
            "raw_path": request.seen_path.encode("utf-8", "surrogatepass"),
            "root_path": root_path,
            "query_string": request.query.encode("utf-8", "surrogatepass"),
            "headers": encoded,
            "client": (_client(self._event, request), 0),
            # Thousands of digits are not a port, and `int` raises for them.
            "server": (host, int(port) if port.isdecimal() and len(port) < 6 else {"http": 80}.get(scheme, 443)),
            "state": dict(self._state),
            "aws.event": self._event,
            "aws.context": self._context,
            REQUEST: request,
        }

    def __call__(self, response: MangumResponse) -> dict[str, Any]:
        """Return the application's response in the format of the event source."""
        headers: dict[str, str] = {}
        cookies: list[str] = []
        for raw_name, raw_value in response["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            if name in self._config["exclude_headers"]:
                continue
            if name == "set-cookie":
                cookies.append(value)
            else:
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
        body = response["body"]
        return self._event_source.answer(
            Response(
                status=response["status"],
                headers=tuple(headers.items()),
                cookies=tuple(cookies),
                body=body if (text := self._text(headers, body)) is None else text,
            )
        )

    def _text(self, headers: dict[str, str], body: bytes) -> str | None:
        types = tuple(self._config["text_mime_types"])
        if "content-encoding" in headers or not headers.get("content-type", "text/").startswith(types):
            return None if body else ""
        try:
            return body.decode()
        except UnicodeDecodeError:
            return None


def _client(event: Event, request: Request) -> str:
    """Return the IP address of the client, from the event source."""
    context = event["requestContext"]
    source_ip = (context.get("http") or context.get("identity") or {}).get("sourceIp")
    # A load balancer appends the address that it sees.
    return source_ip or (request.headers.get("x-forwarded-for") or "").rpartition(",")[2].strip()
