"""What a template comes to: functions, and the routes that lead to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Door: TypeAlias = Literal["http-api-2.0", "http-api-1.0", "rest-api", "function-url"]

DEFAULT_STAGE = "$default"
DEFAULT_ROUTE = "$default"
ANY_METHOD = "ANY"


@dataclass(frozen=True)
class Function:
    """A Lambda function.

    Attributes
    ----------
    name : str
        Its logical id in the template.
    code_uri : Path
        The folder with its code.
    handler : str
        ``module.function``.
    layers : tuple of Path
        The folders of its layers, the first one searched first.
    environment : mapping of str to str
        The template's variables, less those that have no value on this machine.
    timeout : float
        Seconds that one invocation may take.
    memory_size : int
        Megabytes; told to the function, not enforced.
    """

    name: str
    code_uri: Path
    handler: str
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3
    memory_size: int = 128


@dataclass(frozen=True)
class Authorizer:
    """A Lambda authorizer of type REQUEST.

    Attributes
    ----------
    function : str
        The name of the function.
    identity_sources : tuple of str
        What a request must have for the function to be asked, like ``header.cookie`` or ``querystring.token``.
    is_simple : bool
        Whether it says yes or no, and not a policy.
    """

    function: str
    identity_sources: tuple[str, ...] = ()
    is_simple: bool = False


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
    """What a REST API answers by itself, where it is not what API Gateway would.

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
class Route:
    """A route of an API, or the one of a function's own URL.

    Attributes
    ----------
    method : str
        An HTTP method, or ``ANY``.
    path : str
        A path with ``{variables}``, or ``$default``.
    door : Door
        The kind of API and its payload format.
    stage : str
        The API's stage; ``$default`` is in no path.
    function : str
        The name of the function; empty where there is a backend.
    binary_media_types : tuple of str
        A REST API's media types that are handed over in base64.
    authorizer : Authorizer or None
        Who is asked before.
    backend : Backend or None
        The server that requests go to.
    gateway_responses : mapping of str to GatewayResponse
        Those of a REST API by their types, like ``ACCESS_DENIED``.
    """

    method: str
    path: str
    door: Door
    stage: str
    function: str
    binary_media_types: tuple[str, ...] = ()
    authorizer: Authorizer | None = None
    backend: Backend | None = None
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The route's name as API Gateway writes it: ``GET /pets/{id}``, ``$default``."""
        return DEFAULT_ROUTE if self.path == DEFAULT_ROUTE else f"{self.method} {self.path}"

    @property
    def host(self) -> str:
        """The name that a function's own URL is found at; browsers take any name in localhost for this machine."""
        return f"{self.function.lower()}.lambda-url.localhost" if self.door == "function-url" else ""

    @property
    def is_rest(self) -> bool:
        """Whether it belongs to a REST API, not to an HTTP API."""
        return self.door == "rest-api"


@dataclass(frozen=True)
class Omission:
    """Something of a template's that functions do without on this machine.

    Attributes
    ----------
    name : str
        An environment variable, or a layer.
    reason : str
        Why, as a sentence without its full stop.
    functions : tuple of str
        The names of the functions.
    """

    name: str
    reason: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Application:
    """The functions of a template that HTTP requests lead to.

    Attributes
    ----------
    functions : tuple of Function
        The functions, in the template's order.
    routes : tuple of Route
        The routes, in the template's order.
    omissions : tuple of Omission
        What only the cloud has.
    """

    functions: tuple[Function, ...]
    routes: tuple[Route, ...]
    omissions: tuple[Omission, ...] = ()
