"""The doors: what hands HTTP requests to a function, and how each wants its answer."""

from functools import cache
from typing import TYPE_CHECKING

from supertokens_lambda.http.doors.fields import EventError

if TYPE_CHECKING:
    from supertokens_lambda.http.doors.door import Door

__all__ = ["EventError", "door_of"]


def door_of(event: object) -> "Door | None":
    """Tell which door an event came through; a function's events come through one, and only that is loaded.

    Returns
    -------
    Door or None
        None for what is no HTTP event: a warm-up ping, a message of a queue, a test event.
    """
    if not isinstance(event, dict) or not isinstance(event.get("requestContext"), dict):
        return None
    if event.get("version") == "2.0":
        return _http_api()
    # A load balancer's event looks like a REST API's, and means other things by it.
    if "httpMethod" in event and "elb" not in event["requestContext"]:
        return _rest_api()
    return None


@cache
def _http_api() -> "Door":
    from supertokens_lambda.http.doors.http_api import HttpApi

    return HttpApi()


@cache
def _rest_api() -> "Door":
    from supertokens_lambda.http.doors.rest_api import RestApi

    return RestApi()
