"""From a Lambda event to a handler of requests and back."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from supertokens_lambda import runtime
from supertokens_lambda.http.doors import EventError, door_of
from supertokens_lambda.http.message import ContentTooLargeError
from supertokens_lambda.log import log_outcome
from supertokens_lambda.time_left import begin_invocation

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda.http.doors.door import Door
    from supertokens_lambda.http.message import Request, Response

Event = dict[str, Any]


def http_handler(function: Callable[[Request], Response]) -> Callable[[Event, Any], Any]:
    """Make a Lambda handler of a function from request to response.

    Parameters
    ----------
    function : callable
        Takes a `Request` and gives a `Response`.

    Returns
    -------
    callable
        Takes an event of any door and a context. What is no HTTP event, and one that is malformed, is answered
        with 400 and does not reach the function. A form that is too large is answered with 413.
    """

    @functools.wraps(function)
    def handler(event: Event, context: Any) -> Any:
        opened = open_event(event, context)
        if isinstance(opened, Refused):
            return opened.answer
        door, request = opened
        try:
            response = function(request)
        except ContentTooLargeError:
            from supertokens_lambda.guard.answers import too_large

            log_outcome("bad-request", "content-too-large")
            response = too_large(request, runtime.settings())
        return door.answer(response)

    return handler


class Refused:
    """An event that no handler gets, and what it is answered: in a door's shape, and before a door gave it one."""

    def __init__(self, door: Door | None, reason: str, message: str) -> None:
        from supertokens_lambda.guard.answers import json_response

        log_outcome("bad-request", reason)
        self.response: Response = json_response(400, {"message": message})
        response = self.response
        plain: dict[str, Any] = {
            "statusCode": response.status,
            "headers": dict(response.headers),
            "body": response.body,
        }
        self.answer: dict[str, Any] = door.answer(response) if door else plain


def open_event(event: object, context: object) -> tuple[Door, Request] | Refused:
    """Read an event; a warm-up ping or a malformed one gives its answer instead."""
    begin_invocation(context)
    door = door_of(event)
    if door is None:
        return Refused(None, "not-http", "this function answers HTTP events")
    try:
        return door, door.request(event, runtime.settings().api_gateway_path)  # type: ignore[arg-type]  # the door knows it
    except EventError as error:
        return Refused(door, "event-malformed", str(error))
