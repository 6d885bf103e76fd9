"""API Gateway's choice of a route ("Create routes for HTTP APIs in API Gateway")."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.template.model import ANY_METHOD, DEFAULT_ROUTE, DEFAULT_STAGE, Route

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
    """Finds the route of a request, among those of all the APIs of an application.

    An API with a named stage is found below ``/<stage>``, as at its default endpoint, and without it, as behind a
    custom domain that is mapped to that stage. A function's own URL is found by the name of its host.

    Parameters
    ----------
    routes : collection of Route
        The routes.
    """

    def __init__(self, routes: Collection[Route]) -> None:
        self._by_host = {route.host: route for route in routes if route.host}
        self._routes = tuple(route for route in routes if not route.host)
        self._stages = {(route.is_rest, route.stage): None for route in self._routes if route.stage != DEFAULT_STAGE}
        self._has_http_api = not all(route.is_rest for route in routes)

    def match(self, request: HttpRequest) -> Match | None:
        """Give the route of a request and its path parameters, or None."""
        if url := self._by_host.get(request.host.lower()):
            return Match(url, request.raw_path, {})
        plain = [(rest, None, _api_path(request, rest=rest)) for rest in (False, True)]
        for rest, stage, path in list(self._below_stages(request)) or plain:
            if match := self._best(request.method, path, rest=rest, stage=stage):
                return match
        return None

    def refuses_as_rest(self, request: HttpRequest) -> bool:
        """Tell whether it is a REST API that answers a request without a route."""
        return not self._has_http_api or any(rest for rest, _, _ in self._below_stages(request))

    def _below_stages(self, request: HttpRequest) -> Iterator[tuple[bool, str, str]]:
        for rest, stage in self._stages:
            path, prefix = _api_path(request, rest=rest), f"/{stage}"
            if path == prefix or path.startswith(f"{prefix}/"):
                yield rest, stage, path.removeprefix(prefix) or "/"

    def _best(self, method: str, path: str, *, rest: bool, stage: str | None = None) -> Match | None:
        fits = [
            (fit.ranks, route.method == ANY_METHOD, Match(route, path, fit.parameters))
            for route in self._routes
            if route.is_rest == rest and stage in {None, route.stage} and (fit := _fit(route.path, path, rest=rest))
        ]
        if rest and fits:
            # A REST API chooses the resource by the path alone; a method that it lacks is not looked for elsewhere.
            best = min(ranks for ranks, _, _ in fits)
            fits = [fit for fit in fits if fit[0] == best]
        fits = [fit for fit in fits if fit[2].route.method in {method, ANY_METHOD}]
        return min(fits, key=lambda fit: fit[:2])[2] if fits else None


class _Fit(NamedTuple):
    ranks: tuple[int, ...]
    parameters: dict[str, str]


def _fit(template: str, path: str, *, rest: bool) -> _Fit | None:
    """Lay a path over a route's; the fit of lower ranks, segment by segment, is the more specific one."""
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


def _api_path(request: HttpRequest, *, rest: bool) -> str:
    return request.raw_path if rest else request.decoded_path
