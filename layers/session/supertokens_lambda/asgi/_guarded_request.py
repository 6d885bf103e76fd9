"""A request under `SessionMiddleware`, and its session: for the middleware, and for guards of single views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._event_loop import is_within_kept_loop
from supertokens_lambda._http.message import NOTHING, Response
from supertokens_lambda._runtime import current
from supertokens_lambda.asgi._messages import request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import ParamSpec, TypeVar

    from supertokens_lambda._guard.guard import Admitted
    from supertokens_lambda._http.message import Additions
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.session import Session
    from supertokens_lambda.asgi._messages import Scope

    P = ParamSpec("P")
    R = TypeVar("R")

# The SessionMiddleware of Starlette uses the key "session".
SESSION = "supertokens.session"

# The request as its event source read it: a scope does not have the path that the browser sent, before any mounting.
REQUEST = "supertokens.request"

_GUARDED_REQUEST = "supertokens.guarded_request"


class RefusedError(SuperTokensLambdaError):
    """The request of a view is refused; the middleware answers it, however the framework handles this error."""


def session_of(scope: Mapping[str, Any]) -> Session:
    """Return the session of a guarded request.

    Parameters
    ----------
    scope : mapping
        The ASGI scope: ``request.scope`` in Starlette, FastAPI and Django, ``request.environ["asgi.scope"]`` in Flask.

    Raises
    ------
    LookupError
        The path is not guarded, or it needs no session and the visitor has none.

    Examples
    --------
    >>> from starlette.requests import Request
    >>> from starlette.responses import PlainTextResponse
    >>> from supertokens_lambda.asgi import session_of
    >>> async def account(request: Request) -> PlainTextResponse:
    ...     return PlainTextResponse(session_of(request.scope).get_user_id())
    """
    session: Session | None = scope.get(SESSION)
    if session is None:
        raise LookupError("this request has no session; guard its path, and require a session there")
    return session


class GuardedRequest:
    """A request that passes through the middleware.

    Attributes
    ----------
    refusal : Response or None
        The answer, whatever the application responds.
    """

    def __init__(self, scope: Scope) -> None:
        self.refusal: Response | None = None
        self._scope = scope
        self._admitted: Admitted | None = None
        scope[_GUARDED_REQUEST] = self

    @staticmethod
    def of(scope: Mapping[str, Any]) -> GuardedRequest:
        """Return the guarded request of a scope.

        Raises
        ------
        LookupError
            The application has no `SessionMiddleware`.
        """
        found: GuardedRequest | None = scope.get(_GUARDED_REQUEST)
        if found is None:
            raise LookupError("SessionMiddleware is missing; wrap the application in it")
        return found

    def admit(self, options: VerifyOptions) -> Session | None:
        """Return the session of an admitted request, and store it in the scope.

        Raises
        ------
        RefusedError
            The request is refused; the middleware answers it.
        """
        request = self._scope.get(REQUEST) or request_of(self._scope)
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
        """Run `admit` without blocking the event loop, if other requests share it."""
        return await _apart(self.admit, options)

    def additions(self) -> Additions:
        """Return the session's cookies and headers for the answer."""
        return self._admitted.additions() if self._admitted else NOTHING

    async def answer_to(self, error: Exception) -> Response | None:
        """Return the answer to an error that the application raised; None for an error that is not of SuperTokens."""
        if isinstance(error, RefusedError):
            return self.refusal
        return await _apart(self._admitted.answer_to, error) if self._admitted else None


async def _apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function that may wait for the core: in a thread, if other requests share the event loop."""
    import asyncio

    return function(*args, **kwargs) if is_within_kept_loop() else await asyncio.to_thread(function, *args, **kwargs)
