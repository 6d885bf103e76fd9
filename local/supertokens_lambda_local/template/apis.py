"""The APIs of a template, and their routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.template.access import cors_of, gateway_response_of, mock_of, sources_of
from supertokens_lambda_local.template.api_model import (
    ANY_METHOD,
    DEFAULT_ROUTE,
    DEFAULT_STAGE,
    Api,
    Authorizer,
    Backend,
    EventSource,
    GatewayResponse,
    Route,
)
from supertokens_lambda_local.template.functions import function_of
from supertokens_lambda_local.template.operations import HTTP_API, REST_API, Definition, Operation
from supertokens_lambda_local.template.syntax import MalformedValueError, as_text
from supertokens_lambda_local.template.unknown import Unknown, known, listed, mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from supertokens_lambda_local.template.stack import Stack

    Omit = Callable[[str, str, str], None]

_URL = "AWS::Lambda::Url"
# What an integration's parameters say of a header that the backend gets, at HTTP APIs and at REST APIs.
_REMOVED = "remove:header."
_HEADER_PARAMETERS = ("overwrite:header.", "append:header.", _REMOVED, "integration.request.header.")
_REST_TTL = 300
_MAPPINGS = (
    ("AWS::ApiGateway::BasePathMapping", REST_API, "RestApiId", "BasePath", "AWS::ApiGateway::Stage"),
    ("AWS::ApiGatewayV2::ApiMapping", HTTP_API, "ApiId", "ApiMappingKey", "AWS::ApiGatewayV2::Stage"),
)


class Apis:
    """The APIs of a template.

    Parameters
    ----------
    stack : Stack
        The template.
    omit : callable
        Called with the name of what cannot be on this machine, why, and the place it is missing from.
    """

    def __init__(self, stack: Stack, omit: Omit) -> None:
        self._stack = stack
        self._omit = omit
        self._mapped = set(_mapped(stack))

    def all(self) -> Iterator[tuple[Api, list[Route]]]:
        """Return the APIs and the Function URLs with their routes.

        Raises
        ------
        TemplateError
            If one of them is malformed.
        """
        for name in self._stack.names(HTTP_API, REST_API):
            if known(self._stack.property(name, "ProtocolType")) != "WEBSOCKET":
                with self._stack.at(name):
                    yield self._api(name)
        for name in self._stack.names(_URL):
            function = function_of(self._stack, self._stack.property(name, "TargetFunctionArn"))
            if function is not None:
                cors = cors_of(mapping(self._stack.property(name, "Cors")))
                route = Route(ANY_METHOD, DEFAULT_ROUTE, "function-url", DEFAULT_STAGE, function, api=function)
                yield Api(function, "url", cors), [route]

    def _api(self, name: str) -> tuple[Api, list[Route]]:
        definition = Definition(self._stack, name)
        is_rest = self._stack.type_of(name) == REST_API
        operations = list(definition.operations())
        stages = definition.stages() or [DEFAULT_STAGE]
        types = listed(self._stack.property(name, "BinaryMediaTypes"))
        types += listed(definition.body.get("x-amazon-apigateway-binary-media-types"))
        # CloudFormation wants a slash written as ~1 there.
        binary = tuple(dict.fromkeys(str(each).replace("~1", "/") for each in types if isinstance(each, str)))
        responses = {kind: gateway_response_of(response) for kind, response in definition.gateway_responses()}
        routes = [
            self._route(name, operation, stage, binary if is_rest else (), responses if is_rest else {}, rest=is_rest)
            for stage in stages
            for operation in operations
        ]
        written = self._stack.property(name, "CorsConfiguration")
        if written is None:
            written = definition.body.get("x-amazon-apigateway-cors")
        unknown = definition.unknown or (written.reason if isinstance(written, Unknown) else "")
        cors = None if is_rest else cors_of(mapping(written))
        return Api(name, "rest" if is_rest else "http", cors, unknown), routes

    def _route(
        self,
        name: str,
        operation: Operation,
        stage: str,
        binary: tuple[str, ...],
        responses: Mapping[str, GatewayResponse],
        *,
        rest: bool,
    ) -> Route:
        place = f"{name}: {operation.method} {operation.path}"
        if operation.path != DEFAULT_ROUTE and not operation.path.startswith("/"):
            raise MalformedValueError(f"the path {operation.path} does not begin with a slash")
        function, backend, mock, unavailable = self._target(operation)
        return Route(
            method=operation.method,
            path=operation.path,
            event_source=_event_source(operation, rest=rest),
            stage=stage,
            function=function,
            binary_media_types=binary,
            authorizer=self._authorizer(place, operation.authorizer, rest=rest),
            backend=backend,
            gateway_responses=responses,
            api=name,
            mock=mock,
            unavailable=unavailable,
            at_domain=(name, stage) in self._mapped,
        )

    def _target(self, operation: Operation) -> tuple[str, Backend | None, GatewayResponse | None, str]:
        integration = operation.integration
        if isinstance(integration, Unknown):
            return "", None, None, integration.reason
        kind = as_text(integration.get("type", "")).lower()
        uri = integration.get("uri")
        if kind == "mock":
            return "", None, mock_of(integration), ""
        function = function_of(self._stack, uri) if kind in {"aws_proxy", "aws"} else None
        if kind == "aws_proxy" and function and not integration.get("integrationSubtype"):
            return function, None, None, ""
        if kind in {"http_proxy", "http"} and isinstance(uri, str) and "connectionId" not in integration:
            return "", Backend(uri, as_text(integration.get("httpMethod", ANY_METHOD)), _headers(integration)), None, ""
        return "", None, None, _why_nowhere(kind, uri, function)

    def _authorizer(self, place: str, scheme: Mapping[str, Any] | None, *, rest: bool) -> Authorizer | None:
        if scheme is None:
            return None
        kind = as_text(scheme.get("type", "")).lower()
        function = function_of(self._stack, scheme.get("authorizerUri"))
        if function is None or kind not in {"request", "token"}:
            what = "the API key" if scheme["kind"] == "apiKey" else f"the authorizer {scheme['name']}"
            self._omit(what, "only the template's functions authorize here", place)
            return None
        ttl = known(scheme.get("authorizerResultTtlInSeconds"), _REST_TTL if rest else 0)
        return Authorizer(
            function=function,
            identity_sources=sources_of(scheme),
            is_simple=as_text(known(scheme.get("enableSimpleResponses"), False)) == "true",
            kind="token" if kind == "token" else "request",
            format="1.0" if as_text(scheme.get("authorizerPayloadFormatVersion", "")) in {"1.0", "1"} else "2.0",
            pattern=as_text(known(scheme.get("identityValidationExpression"), "")),
            ttl=int(ttl) if as_text(ttl).isdecimal() else 0,
        )


def _mapped(stack: Stack) -> Iterator[tuple[str | None, str]]:
    """Return the APIs and stages that a custom domain is mapped to as a whole."""
    for mapping_type, api_type, key, base_path, stage_type in _MAPPINGS:
        for name in stack.names(mapping_type):
            if not known(stack.property(name, base_path), ""):
                stage = stack.property(name, "Stage")
                resource = stack.resource_of(stage, stage_type)
                found = stack.property(resource, "StageName") if resource else stage
                yield stack.resource_of(stack.property(name, key), api_type), as_text(known(found, ""))


def _event_source(operation: Operation, *, rest: bool) -> EventSource:
    if rest:
        return "rest-api"
    version = as_text(known(mapping(operation.integration).get("payloadFormatVersion"), "1.0"))
    return "http-api-2.0" if version.startswith("2") or "uri" not in mapping(operation.integration) else "http-api-1.0"


def _why_nowhere(kind: str, uri: Any, function: str | None) -> str:
    if not kind:
        return "it has no integration"
    if function:
        return "its integration maps what the function gets and gives"
    if isinstance(uri, Unknown) and kind == "aws_proxy":
        return f"its function is not in the template: {uri.reason}"
    if isinstance(uri, Unknown):
        return uri.reason
    return f"its integration of type {kind} leads to something in the cloud"


def _headers(integration: Mapping[str, Any]) -> dict[str, str]:
    return {
        # A header whose value is not there is taken out.
        name.removeprefix(prefix).lower(): "" if prefix == _REMOVED else as_text(value).removeprefix("$")
        for name, value in mapping(integration.get("requestParameters")).items()
        for prefix in _HEADER_PARAMETERS
        if name.startswith(prefix)
    }
