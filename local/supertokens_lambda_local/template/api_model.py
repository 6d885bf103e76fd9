"""The APIs of a template: routes, and what answers or guards them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

EventSource: TypeAlias = Literal["http-api-2.0", "http-api-1.0", "rest-api", "function-url"]

DEFAULT_STAGE = "$default"
DEFAULT_ROUTE = "$default"
ANY_METHOD = "ANY"


@dataclass(frozen=True)
class Authorizer:
    """A Lambda authorizer.

    Attributes
    ----------
    function : str
        The name of the function.
    identity_sources : tuple of str
        What a request must have for the function to be asked, like ``header.cookie`` or ``querystring.token``.
    is_simple : bool
        Whether it says yes or no, and not a policy.
    kind : {"request", "token"}
        Whether it is asked about a request or about one header of it.
    format : {"1.0", "2.0"}
        The format of its event, at an HTTP API.
    pattern : str
        What the one header has to be like for a function to be asked; empty for anything.
    ttl : int
        Seconds that its answer is kept for.
    """

    function: str
    identity_sources: tuple[str, ...] = ()
    is_simple: bool = False
    kind: Literal["request", "token"] = "request"
    format: Literal["1.0", "2.0"] = "2.0"
    pattern: str = ""
    ttl: int = 0


@dataclass(frozen=True)
class Backend:
    """A server that requests are passed on to.

    Attributes
    ----------
    uri : str
        Its address, which may have the route's ``{variables}``.
    method : str
        An HTTP method, or ``ANY`` for that of the request.
    headers : mapping of str to str
        Further header fields, each a value of the request's context like ``context.authorizer.userId``.
    """

    uri: str
    method: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GatewayResponse:
    """What an API answers by itself: a REST API's gateway response, or its mock integration.

    Attributes
    ----------
    status : int or None
        The status code; None leaves it.
    headers : mapping of str to str
        Further header fields: literals in single quotes, or values of the request's context.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cors:
    """What an HTTP API or a Function URL allows websites of other origins.

    Attributes
    ----------
    origins, methods, headers, exposed : tuple of str
        Origins, methods, headers of requests, and headers of responses.
    credentials : bool
        Whether cookies may be sent.
    max_age : int or None
        Seconds that a browser may keep this for.
    unknown : str
        Why not all of this is known, as the end of a sentence; empty if it is.
    """

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int | None = None
    unknown: str = ""


@dataclass(frozen=True)
class Api:
    """An API, or a function's own URL.

    Attributes
    ----------
    name : str
        Its logical id; of the function for a Function URL.
    kind : {"rest", "http", "url"}
        A REST API, an HTTP API, or a Function URL.
    cors : Cors or None
        What it allows other origins, where it answers preflights itself.
    unknown : str
        Why not all of its routes and settings are known, as the end of a sentence; empty if they are.
    """

    name: str
    kind: Literal["rest", "http", "url"]
    cors: Cors | None = None
    unknown: str = ""


@dataclass(frozen=True)
class Route:
    """A route of an API, or the one of a function's own URL.

    Attributes
    ----------
    method : str
        An HTTP method, or ``ANY``.
    path : str
        A path with ``{variables}``, or ``$default``.
    event_source : EventSource
        The kind of API and its payload format.
    stage : str
        The API's stage; ``$default`` is in no path.
    function : str
        The name of the function; empty where there is none.
    binary_media_types : tuple of str
        A REST API's media types that are handed over in base64.
    authorizer : Authorizer or None
        Who is asked before.
    backend : Backend or None
        The server that requests go to.
    gateway_responses : mapping of str to GatewayResponse
        Those of a REST API by their types, like ``ACCESS_DENIED``.
    api : str
        The name of its API.
    mock : GatewayResponse or None
        What the API answers by itself.
    unavailable : str
        Why it leads nowhere on this machine, as the end of a sentence; empty if it leads somewhere.
    at_domain : bool
        Whether a custom domain of the template is mapped to its stage, which is then in no path.
    """

    method: str
    path: str
    event_source: EventSource
    stage: str
    function: str
    binary_media_types: tuple[str, ...] = ()
    authorizer: Authorizer | None = None
    backend: Backend | None = None
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    api: str = ""
    mock: GatewayResponse | None = None
    unavailable: str = ""
    at_domain: bool = False

    @property
    def key(self) -> str:
        """The route's name as API Gateway writes it: ``GET /pets/{id}``, ``$default``."""
        return DEFAULT_ROUTE if self.path == DEFAULT_ROUTE else f"{self.method} {self.path}"

    @property
    def host(self) -> str:
        """The name that a function's own URL is found at; browsers take any name in localhost for this machine."""
        return (
            f"{self.function.lower().replace('/', '-')}.lambda-url.localhost"
            if self.event_source == "function-url"
            else ""
        )

    @property
    def is_rest(self) -> bool:
        """Whether it belongs to a REST API, not to an HTTP API."""
        return self.event_source == "rest-api"
