"""`verify_session`, the decorator of a Lambda handler."""

from __future__ import annotations

import functools
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Literal, overload

from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._http.message import Response
from supertokens_lambda._runtime import current, prepare
from supertokens_lambda._verification.options import VerifyOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Concatenate, ParamSpec, Protocol, TypeVar, Unpack

    from supertokens_lambda._entry import Event
    from supertokens_lambda._http.message import Additions
    from supertokens_lambda._verification.options import Keywords, OtherKeywords
    from supertokens_lambda._verification.session import Session

    P = ParamSpec("P")
    R = TypeVar("R")
    ContextT = TypeVar("ContextT")
    SessionT_co = TypeVar("SessionT_co", covariant=True)

    class SessionDecorator(Protocol[SessionT_co]):
        """Takes a handler with a session and gives one without, for Lambda to call."""

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

    The decorated handler takes an event and a context, as Lambda calls it, and runs with the session as its third
    argument. Without a good session it does not run: a page is sent to the refresh, which brings the browser back; a
    form gets a page that keeps what was typed; anything else gets the status that SuperTokens' own APIs give. An
    ``async`` handler runs on an event loop that is kept between invocations.

    Parameters
    ----------
    session_required : bool
        With False the handler runs with ``session=None`` for a visitor who has none.
    anti_csrf_check : bool, optional
        As in SuperTokens' ``verify_session``: None checks every method but GET.
    check_database : bool
        Ask the core on each request, so that a revoked session ends at once.
    override_global_claim_validators : callable, optional
        As in SuperTokens' ``verify_session``: returns the claim validators of this page. None checks the global ones,
        which ``SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS`` names.
    on_failure : {"auto", "redirect", "status"}
        Whether a refused request gets a redirect or page, or a status in JSON; ``auto`` tells a page from a call.
    refresh_path : str, optional
        Instead of ``SUPERTOKENS_REFRESH_PATH``.

    Returns
    -------
    callable
        The decorator.

    Raises
    ------
    SettingsError
        By the first request, or in Lambda's init phase: a setting is missing or malformed.

    Examples
    --------
    >>> @verify_session()
    ... def handler(event, context, session: Session):
    ...     return {"statusCode": 200, "body": session.get_user_id()}
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

            def amend(answer: Any, additions: Additions) -> Any:
                if isinstance(answer, Response):
                    return event_source.answer(answer.plus(additions))
                return event_source.amend(answer, additions) if additions else answer

            return current().guard.serve(request, options, handle, event_source.answer, amend)

        return guarded

    return decorate if handler is None else decorate(handler)
