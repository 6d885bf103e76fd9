"""The operations of APIs in one form, from OpenAPI definitions and from separate resources.

Each has an integration and an authorizer as an OpenAPI definition writes them ("OpenAPI extensions for API Gateway").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.api_model import ANY_METHOD, DEFAULT_ROUTE
from supertokens_lambda_local.template.sam import packaged_path
from supertokens_lambda_local.template.syntax import MalformedValueError, as_text, load_file
from supertokens_lambda_local.template.unknown import Unknown, as_definition, known, listed, lower_first, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from supertokens_lambda_local.template.stack import Stack

HTTP_API = "AWS::ApiGatewayV2::Api"
REST_API = "AWS::ApiGateway::RestApi"
_AUTHORIZERS = {HTTP_API: "AWS::ApiGatewayV2::Authorizer", REST_API: "AWS::ApiGateway::Authorizer"}
_ANY_METHODS = {"ANY", "*", "X-AMAZON-APIGATEWAY-ANY-METHOD"}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
_EXTENSION = "x-amazon-apigateway-"


@dataclass(frozen=True)
class Operation:
    """A method of a path.

    Attributes
    ----------
    method, path : str
        As in `Route`.
    integration : mapping or Unknown
        As in ``x-amazon-apigateway-integration``; empty if there is none.
    authorizer : mapping or None
        As in ``x-amazon-apigateway-authorizer``, with the name of the scheme and of its header.
    """

    method: str
    path: str
    integration: Mapping[str, Any] | Unknown
    authorizer: Mapping[str, Any] | None = None


def any_or(method: Any) -> str:
    """Return a method as routes have it.

    Raises
    ------
    MalformedValueError
        If it is not a string.
    """
    if not isinstance(method, str):
        raise MalformedValueError("a method is not a string")
    return ANY_METHOD if method.upper() in _ANY_METHODS else method.upper()


class Definition:
    """An API with all that defines it.

    Parameters
    ----------
    stack : Stack
        The template.
    name : str
        The API's logical id.

    Attributes
    ----------
    body : mapping
        Its OpenAPI definition, empty if it has none.
    unknown : str
        Why not all of it is known, as the end of a sentence; empty if it is.

    Raises
    ------
    TemplateError
        If it is malformed.
    """

    def __init__(self, stack: Stack, name: str) -> None:
        self._stack, self._name = stack, name
        self._type = str(stack.type_of(name))
        self.unknown = ""
        self.body = self._body()

    def operations(self) -> Iterator[Operation]:
        """Return the operations of the definition, then those of the API's own resources."""
        paths = self.body.get("paths", {})
        if isinstance(paths, Unknown):
            self.unknown = paths.reason
        elif not isinstance(paths, dict):
            raise MalformedValueError("paths is not a map")
        for path, item in mapping(paths).items():
            for method, operation in mapping(item).items():
                if method.upper() in _METHODS | _ANY_METHODS or path == f"/{DEFAULT_ROUTE}":
                    yield self._operation(method, path, operation)
            if isinstance(item, Unknown):
                self.unknown = item.reason
        yield from self._routes() if self._type == HTTP_API else self._methods()

    def stages(self) -> list[str]:
        """Return the names of its stages."""
        types = {HTTP_API: ("AWS::ApiGatewayV2::Stage", "ApiId"), REST_API: ("AWS::ApiGateway::Stage", "RestApiId")}
        stage_type, key = types[self._type]
        found = [self._stack.property(each, "StageName") for each in self._of_this_api(stage_type, key)]
        if not found and self._type == REST_API:
            deployments = self._of_this_api("AWS::ApiGateway::Deployment", "RestApiId")
            found = [self._stack.property(each, "StageName") for each in deployments]
        if any(isinstance(stage, list | dict) for stage in found):
            raise MalformedValueError("StageName is not a string")
        return [as_text(known(stage, "")) for stage in found if stage is not None]

    def gateway_responses(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Return its gateway responses by their types."""
        for kind, response in mapping(self.body.get(f"{_EXTENSION}gateway-responses")).items():
            yield kind, mapping(response)
        for each in self._of_this_api("AWS::ApiGateway::GatewayResponse", "RestApiId"):
            response = as_definition(self._stack.property(each))
            yield str(response.get("responseType")), response

    def _body(self) -> dict[str, Any]:
        body = self._stack.property(self._name, "Body")
        if body is None:
            location = self._stack.property(self._name, "BodyS3Location")
            if location is None:
                return {}
            path = packaged_path(mapping(location).get("Bucket"), mapping(location).get("Key"))
            if isinstance(location, str) and "://" not in location:
                path = self._stack.file.parent / location
            if path is None:
                self.unknown = "its definition is in the cloud"
                return {}
            with self._stack.at(self._name):
                body = self._stack.values.value(load_file(path))
            if not isinstance(body, dict):
                raise TemplateError(self._stack.file, self._name, f"{path.name} is not an OpenAPI definition")
        if isinstance(body, Unknown):
            self.unknown = body.reason
        return mapping(body)

    def _of_this_api(self, resource_type: str, key: str) -> list[str]:
        return [
            each
            for each in self._stack.names(resource_type)
            if self._stack.resource_of(self._stack.property(each, key), self._type) == self._name
        ]

    def _operation(self, method: str, path: str, operation: Any) -> Operation:
        if isinstance(operation, Unknown):
            return Operation(any_or(method), path, operation)
        integration = mapping(operation).get(f"{_EXTENSION}integration")
        reference = str(mapping(integration).get("$ref", "")).rpartition("/")[2]
        if reference:
            named = mapping(mapping(self.body.get("components")).get(f"{_EXTENSION}integrations"))
            integration = named.get(reference)
        security = mapping(operation).get("security", self.body.get("security"))
        path = DEFAULT_ROUTE if path == f"/{DEFAULT_ROUTE}" else path
        method = ANY_METHOD if path == DEFAULT_ROUTE else any_or(method)
        unsettled = integration if isinstance(integration, Unknown) else mapping(integration)
        return Operation(method, path, unsettled, self._scheme(security))

    def _scheme(self, security: Any) -> Mapping[str, Any] | None:
        """Return the first scheme that asks for more than an API key."""
        schemes = {
            **mapping(mapping(self.body.get("components")).get("securitySchemes")),
            **mapping(self.body.get("securityDefinitions")),
        }
        found = None
        for name in (name for requirement in listed(security) for name in mapping(requirement)):
            scheme = schemes.get(name)
            if isinstance(scheme, dict):
                authorizer = mapping(scheme.get(f"{_EXTENSION}authorizer"))
                kind = str(scheme.get(f"{_EXTENSION}authtype", scheme.get("type")))
                found = found or {"name": name, "kind": kind, "header": scheme.get("name"), **authorizer}
                if authorizer:
                    return {"name": name, "kind": kind, "header": scheme.get("name"), **authorizer}
        return found

    def _routes(self) -> Iterator[Operation]:
        for each in self._of_this_api("AWS::ApiGatewayV2::Route", "ApiId"):
            target = self._stack.resource_of(self._stack.property(each, "Target"), "AWS::ApiGatewayV2::Integration")
            key = known(self._stack.property(each, "RouteKey"), "")
            method, _, path = str(key).rpartition(" ")
            integration = self._integration(target, "IntegrationType", "IntegrationUri", "IntegrationMethod")
            yield Operation(any_or(method or "ANY"), path, integration, self._own_authorizer(each))
        if (target := self._stack.property(self._name, "Target")) is not None:
            kind = "HTTP_PROXY" if str(target).startswith("http") else "AWS_PROXY"
            key = known(self._stack.property(self._name, "RouteKey"), DEFAULT_ROUTE)
            method, _, path = str(key).rpartition(" ")
            yield Operation(any_or(method or "ANY"), path, {"type": kind, "uri": target, "payloadFormatVersion": "2.0"})

    def _integration(self, name: str | None, kind: str, uri: str, method: str) -> dict[str, Any]:
        if name is None:
            return {}
        found = as_definition(self._stack.property(name))
        renamed = {"type": kind, "uri": uri, "httpMethod": method}
        return {
            **found,
            **{new: found.get(lower_first(old)) for new, old in renamed.items() if lower_first(old) in found},
        }

    def _methods(self) -> Iterator[Operation]:
        for each in self._of_this_api("AWS::ApiGateway::Method", "RestApiId"):
            path = self._path(self._stack.property(each, "ResourceId"))
            integration = as_definition(self._stack.property(each, "Integration"))
            if "integrationHttpMethod" in integration:
                integration["httpMethod"] = integration["integrationHttpMethod"]
            method = known(self._stack.property(each, "HttpMethod"), "ANY")
            if path is None:
                self.unknown = f"the path of {each} is in the cloud"
            else:
                yield Operation(any_or(method), path, integration, self._own_authorizer(each))

    def _path(self, resource: Any) -> str | None:
        name = self._stack.resource_of(resource, "AWS::ApiGateway::Resource")
        parts: list[str] = []
        while name is not None and len(parts) < 32:
            parts.append(str(known(self._stack.property(name, "PathPart"), "?")))
            resource = self._stack.property(name, "ParentId")
            name = self._stack.resource_of(resource, "AWS::ApiGateway::Resource")
        if self._stack.resource_of(resource, REST_API) != self._name:
            return None
        return "/" + "/".join(reversed(parts))

    def _own_authorizer(self, of: str) -> Mapping[str, Any] | None:
        kind = known(self._stack.property(of, "AuthorizationType"), "NONE")
        if kind == "NONE":
            return None
        name = self._stack.resource_of(self._stack.property(of, "AuthorizerId"), _AUTHORIZERS[self._type])
        if name is None:
            return {"name": kind, "kind": kind}
        found = as_definition(self._stack.property(name))
        renamed = {"type": found.get("authorizerType", found.get("type")), "name": name, "kind": kind}
        sources = str(found.get("identitySource", "")).split(".")
        header = sources[-1] if found.get("type") == "TOKEN" else None
        return {**found, **renamed, "header": header}
