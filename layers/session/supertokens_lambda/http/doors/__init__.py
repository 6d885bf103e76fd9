"""The doors: what hands HTTP requests to a function, and how each wants its answer."""

from collections.abc import Mapping

from supertokens_lambda.http.doors.door import Door, EventError
from supertokens_lambda.http.doors.http_api import HttpApi
from supertokens_lambda.http.doors.rest_api import RestApi

__all__ = ["Door", "EventError", "door_of"]

_DOORS: tuple[Door, ...] = (HttpApi(), RestApi())


def door_of(event: object) -> Door | None:
    """Tell which door an event came through.

    Returns
    -------
    Door or None
        None for what is no HTTP event: a warm-up ping, a message of a queue, a test event.
    """
    if not isinstance(event, Mapping):
        return None
    for door in _DOORS:
        if door.knows(event):
            return door
    return None
