"""`verify_session` as a decorator for views of Django, under `SessionMiddleware`."""

from __future__ import annotations

import functools
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.asgi._guarded_request import GuardedRequest, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from django.core.handlers.asgi import ASGIRequest

    from supertokens_lambda._verification.options import Keywords

__all__ = ["verify_session"]


def verify_session(
    **keywords: Unpack[Keywords],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a view, ``async`` or not; the keywords are those of `supertokens_lambda.verify_session`.

    Returns
    -------
    callable
        The decorator of a view that takes the request, the session, and the arguments of its route.

    Notes
    -----
    A CORS preflight gets an empty answer and does not run the view. Middleware of Django can add its headers.

    Examples
    --------
    >>> from django.http import HttpRequest, HttpResponse
    >>> from supertokens_lambda import Session
    >>> from supertokens_lambda.django import verify_session
    >>> @verify_session()
    ... def account(request: HttpRequest, session: Session) -> HttpResponse:
    ...     return HttpResponse(session.get_user_id())
    """
    options = VerifyOptions(**keywords)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(view):

            @functools.wraps(view)
            async def guarded_async(request: ASGIRequest, *args: Any, **kwargs: Any) -> Any:
                guarded_request = GuardedRequest.of(request.scope)
                try:
                    session = await guarded_request.admit_apart(options)
                except RefusedError:
                    return _answer(guarded_request)
                return await view(request, session, *args, **kwargs)

            return guarded_async

        @functools.wraps(view)
        def guarded(request: ASGIRequest, *args: Any, **kwargs: Any) -> Any:
            guarded_request = GuardedRequest.of(request.scope)
            try:
                session = guarded_request.admit(options)
            except RefusedError:
                return _answer(guarded_request)
            return view(request, session, *args, **kwargs)

        return guarded

    return decorate


def _answer(request: GuardedRequest) -> HttpResponse:
    # For a raised error Django would log it and answer 500. `SessionMiddleware` replaces this answer by the refusal.
    if not request.is_preflight:
        return HttpResponse(status=401)
    request.refusal = None  # send the answer below, so that middleware of Django can add CORS headers
    return HttpResponse(status=204)
