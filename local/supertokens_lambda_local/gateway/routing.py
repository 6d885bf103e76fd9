"""The choice of a route, as by API Gateway ("Create routes for HTTP APIs in API Gateway")."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.template.api_model import ANY_METHOD, DEFAULT_ROUTE, DEFAULT_STAGE, Route

_EXACT, _VARIABLE, _GREEDY, _DEFAULT = range(4)


@dataclass(frozen=True)
class Match:
    """A route that a request leads to.

    Attributes
    ----------
    route : Route
        The route.
    path : str
        The path that was matched: without the stage, encoded for a REST API, decoded for an HTTP API.
    path_parameters : mapping of str to str
        What the route's variables stand for: encoded for a REST API, decoded for an HTTP API.
    """

    route: Route
    path: str
    path_parameters: Mapping[str, str]


class Router:
    """Finds the route of a request among those of the APIs of an application.

    The first API is found at any host, and each of them at `host_of` its name. As at an API's default endpoint, a named
    stage is the first segment of each path; it may be left out where the template maps a custom domain to it. A
    function's own URL is found by the name of its host.

    Parameters
    ----------
    routes : collection of Route
        The routes.
    """

    def __init__(self, routes: Collection[Route]) -> None:
        self._by_host: dict[str, list[Route]] = {}
        for route in routes:
            self._by_host.setdefault(route.host or host_of(route.api), []).append(route)
        self._first = next((found for found in self._by_host.values() if not found[0].host), [])

    def match(self, request: HttpRequest) -> Match | None:
        """Return the route of a request and its path parameters, or None."""
        routes = self._routes(request)
        if not routes:
            return None
        if routes[0].host:
            return Match(routes[0], request.raw_path, {})
        path = request.raw_path if routes[0].is_rest else request.decoded_path
        for stage in dict.fromkeys(route.stage for route in routes if route.stage != DEFAULT_STAGE):
            if path == f"/{stage}" or path.startswith(f"/{stage}/"):
                return best([route for route in routes if route.stage == stage], request.method, path[len(stage) + 1 :])
        without = [route for route in routes if route.stage == DEFAULT_STAGE or route.at_domain]
        return best(without, request.method, path)

    def api_of(self, request: HttpRequest) -> str:
        """Return the name of the API that a request is for, whether or not it has a route; empty if there is none."""
        return next((route.api for route in self._routes(request)), "")

    def refuses_as_rest(self, request: HttpRequest) -> bool:
        """Check whether it is a REST API that answers a request without a route."""
        return any(route.is_rest for route in self._routes(request))

    def _routes(self, request: HttpRequest) -> list[Route]:
        return self._by_host.get(request.host.lower(), self._first)


def host_of(api: str) -> str:
    """Return the name that an API is found at; browsers take any name in localhost for this machine."""
    return f"{api.lower().replace('/', '-')}.localhost" if api else "localhost"


def best(routes: Collection[Route], method: str, path: str) -> Match | None:
    """Return the most specific route of an API's, whatever their stage, for a path without one."""
    fits = [
        (fit.ranks, route.method == ANY_METHOD, Match(route, path or "/", fit.parameters))
        for route in routes
        if (fit := _fit(route.path, path or "/", rest=route.is_rest))
    ]
    if fits and fits[0][2].route.is_rest:
        # A REST API chooses the resource by the path alone; a method that it lacks is not looked for elsewhere.
        lowest = min(ranks for ranks, _, _ in fits)
        fits = [fit for fit in fits if fit[0] == lowest]
    fits = [fit for fit in fits if fit[2].route.method in {method, ANY_METHOD}]
    return min(fits, key=lambda fit: fit[:2])[2] if fits else None


class _Fit(NamedTuple):
    ranks: tuple[int, ...]
    parameters: dict[str, str]


def _fit(template: str, path: str, *, rest: bool) -> _Fit | None:
    """Return how a path fits that of a route; lower ranks, segment by segment, are more specific."""
    if template == DEFAULT_ROUTE:
        return _Fit((_DEFAULT,), {})
    wanted, given = _segments(template), _segments(path)
    ranks: list[int] = []
    parameters: dict[str, str] = {}
    for index, segment in enumerate(wanted):
        value = given[index] if index < len(given) else ""
        if segment.endswith("+}"):
            value = "/".join(given[index:])
            given = given[: index + 1]
        if segment.startswith("{") and value:
            parameters[segment.strip("{+}")] = value
            ranks.append(_GREEDY if segment.endswith("+}") else _VARIABLE)
        elif index < len(given) and segment == (unquote(value) if rest else value):
            ranks.append(_EXACT)
        else:
            return None
    return _Fit(tuple(ranks), parameters) if len(given) == len(wanted) else None


def _segments(path: str) -> list[str]:
    # Both kinds of API lead /pets/ where they lead /pets; the event tells the difference.
    return [] if path in {"", "/"} else path.removeprefix("/").removesuffix("/").split("/")
