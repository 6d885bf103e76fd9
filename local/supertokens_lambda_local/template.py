"""Reads a SAM template into an `Application` ("AWS Serverless Application Model (AWS SAM) specification")."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from supertokens_lambda_local.application import (
    ANY_METHOD,
    DEFAULT_ROUTE,
    DEFAULT_STAGE,
    Application,
    Function,
    Omission,
    Route,
)
from supertokens_lambda_local.cloudformation import MalformedValueError, UnknownValueError, section
from supertokens_lambda_local.document import Document
from supertokens_lambda_local.errors import TemplateError

_FUNCTION = "AWS::Serverless::Function"
_LAYER = "AWS::Serverless::LayerVersion"
_HTTP_API = "AWS::Serverless::HttpApi"
_REST_API = "AWS::Serverless::Api"
# The API that SAM makes for events that name none has this stage.
_IMPLICIT_REST_STAGE = "Prod"
_ANY_METHODS = {"ANY", "*", "X-AMAZON-APIGATEWAY-ANY-METHOD"}


def read_template(file: Path, parameters: Mapping[str, str] | None = None) -> Application:
    """Read the functions of a template that HTTP requests lead to, and their routes.

    Parameters
    ----------
    file : Path
        The template; the folders it names are relative to its own.
    parameters : mapping of str to str, optional
        Values of the template's parameters, instead of their defaults.

    Raises
    ------
    TemplateError
        If the file cannot be read, is no SAM template, or has a function with HTTP events that cannot run here.
    """
    return _Reader(Document(file.resolve(), parameters or {})).application()


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._omitted: dict[tuple[str, str], list[str]] = {}

    def application(self) -> Application:
        functions: list[Function] = []
        routes: dict[tuple[str, str, str], Route] = {}
        for name in self._document.names(_FUNCTION):
            properties = self._document.properties(name)
            own_routes = list(self._routes(name, properties))
            if own_routes:
                functions.append(self._function(name, properties))
            for route in own_routes:
                other = routes.setdefault((route.door.partition("-")[0], route.stage, route.host + route.key), route)
                if other is not route:
                    raise self._error(name, f"{route.key} leads to {other.function} already")
        if not routes:
            raise self._error("", "no function has an event of type HttpApi or Api, or a FunctionUrlConfig")
        omissions = (Omission(what, why, tuple(names)) for (what, why), names in self._omitted.items())
        return Application(tuple(functions), tuple(routes.values()), tuple(omissions))

    def _function(self, name: str, properties: Mapping[str, Any]) -> Function:
        if "InlineCode" in properties or "ImageUri" in properties or properties.get("PackageType") == "Image":
            raise self._error(name, "only a function whose code is in a folder (CodeUri) runs on this machine")
        runtime = self._text(name, properties, "Runtime", "python")
        if not runtime.startswith("python"):
            raise self._error(name, f"Runtime {runtime} does not run on this machine, only Python does")
        return Function(
            name=name,
            code_uri=self._folder(name, properties, "CodeUri"),
            handler=self._text(name, properties, "Handler"),
            layers=tuple(self._layers(name, properties)),
            environment=dict(self._environment(name, properties)),
            timeout=self._number(name, properties, "Timeout", 3),
            memory_size=int(self._number(name, properties, "MemorySize", 128)),
        )

    def _environment(self, name: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        with self._document.at(name, "Environment"):
            variables = section(self._document.resolver.chosen(section(properties, "Environment")), "Variables")
            for variable, node in self._document.resolver.chosen(variables).items():
                try:
                    yield variable, self._document.text(node)
                except UnknownValueError as unknown:
                    self._omitted.setdefault((variable, str(unknown)), []).append(name)
                except MalformedValueError as malformed:
                    raise MalformedValueError(f"{variable}: {malformed}") from None

    def _layers(self, name: str, properties: Mapping[str, Any]) -> Iterator[Path]:
        for node in properties.get("Layers") or []:
            layer = node.get("Ref") if isinstance(node, dict) else None
            if layer is not None and self._document.type_of(layer) == _LAYER:
                folder = self._folder(layer, self._document.properties(layer), "ContentUri")
                # A layer is unpacked into /opt, and Python finds /opt/python.
                yield from (place for place in (folder, folder / "python") if place.is_dir())
            else:
                told = f"the layer {layer}" if layer else "a layer that is no resource of the template"
                self._omitted.setdefault((told, "it is in the cloud"), []).append(name)

    def _routes(self, name: str, properties: Mapping[str, Any]) -> Iterator[Route]:
        if properties.get("FunctionUrlConfig"):
            yield Route(ANY_METHOD, DEFAULT_ROUTE, "function-url", DEFAULT_STAGE, name)
        with self._document.at(name):
            events = section(properties, "Events")
            for event_name, event in events.items():
                kind = section(events, event_name).get("Type")
                if kind == "HttpApi":
                    yield self._http_api_route(name, event_name, section(event, "Properties"))
                elif kind == "Api":
                    yield self._rest_api_route(name, event_name, section(event, "Properties"))

    def _http_api_route(self, function: str, event: str, properties: Mapping[str, Any]) -> Route:
        api = self._api(_HTTP_API, properties.get("ApiId"))
        place = f"{function}: Events.{event}"
        path = self._text(place, properties, "Path", DEFAULT_ROUTE)
        version = self._text(place, properties, "PayloadFormatVersion", "2.0")
        if version not in {"1.0", "2.0"}:
            raise self._error(place, f"PayloadFormatVersion is {version}, neither 1.0 nor 2.0")
        return Route(
            method=self._method(place, properties, ANY_METHOD if path == DEFAULT_ROUTE else None),
            path=self._path(place, path),
            door="http-api-2.0" if version == "2.0" else "http-api-1.0",
            stage=self._text(place, api, "StageName", DEFAULT_STAGE),
            function=function,
        )

    def _rest_api_route(self, function: str, event: str, properties: Mapping[str, Any]) -> Route:
        api = self._api(_REST_API, properties.get("RestApiId"))
        place = f"{function}: Events.{event}"
        with self._document.at(place, "BinaryMediaTypes"):
            types = self._document.resolver.value(api.get("BinaryMediaTypes") or [])
        return Route(
            method=self._method(place, properties),
            path=self._path(place, self._text(place, properties, "Path")),
            door="rest-api",
            stage=self._text(place, api, "StageName", _IMPLICIT_REST_STAGE),
            function=function,
            # CloudFormation wants a slash written as ~1 there.
            binary_media_types=tuple(str(media_type).replace("~1", "/") for media_type in types),
        )

    def _api(self, resource_type: str, node: Any) -> Mapping[str, Any]:
        name = node.get("Ref") if isinstance(node, dict) else None
        if name is not None and self._document.type_of(name) == resource_type:
            return self._document.properties(name)
        return self._document.with_globals(resource_type, {})

    def _method(self, place: str, properties: Mapping[str, Any], default: str | None = None) -> str:
        method = self._text(place, properties, "Method", default).upper()
        return ANY_METHOD if method in _ANY_METHODS else method

    def _path(self, place: str, path: str) -> str:
        if path != DEFAULT_ROUTE and not path.startswith("/"):
            raise self._error(place, f"Path {path} does not begin with a slash")
        return path

    def _folder(self, place: str, properties: Mapping[str, Any], name: str) -> Path:
        folder = self._document.file.parent / self._text(place, properties, name, ".")
        if not folder.is_dir():
            raise self._error(place, f"{name} {folder} is not a folder")
        return folder.resolve()

    def _number(self, place: str, properties: Mapping[str, Any], name: str, default: int) -> float:
        text = self._text(place, properties, name, str(default))
        if not text.isdecimal() or int(text) == 0:
            raise self._error(place, f"{name} is {text}, not a whole number from 1")
        return int(text)

    def _text(self, place: str, properties: Mapping[str, Any], name: str, default: str | None = None) -> str:
        if name not in properties:
            if default is None:
                raise self._error(place, f"{name} is missing")
            return default
        with self._document.at(place, name):
            return self._document.text(properties[name])

    def _error(self, place: str, problem: str) -> TemplateError:
        return TemplateError(self._document.file, place, problem)
