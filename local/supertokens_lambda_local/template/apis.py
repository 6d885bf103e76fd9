"""The routes of a SAM template's APIs, in functions' events and in the APIs' own definitions."""

from collections.abc import Iterator, Mapping
from typing import Any

from supertokens_lambda_local.template.access import NO_AUTHORIZER, Access, Omit
from supertokens_lambda_local.template.application import (
    ANY_METHOD,
    DEFAULT_ROUTE,
    DEFAULT_STAGE,
    Backend,
    Door,
    Route,
)
from supertokens_lambda_local.template.cloudformation import section
from supertokens_lambda_local.template.document import HTTP_API, REST_API, Document

# The API that SAM makes for events that name none has this stage.
_IMPLICIT_REST_STAGE = "Prod"
_ANY_METHODS = {"ANY", "*", "X-AMAZON-APIGATEWAY-ANY-METHOD"}
_INTEGRATION = "x-amazon-apigateway-integration"
# What an integration's parameters say of a header that the backend gets, at HTTP APIs and at REST APIs.
_HEADER_PARAMETERS = ("overwrite:header.", "append:header.", "integration.request.header.")


class Apis:
    """Reads routes.

    Parameters
    ----------
    document : Document
        The template.
    omit : callable
        Told the name of what cannot be on this machine, why, and whose it is.
    """

    def __init__(self, document: Document, omit: Omit) -> None:
        self._document = document
        self._access = Access(document, omit)

    def routes_of(self, function: str, properties: Mapping[str, Any]) -> Iterator[Route]:
        """Give the routes that lead to a function.

        Raises
        ------
        TemplateError
            If one of them is malformed.
        """
        if properties.get("FunctionUrlConfig"):
            yield Route(ANY_METHOD, DEFAULT_ROUTE, "function-url", DEFAULT_STAGE, function)
        with self._document.at(function):
            events = section(properties, "Events")
            for event_name, event in events.items():
                kind = section(events, event_name).get("Type")
                place = f"{function}: Events.{event_name}"
                if kind == "HttpApi":
                    yield self._http_api_route(place, function, section(event, "Properties"))
                elif kind == "Api":
                    yield self._rest_api_route(place, function, section(event, "Properties"))

    def backend_routes(self) -> Iterator[tuple[str, Route]]:
        """Give the routes of the APIs' own definitions that lead to a server, and the name of each API.

        Raises
        ------
        TemplateError
            If one of them is malformed.
        """
        for kind in (HTTP_API, REST_API):
            for name in self._document.names(kind):
                api = self._document.properties(name)
                with self._document.at(name, "DefinitionBody"):
                    paths = section(section(api, "DefinitionBody"), "paths")
                    for path, operations in paths.items():
                        for method, operation in section(paths, path).items():
                            integration = section(section(operations, method), _INTEGRATION)
                            if str(integration.get("type")).lower() == "http_proxy":
                                yield name, self._backend_route(name, kind, api, path, method, operation)

    def _http_api_route(self, place: str, function: str, properties: Mapping[str, Any]) -> Route:
        api = self._api(HTTP_API, properties.get("ApiId"))
        path = self._document.setting(place, properties, "Path", DEFAULT_ROUTE)
        version = self._document.setting(place, properties, "PayloadFormatVersion", "2.0")
        if version not in {"1.0", "2.0"}:
            raise self._document.error(place, f"PayloadFormatVersion is {version}, neither 1.0 nor 2.0")
        return Route(
            method=self._method(place, properties, ANY_METHOD if path == DEFAULT_ROUTE else None),
            path=self._path(place, path),
            door="http-api-2.0" if version == "2.0" else "http-api-1.0",
            stage=self._document.setting(place, api, "StageName", DEFAULT_STAGE),
            function=function,
            authorizer=self._access.authorizer(place, api, section(properties, "Auth").get("Authorizer")),
        )

    def _rest_api_route(self, place: str, function: str, properties: Mapping[str, Any]) -> Route:
        api = self._api(REST_API, properties.get("RestApiId"))
        with self._document.at(place, "BinaryMediaTypes"):
            types = self._document.resolver.value(api.get("BinaryMediaTypes") or [])
        return Route(
            method=self._method(place, properties),
            path=self._path(place, self._document.setting(place, properties, "Path")),
            door="rest-api",
            stage=self._document.setting(place, api, "StageName", _IMPLICIT_REST_STAGE),
            function=function,
            # CloudFormation wants a slash written as ~1 there.
            binary_media_types=tuple(str(media_type).replace("~1", "/") for media_type in types),
            authorizer=self._access.authorizer(place, api, section(properties, "Auth").get("Authorizer")),
            gateway_responses=self._access.gateway_responses(place, api),
        )

    def _backend_route(
        self, name: str, kind: str, api: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
    ) -> Route:
        place = f"{name}: {method} {path}"
        integration = section(operation, _INTEGRATION)
        door: Door = "rest-api" if kind == REST_API else "http-api-2.0"
        requirements = operation.get("security")
        chosen = None if requirements is None else next((name for one in requirements for name in one), NO_AUTHORIZER)
        return Route(
            method=self._any_or(method),
            path=self._path(place, path),
            door=door,
            stage=self._document.setting(
                name, api, "StageName", _IMPLICIT_REST_STAGE if kind == REST_API else DEFAULT_STAGE
            ),
            function="",
            authorizer=self._access.authorizer(place, api, chosen),
            backend=Backend(
                uri=self._document.setting(place, integration, "uri"),
                method=self._any_or(self._document.setting(place, integration, "httpMethod", ANY_METHOD)),
                headers=self._backend_headers(place, integration),
            ),
            gateway_responses=self._access.gateway_responses(place, api) if kind == REST_API else {},
        )

    def _backend_headers(self, place: str, integration: Mapping[str, Any]) -> dict[str, str]:
        with self._document.at(place, "requestParameters"):
            parameters = self._document.resolver.value(section(integration, "requestParameters"))
        return {
            name.removeprefix(prefix).lower(): str(value).removeprefix("$")
            for name, value in parameters.items()
            for prefix in _HEADER_PARAMETERS
            if name.startswith(prefix)
        }

    def _api(self, resource_type: str, node: Any) -> Mapping[str, Any]:
        name = node.get("Ref") if isinstance(node, dict) else None
        if name is not None and self._document.type_of(name) == resource_type:
            return self._document.properties(name)
        return self._document.with_globals(resource_type, {})

    def _method(self, place: str, properties: Mapping[str, Any], default: str | None = None) -> str:
        return self._any_or(self._document.setting(place, properties, "Method", default))

    def _any_or(self, method: str) -> str:
        return ANY_METHOD if method.upper() in _ANY_METHODS else method.upper()

    def _path(self, place: str, path: str) -> str:
        if path != DEFAULT_ROUTE and not path.startswith("/"):
            raise self._document.error(place, f"Path {path} does not begin with a slash")
        return path
