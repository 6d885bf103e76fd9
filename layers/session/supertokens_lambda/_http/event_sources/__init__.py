"""Event sources: the AWS services that invoke a function with HTTP requests, each with its own event and answer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from supertokens_lambda._http.event_sources.fields import EventError

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import EventSource

__all__ = ["EventError", "event_source_of"]


def event_source_of(event: object) -> EventSource | None:
    """Return the event source of an event, and import only that one: a function usually has one event source.

    Returns
    -------
    EventSource or None
        None for an event that is not HTTP: a warm-up ping, a queue message, a test event.
    """
    if not isinstance(event, dict) or not isinstance(context := event.get("requestContext"), dict):
        return None
    if event.get("version") == "2.0":
        if ".lambda-url." in str(context.get("domainName")):
            return _function_url()
        return _lattice() if "serviceArn" in context else _http_api()
    if "httpMethod" not in event:
        return None
    if "elb" in context:
        return _alb() if "multiValueHeaders" in event else _single_value_alb()
    # An event of a REST API may have this version too, and then also the id of a resource.
    return _http_api_1() if event.get("version") == "1.0" and not context.get("resourceId") else _rest_api()


@cache
def _http_api() -> EventSource:
    from supertokens_lambda._http.event_sources.http_api import HttpApi

    return HttpApi()


@cache
def _http_api_1() -> EventSource:
    from supertokens_lambda._http.event_sources.http_api_1 import HttpApi1

    return HttpApi1()


@cache
def _rest_api() -> EventSource:
    from supertokens_lambda._http.event_sources.rest_api import RestApi

    return RestApi()


@cache
def _function_url() -> EventSource:
    from supertokens_lambda._http.event_sources.function_url import FunctionUrl

    return FunctionUrl()


@cache
def _alb() -> EventSource:
    from supertokens_lambda._http.event_sources.alb import Alb

    return Alb()


@cache
def _single_value_alb() -> EventSource:
    from supertokens_lambda._http.event_sources.alb_single_value import SingleValueAlb

    return SingleValueAlb()


@cache
def _lattice() -> EventSource:
    from supertokens_lambda._http.event_sources.lattice import Lattice

    return Lattice()
