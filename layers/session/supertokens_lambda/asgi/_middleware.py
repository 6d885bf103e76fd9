"""`SessionMiddleware`, which guards paths of any ASGI application, whatever its framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._event_loop import is_within_kept_loop
from supertokens_lambda._http.event_sources.fields import merge_headers, split_cookies, without_prefix
from supertokens_lambda._http.message import NOTHING, Request, Response
from supertokens_lambda._log import log_outcome
from supertokens_lambda._runtime import current, prepare
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Reason
from supertokens_lambda.asgi._guarded_paths import decision, is_guarded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
    from typing import ParamSpec, TypeVar, Unpack

    from supertokens_lambda._guard.guard import Admitted
    from supertokens_lambda._http.message import Additions
    from supertokens_lambda._verification.options import Keywords
    from supertokens_lambda._verification.session import Session

    P = ParamSpec("P")
    R = TypeVar("R")
    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    # Each framework has types of its own for the three.
    App = Callable[[Any, Any, Any], Awaitable[None]]

# Starlette's own SessionMiddleware has the plain name.
SESSION = "supertokens.session"

# The request as its event source has read it: a scope does not have what the browser sent, before any mounting.
REQUEST = "supertokens.request"

_VISIT = "supertokens.visit"
_POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1


class RefusedError(SuperTokensLambdaError):
    """A view's visitor is refused; the middleware answers, whatever the framework makes of this error."""


def session_of(scope: Mapping[str, Any]) -> Session:
    """Give the session of a guarded request.

    Parameters
    ----------
    scope : mapping
        Of the request: ``request.scope`` in Starlette, FastAPI and Django, ``request.environ["asgi.scope"]`` in Flask.

    Raises
    ------
    LookupError
        Its path is not guarded, or is one that does without a session and whose visitor has none.
    """
    session: Session | None = scope.get(SESSION)
    if session is None:
        raise LookupError("this request has no session: its path is not guarded, or needs none")
    return session


class Visit:
    """A request on its way through the middleware.

    Attributes
    ----------
    refusal : Response or None
        What it is answered, whatever the application says.
    """

    def __init__(self, scope: Scope) -> None:
        self.refusal: Response | None = None
        self._scope = scope
        self._admitted: Admitted | None = None

    @staticmethod
    def of(scope: Mapping[str, Any]) -> Visit:
        """Give the visit that a request belongs to.

        Raises
        ------
        LookupError
            The middleware is not there.
        """
        visit: Visit | None = scope.get(_VISIT)
        if visit is None:
            raise LookupError("SessionMiddleware does not wrap this application")
        return visit

    def admit(self, options: VerifyOptions) -> Session | None:
        """Let the request through, with its session.

        Raises
        ------
        RefusedError
            It is refused, and answered by the middleware.
        """
        request = self._scope.get(REQUEST) or _request_of(self._scope)
        admitted = current().guard.admit(request, options)
        if isinstance(admitted, Response):
            self.refusal = admitted
            raise RefusedError
        self._admitted = admitted
        self._scope[SESSION] = admitted.session
        self._scope.setdefault("state", {})["session"] = admitted.session
        return admitted.session

    @property
    def is_preflight(self) -> bool:
        """Whether the refused request is a CORS preflight, which the guard gives an empty answer."""
        return self.refusal is not None and self.refusal.status == 204

    async def admit_apart(self, options: VerifyOptions) -> Session | None:
        """Do the same without holding up other requests, where there can be any."""
        return await _apart(self.admit, options)

    def additions(self) -> Additions:
        """Give what the session adds to the application's answer."""
        return self._admitted.additions() if self._admitted else NOTHING

    async def answer_to(self, error: Exception) -> Response | None:
        """Answer an error that the application let through; None where it is the application's own."""
        if isinstance(error, RefusedError):
            return self.refusal
        return await _apart(self._admitted.answer_to, error) if self._admitted else None


class SessionMiddleware:
    """Guards paths of an ASGI application as `verify_session` guards a handler, with the same answers.

    Either `guarded` or `public` is needed. Prefer `public`: then a page that was forgotten, or a spelling that nobody
    thought of, asks for a session. With `guarded` it is open.

    A guarded request reaches the application with its session in ``scope["supertokens.session"]`` and in
    ``request.state.session``, None for a visitor who has none where none is needed. What the session adds goes into
    the application's response. A WebSocket at a guarded path is refused. Views that are guarded by themselves, by
    `supertokens_lambda.fastapi` or `supertokens_lambda.django`, need this middleware too, with ``guarded=[]`` if no
    paths are guarded.

    A CORS preflight at a guarded path goes to the application's CORS if it is that of Starlette, FastAPI, Django,
    Flask or Quart, and to no view. Anywhere else it gets an empty answer: put CORS around this middleware.

    Parameters
    ----------
    app : callable
        The ASGI application.
    guarded : iterable of str, or callable, optional
        Paths, each with all that is below it, as the application's routes have them: without stage or base path. Each
        is guarded in every spelling: letters of another case, encoded characters, doubled slashes, and whatever else
        an application may take for it. A path that has no canonical form is guarded too.

        Or a function that gets a canonical path and returns True if it is guarded: decoded, in lower case, without
        stage or base path, and without a slash at its end. It may be called several times for a request, also with
        the path before letters lost their case, with prefixes, and with the slash; one True guards the request.
    public : iterable of str, optional
        Paths, each with all that is below it, that need no session; all others are guarded. They match only as they
        are spelled here, with upper and lower case; characters other than slashes may be percent-encoded. ``"/"`` is
        the home page alone.
    **keywords
        As of `verify_session`.

    Raises
    ------
    TypeError, ValueError
        Both or neither of `guarded` and `public` are given, or a path cannot be matched.

    Examples
    --------
    >>> app = SessionMiddleware(app, public=["/", "/about", "/static", "/favicon.ico"])
    """

    def __init__(
        self,
        app: App,
        *,
        guarded: Iterable[str] | Callable[[str], bool] | None = None,
        public: Iterable[str] | None = None,
        **keywords: Unpack[Keywords],
    ) -> None:
        self.app: App = app
        self._decide = decision(guarded, public)
        self._options = VerifyOptions(**keywords)
        prepare()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        guarded = scope["type"] != "lifespan" and is_guarded(scope, self.app, self._decide)
        if scope["type"] == "http":
            if not (guarded and await self._passed_on(scope, receive, send)):
                await self._serve(scope, receive, send, guarded=guarded)
        elif guarded:
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await self.app(scope, receive, send)

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Pass a preflight on to the application's CORS, where that can be reached and nothing else."""
        if scope.get("method") != "OPTIONS" or not self._options.session_required:
            return False
        from supertokens_lambda.asgi import _preflight as preflight

        if not (preflight.is_preflight(scope) and preflight.reaches_cors_alone(self.app)):
            return False
        log_outcome("preflight", Reason.CORS_PREFLIGHT)
        await self.app(preflight.marked(scope), receive, preflight.without_content(send))
        return True

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, guarded: bool) -> None:
        visit = scope[_VISIT] = Visit(scope)
        has_begun = False

        async def send_amended(message: Message) -> None:
            nonlocal has_begun
            if visit.refusal:
                # What a framework has made of the refusal.
                if not has_begun:
                    has_begun = True
                    await _answer(visit.refusal, send)
                return
            if message["type"] == "http.response.start":
                has_begun = True
                message = {**message, "headers": _amended(message.get("headers", ()), visit.additions())}
            await send(message)

        try:
            if guarded:
                await visit.admit_apart(self._options)
            await self.app(scope, receive, send_amended)
        except Exception as error:
            response = None if has_begun else await visit.answer_to(error)
            if response is None:
                raise
            await _answer(response, send)


def _request_of(scope: Scope) -> Request:
    """Read a scope; the body is left to the application."""
    seen_path = (scope.get("raw_path") or b"").decode("latin-1")
    if not seen_path:
        from supertokens_lambda._http.redirects import quote_path

        seen_path = quote_path(scope.get("path") or "/")
    headers, cookies = split_cookies(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope.get("headers", ())
    )
    return Request(
        method=scope["method"].upper(),
        seen_path=seen_path,
        path=without_prefix(seen_path, current().settings.api_gateway_path),
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        cookies=cookies,
    )


async def _apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call what may wait for the core, without holding up other requests where there can be any."""
    import asyncio

    return function(*args, **kwargs) if is_within_kept_loop() else await asyncio.to_thread(function, *args, **kwargs)


def _amended(headers: Iterable[tuple[bytes, bytes]], additions: Additions) -> list[tuple[bytes, bytes]]:
    """Put a session's headers in the place of the application's own, and its cookies behind those."""
    own = [(name, value) for name, value in headers]
    if not additions:
        return own
    names = {name.encode("latin-1") for name, _ in additions.all_headers}
    replaced = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in own if name.lower() in names}
    kept = [(name, value) for name, value in own if name.lower() not in names]
    return kept + _encoded(merge_headers(replaced, additions).items(), additions.cookies)


async def _answer(response: Response, send: Send) -> None:
    body = response.body.encode() if isinstance(response.body, str) else response.body
    # RFC 9110 section 8.6: none with 204.
    length = [("content-length", str(len(body)))] if response.status != 204 else []
    headers = [*response.headers, *length]
    await send(
        {"type": "http.response.start", "status": response.status, "headers": _encoded(headers, response.cookies)}
    )
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: Iterable[tuple[str, str]], cookies: Iterable[str]) -> list[tuple[bytes, bytes]]:
    fields = [*headers, *(("set-cookie", cookie) for cookie in cookies)]
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
