"""`SessionMiddleware`, which guards paths of any ASGI application, whatever its framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._init_phase import prepare
from supertokens_lambda._log import log_outcome
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Reason
from supertokens_lambda.asgi._guarded_paths import decision, is_guarded
from supertokens_lambda.asgi._guarded_request import GuardedRequest, RefusedError
from supertokens_lambda.asgi._messages import amended_headers, send_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Unpack

    from supertokens_lambda._verification.options import Keywords
    from supertokens_lambda.asgi._messages import App, Message, Receive, Scope, Send

_POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1


class SessionMiddleware:
    """Guards paths of an ASGI application as `verify_session` guards a handler, with the same answers.

    Pass either `guarded` or `public`. Prefer `public`: then a page that was forgotten, or an unforeseen spelling of its
    path, requires a session. With `guarded` it is open.

    A guarded request reaches the application with its session in ``scope["supertokens.session"]`` and in
    ``request.state.session``. The session is None for a visitor without one, where none is required. The session's
    cookies and headers are added to the application's response. A WebSocket at a guarded path is refused. Views with a
    guard from `supertokens_lambda.fastapi` or `supertokens_lambda.django` need this middleware too, with ``guarded=[]``
    if no paths are guarded.

    A CORS preflight at a guarded path reaches the CORS code of Starlette, FastAPI, Django, Flask or Quart, and no view.
    In any other application it gets an empty answer; there, put the CORS middleware around this one.

    Parameters
    ----------
    app : callable
        The ASGI application.
    guarded : iterable of str, or callable, optional
        Paths to guard, each with everything below it, as the application's routes spell them: without stage or base
        path. Each path is guarded in every spelling: letters of another case, encoded characters, doubled slashes, and
        any other form that an application may read as this path. A path without a canonical form is guarded too.

        Or a function that takes a canonical path and returns True if it is guarded: decoded, in lower case, without
        stage or base path, and without a slash at the end. The function may be called several times for one request,
        also with the path in its original case, with prefixes, and with the slash. One True guards the request.
    public : iterable of str, optional
        Paths that need no session, each with everything below it; all others are guarded. A path matches only as it is
        spelled here, in the same case; characters other than slashes may be percent-encoded. ``"/"`` is the home page
        alone.
    **keywords
        See `verify_session`.

    Raises
    ------
    TypeError, ValueError
        Both or neither of `guarded` and `public` are given, or a path cannot be matched.

    Examples
    --------
    >>> from starlette.applications import Starlette
    >>> from supertokens_lambda.asgi import SessionMiddleware
    >>> app = SessionMiddleware(Starlette(), public=["/", "/about", "/static", "/favicon.ico"])
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
        """Check whether a preflight can reach the application's CORS code and no view; if so, pass it on."""
        if scope.get("method") != "OPTIONS" or not self._options.session_required:
            return False
        from supertokens_lambda.asgi import _preflight as preflight

        if not (preflight.is_preflight(scope) and preflight.reaches_cors_alone(self.app)):
            return False
        log_outcome("preflight", Reason.CORS_PREFLIGHT)
        await self.app(preflight.marked(scope), receive, preflight.without_content(send))
        return True

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, guarded: bool) -> None:
        request = GuardedRequest(scope)
        has_begun = is_refused = False

        async def send_amended(message: Message) -> None:
            nonlocal has_begun, is_refused
            if request.refusal:
                # This message is the framework's response to `RefusedError`.
                if not has_begun:
                    has_begun = is_refused = True
                    await send_response(request.refusal, send)
                return
            if message["type"] == "http.response.start":
                has_begun = True
                message = {**message, "headers": amended_headers(message.get("headers", ()), request.additions())}
            await send(message)

        try:
            if guarded:
                await request.admit_apart(self._options)
            await self.app(scope, receive, send_amended)
        except Exception as error:
            if is_refused and isinstance(error, RefusedError):
                return  # Starlette raises an error again after its handler of all errors has responded.
            response = None if has_begun else await request.answer_to(error)
            if response is None:
                raise
            await send_response(response, send)
