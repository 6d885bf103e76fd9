"""Lambda events to requests, and responses to the results that Lambda returns."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from supertokens_lambda._deadline import begin_invocation
from supertokens_lambda._http.event_sources import EventError, event_source_of
from supertokens_lambda._http.message import ContentTooLargeError
from supertokens_lambda._log import log_outcome
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._http.event_sources.event_source import EventSource
    from supertokens_lambda._http.message import Request, Response

Event = dict[str, Any]


def http_handler(function: Callable[[Request], Response]) -> Callable[[Event, Any], Any]:
    """Return a Lambda handler that calls a function with a request and returns its response.

    Parameters
    ----------
    function : callable
        Takes a `Request` and returns a `Response`.

    Returns
    -------
    callable
        Takes an event of any event source and a context. Events that are not HTTP, or are malformed, get 400 and do not
        reach the function. A body that is too large gets 413.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response, http_handler
    >>> @http_handler
    ... def handler(request: Request) -> Response:
    ...     return Response(status=200, body=f"You asked for {request.path}")
    """

    @functools.wraps(function)
    def handler(event: Event, context: Any) -> Any:
        opened = open_event(event, context)
        if isinstance(opened, Refused):
            return opened.answer
        event_source, request = opened
        try:
            response = function(request)
        except ContentTooLargeError:
            from supertokens_lambda._guard.answers import too_large

            log_outcome("bad-request", "content-too-large")
            response = too_large(request, current().settings)
        return event_source.answer(response)

    return handler


class Refused:
    """An event that is not passed to the handler, and its answer.

    Attributes
    ----------
    response : Response
        The answer.
    answer : dict
        The same in the format of the event source.
    """

    def __init__(self, event_source: EventSource | None, reason: str, message: str, status: int = 400) -> None:
        from supertokens_lambda._guard.answers import json_response

        log_outcome("bad-request", reason)
        self.response: Response = json_response(status, {"message": message})
        response = self.response
        plain: dict[str, Any] = {
            "statusCode": response.status,
            "headers": dict(response.headers),
            "body": response.body,
        }
        self.answer: dict[str, Any] = event_source.answer(response) if event_source else plain


def open_event(event: object, context: object) -> tuple[EventSource, Request] | Refused:
    """Return the event source and the request of an event, or the answer to an event that no handler gets.

    Those are events that are not HTTP, malformed ones, and requests without the secret of `Settings.origin_secret`.
    """
    begin_invocation(context)
    event_source = event_source_of(event)
    if event_source is None:
        return Refused(None, "not-http", "this function answers HTTP events")
    settings = current().settings
    try:
        request = event_source.request(event, settings.api_gateway_path)  # type: ignore[arg-type]  # the event source knows it
    except EventError as error:
        return Refused(event_source, "event-malformed", str(error))
    if settings.origin_secret is not None and not _has_secret(request, settings.origin_secret):
        return Refused(event_source, "origin-secret-missing", "use the public address of this site", 403)
    return event_source, request


def _has_secret(request: Request, secret: str) -> bool:
    from hmac import compare_digest

    # A second copy of the header is joined to the first, so it does not match.
    return compare_digest(request.headers.get("x-origin-secret", "").encode("utf-8", "replace"), secret.encode())
