"""`verify_session` as a decorator of Django's views, under `SessionMiddleware`."""

from __future__ import annotations

import functools
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.asgi._middleware import RefusedError, Visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from django.core.handlers.asgi import ASGIRequest

    from supertokens_lambda._verification.options import Keywords


def verify_session(
    **keywords: Unpack[Keywords],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a view, an ``async`` one or not; the keywords are those of the handlers' decorator.

    Returns
    -------
    callable
        The decorator of a view that takes the request, the session, and what its route gives.

    Examples
    --------
    >>> @verify_session()
    ... def account(request, session): ...

    Notes
    -----
    A CORS preflight gets an empty answer in place of the view's, to which Django's middleware can add its headers.
    """
    options = VerifyOptions(**keywords)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(view):

            @functools.wraps(view)
            async def guarded_async(request: ASGIRequest, *args: Any, **kwargs: Any) -> Any:
                visit = Visit.of(request.scope)
                try:
                    session = await visit.admit_apart(options)
                except RefusedError:
                    return _answer(visit)
                return await view(request, session, *args, **kwargs)

            return guarded_async

        @functools.wraps(view)
        def guarded(request: ASGIRequest, *args: Any, **kwargs: Any) -> Any:
            visit = Visit.of(request.scope)
            try:
                session = visit.admit(options)
            except RefusedError:
                return _answer(visit)
            return view(request, session, *args, **kwargs)

        return guarded

    return decorate


def _answer(visit: Visit) -> HttpResponse:
    # Django would log an error and answer 500; the middleware puts the refusal in the place of this answer.
    if not visit.is_preflight:
        return HttpResponse(status=401)
    visit.refusal = None  # this one goes out, with what Django's middleware adds for CORS
    return HttpResponse(status=204)
