"""The event sources that the tests go through."""

from dataclasses import dataclass

from supertokens_lambda.testing.event_sources import ApiGateway, Lattice, LoadBalancer
from supertokens_lambda.testing.visits import EventSource


@dataclass(frozen=True)
class Place:
    """Where a website is.

    Attributes
    ----------
    event source
        That its visits come through.
    prefix
        The stage or base path in front of each path that a browser sees.
    one_cookie
        Whether an answer carries one cookie, so that no session is refreshed.
    """

    event_source: EventSource
    prefix: str = ""
    one_cookie: bool = False


# An event source that is added here is tested with every other.
EVENT_SOURCES = {
    "http_api": Place(ApiGateway("http-api-2.0")),
    "http_api_stage": Place(ApiGateway("http-api-2.0", "dev"), "/dev"),
    "http_api_1": Place(ApiGateway("http-api-1.0")),
    "rest_api": Place(ApiGateway("rest-api", "Prod")),
    "rest_api_stage": Place(ApiGateway("rest-api", "dev"), "/dev"),
    "function_url": Place(ApiGateway("function-url")),
    "alb": Place(LoadBalancer(multi_value=True)),
    "alb_single_value": Place(LoadBalancer(multi_value=False), one_cookie=True),
    "lattice": Place(Lattice()),
}
REFRESHING = [name for name, place in EVENT_SOURCES.items() if not place.one_cookie]
