"""`verify_session`, the decorator of a Lambda handler."""

from __future__ import annotations

import functools
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Literal, overload

from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._init_phase import prepare
from supertokens_lambda._runtime import current
from supertokens_lambda._verification.options import VerifyOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Concatenate, ParamSpec, Protocol, TypeVar, Unpack

    from supertokens_lambda._entry import Event
    from supertokens_lambda._verification.options import Keywords, OtherKeywords
    from supertokens_lambda._verification.session import Session

    P = ParamSpec("P")
    R = TypeVar("R")
    ContextT = TypeVar("ContextT")
    SessionT_co = TypeVar("SessionT_co", covariant=True)

    class SessionDecorator(Protocol[SessionT_co]):
        """Takes a handler that has a session parameter; returns one without it, for Lambda to call."""

        @overload
        def __call__(
            self, handler: Callable[Concatenate[Event, ContextT, SessionT_co, P], Coroutine[Any, Any, R]], /
        ) -> Callable[Concatenate[Event, ContextT, P], R | dict[str, Any]]: ...

        @overload
        def __call__(
            self, handler: Callable[Concatenate[Event, ContextT, SessionT_co, P], R], /
        ) -> Callable[Concatenate[Event, ContextT, P], R | dict[str, Any]]: ...


@overload
def verify_session(handler: Callable[Concatenate[Event, ContextT, Session, P], R], /) -> Callable[..., Any]: ...


@overload
def verify_session(
    *, session_required: Literal[True] = True, **keywords: Unpack[OtherKeywords]
) -> SessionDecorator[Session]: ...


@overload
def verify_session(
    *, session_required: bool, **keywords: Unpack[OtherKeywords]
) -> SessionDecorator[Session | None]: ...


def verify_session(handler: Callable[..., Any] | None = None, /, **keywords: Unpack[Keywords]) -> Any:
    """Guard a Lambda handler with the visitor's SuperTokens session.

    Lambda calls the decorated handler with an event and a context; the session is added as the third argument. Without
    a valid session the handler does not run. A page is redirected to the refresh, which brings the browser back. A form
    gets a page that keeps what was typed. Any other request gets the status code that SuperTokens' API would return.
    An ``async`` handler runs on an event loop that is kept between invocations.

    Parameters
    ----------
    session_required : bool
        If False, the handler runs with ``session=None`` for a visitor without a session.
    anti_csrf_check : bool, optional
        As in SuperTokens' ``verify_session``: None checks every method but GET.
    check_database : bool
        Ask the core on each request, so that a revoked session is refused at once.
    override_global_claim_validators : callable, optional
        As in SuperTokens' ``verify_session``: returns the claim validators of this page. None checks the global ones,
        which ``SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS`` names.
    on_failure : {"auto", "redirect", "status"}
        What a refused request gets: a redirect or a page, or a status code with JSON. ``auto`` decides by the headers
        that browsers send with a navigation.
    refresh_path : str, optional
        Replaces ``SUPERTOKENS_REFRESH_PATH`` for this handler.

    Returns
    -------
    callable
        The decorator.

    Raises
    ------
    SettingsError
        A setting is missing or malformed. Raised in the init phase on Lambda, elsewhere by the first request.

    Examples
    --------
    >>> from supertokens_lambda import Session, verify_session
    >>> @verify_session()
    ... def handler(event, context, session: Session):
    ...     return {"statusCode": 200, "body": f"Hello {session.get_user_id()}"}
    """
    options = VerifyOptions(**keywords)

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        prepare()

        @functools.wraps(handler)
        def guarded(event: Event, context: Any, *args: Any, **kwargs: Any) -> Any:
            opened = open_event(event, context)
            if isinstance(opened, Refused):
                return opened.answer
            event_source, request = opened

            def handle(session: Session | None) -> Any:
                answer = handler(event, context, session, *args, **kwargs)
                if isinstance(answer, CoroutineType):
                    from supertokens_lambda._event_loop import run

                    return run(answer)
                return answer

            return current().guard.serve(request, options, handle, event_source)

        return guarded

    return decorate if handler is None else decorate(handler)
