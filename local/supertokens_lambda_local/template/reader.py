"""Reads a SAM template into an `Application` ("AWS Serverless Application Model (AWS SAM) specification")."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from supertokens_lambda_local.template.apis import Apis
from supertokens_lambda_local.template.application import Application, Function, Omission, Route
from supertokens_lambda_local.template.cloudformation import MalformedValueError, UnknownValueError, section
from supertokens_lambda_local.template.document import FUNCTION, Document

_LAYER = "AWS::Serverless::LayerVersion"


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
        routes: dict[tuple[str, str, str], Route] = {}
        for place, route in self._routes():
            other = routes.setdefault((route.door.partition("-")[0], route.stage, route.host + route.key), route)
            if other is not route:
                raise self._document.error(place, f"{route.key} leads to {other.function or 'a backend'} already")
        if not routes:
            raise self._document.error("", "no function has an event of type HttpApi or Api, or a FunctionUrlConfig")
        asked = {route.function for route in routes.values()}
        asked |= {route.authorizer.function for route in routes.values() if route.authorizer}
        functions = [
            self._function(name, self._document.properties(name))
            for name in self._document.names(FUNCTION)
            if name in asked
        ]
        omissions = (Omission(what, why, tuple(names)) for (what, why), names in self._omitted.items())
        return Application(tuple(functions), tuple(routes.values()), tuple(omissions))

    def _routes(self) -> Iterator[tuple[str, Route]]:
        apis = Apis(self._document, self._omit)
        for name in self._document.names(FUNCTION):
            for route in apis.routes_of(name, self._document.properties(name)):
                yield name, route
        yield from apis.backend_routes()

    def _omit(self, name: str, reason: str, function: str) -> None:
        self._omitted.setdefault((name, reason), []).append(function)

    def _function(self, name: str, properties: Mapping[str, Any]) -> Function:
        if "InlineCode" in properties or "ImageUri" in properties or properties.get("PackageType") == "Image":
            raise self._document.error(name, "only a function whose code is in a folder (CodeUri) runs on this machine")
        runtime = self._document.setting(name, properties, "Runtime", "python")
        if not runtime.startswith("python"):
            raise self._document.error(name, f"Runtime {runtime} does not run on this machine, only Python does")
        return Function(
            name=name,
            code_uri=self._folder(name, properties, "CodeUri"),
            handler=self._document.setting(name, properties, "Handler"),
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
                    self._omit(variable, str(unknown), name)
                except MalformedValueError as malformed:
                    raise MalformedValueError(f"{variable}: {malformed}") from None

    def _layers(self, name: str, properties: Mapping[str, Any]) -> Iterator[Path]:
        with self._document.at(name, "Layers"):
            for node in properties.get("Layers") or []:
                try:
                    chosen = self._document.resolver.chosen(node)
                except UnknownValueError as unknown:
                    self._omit("a layer", str(unknown), name)
                else:
                    yield from self._layer(name, chosen)

    def _layer(self, name: str, node: Any) -> Iterator[Path]:
        layer = node.get("Ref") if isinstance(node, dict) else None
        if layer is not None and self._document.type_of(layer) == _LAYER:
            folder = self._folder(layer, self._document.properties(layer), "ContentUri")
            # A layer is unpacked into /opt, and Python finds /opt/python.
            yield from (place for place in (folder, folder / "python") if place.is_dir())
        else:
            told = f"the layer {layer}" if layer else "a layer that is no resource of the template"
            self._omit(told, "it is in the cloud", name)

    def _folder(self, place: str, properties: Mapping[str, Any], name: str) -> Path:
        folder = self._document.file.parent / self._document.setting(place, properties, name, ".")
        if not folder.is_dir():
            raise self._document.error(place, f"{name} {folder} is not a folder")
        return folder.resolve()

    def _number(self, place: str, properties: Mapping[str, Any], name: str, default: int) -> float:
        text = self._document.setting(place, properties, name, str(default))
        if not text.isdecimal() or int(text) == 0:
            raise self._document.error(place, f"{name} is {text}, not a whole number from 1")
        return int(text)
