"""The functions of a template, with their code, layers, variables and permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.template.model import Function, Layer, Omission
from supertokens_lambda_local.template.permissions import allowed
from supertokens_lambda_local.template.sam import packaged_path
from supertokens_lambda_local.template.syntax import MalformedValueError, as_text
from supertokens_lambda_local.template.unknown import Unknown, known, listed, mapping, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from supertokens_lambda_local.template.stack import Stack

FUNCTION = "AWS::Lambda::Function"
_LAYER = "AWS::Lambda::LayerVersion"
_POINTERS = {"AWS::Lambda::Alias": "FunctionName", "AWS::Lambda::Version": "FunctionName"}


class Functions:
    """The functions of a template.

    Parameters
    ----------
    stack : Stack
        The template.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._omitted: dict[tuple[str, str], list[str]] = {}

    def all(self) -> Iterator[Function]:
        """Return the functions, in the order of the template.

        Raises
        ------
        TemplateError
            If one of them is malformed.
        """
        for name in self._stack.names(FUNCTION):
            with self._stack.at(name):
                function = self._function(name)
            yield function

    def omissions(self) -> Iterator[Omission]:
        """Return what the functions do without on this machine."""
        for (what, why), names in self._omitted.items():
            yield Omission(what, why, tuple(names))

    def _function(self, name: str) -> Function:
        folder, source, unavailable = self._code(name)
        runtime = known(self._stack.property(name, "Runtime"), "")
        handler = known(self._stack.property(name, "Handler"), "")
        if not unavailable and runtime and not str(runtime).startswith("python"):
            unavailable = f"Runtime {runtime} does not run on this machine, only Python does"
        if not isinstance(handler, str):
            raise MalformedValueError("Handler is not a string")
        layers = tuple(self._layers(name))
        with self._stack.at(name, "Environment"):
            environment, unset = self._environment(name)
        for variable, reason in unset.items():
            self._omitted.setdefault((variable, reason), []).append(name)
        return Function(
            name=name,
            code_uri=folder,
            handler=str(handler),
            layers=tuple(place for layer in layers for place in layer.folders),
            environment=environment,
            timeout=self._number(name, "Timeout", 3),
            memory_size=self._number(name, "MemorySize", 128),
            source=source,
            unavailable=unavailable,
            runtime=str(runtime),
            architecture=self._architecture(name),
            snap_start=known(self._stack.property(name, "SnapStart", "ApplyOn"), "None") != "None",
            its_layers=layers,
            literals=frozenset(
                variable
                for variable, node in mapping(self._stack.node(name, "Environment", "Variables")).items()
                if isinstance(node, str) and "{{resolve:" not in node
            ),
            references=dict(self._references(name)),
            unset=unset,
            actions=allowed(self._stack, name),
        )

    def _code(self, name: str) -> tuple[Path, str, str]:
        """Return the folder of a function's code, its source if that is inline, and why it is not available."""
        here = self._stack.file.parent
        code = self._stack.property(name, "Code")
        if isinstance(code, str):
            code = {"S3Bucket": "", "S3Key": ""} if "://" in code else {"Path": here / code}
        code = mapping(code)
        if "ImageUri" in code or known(self._stack.property(name, "PackageType")) == "Image":
            return here, "", "its code is an image"
        if "ZipFile" in code:
            source = code["ZipFile"]
            return here, known(source, ""), source.reason if isinstance(source, Unknown) else ""
        path = code.get("Path") or packaged_path(code.get("S3Bucket"), code.get("S3Key"))
        if path is None:
            return here, "", "its code is in the cloud"
        if path.is_file():
            return here, "", f"its code is an archive, {path.name}"
        return path.resolve(), "", ""

    def _environment(self, name: str) -> tuple[dict[str, str], dict[str, str]]:
        variables = self._stack.node(name, "Environment", "Variables")
        if not isinstance(variables, dict) or any(str(key).startswith("Fn::") for key in variables):
            variables = self._stack.property(name, "Environment", "Variables")
        if isinstance(variables, Unknown):
            return {}, {"the environment variables": variables.reason}
        if not isinstance(variables, dict | None):
            raise MalformedValueError("Variables is not a map")
        environment: dict[str, str] = {}
        unset: dict[str, str] = {}
        for variable, node in (variables or {}).items():
            try:
                value = self._stack.values.value(node)
            except MalformedValueError as malformed:
                raise MalformedValueError(f"{variable}: {malformed}") from None
            if isinstance(value, Unknown):
                unset[variable] = value.reason
            elif value is None or isinstance(value, list | dict):
                raise MalformedValueError(f"{variable}: is not a string")
            else:
                environment[str(variable)] = as_text(value)
        return environment, unset

    def _references(self, name: str) -> Iterator[tuple[str, str]]:
        for variable, value in mapping(self._stack.property(name, "Environment", "Variables")).items():
            text = text_of(value)
            resource = text[2:].partition("}")[0].partition(".")[0] if text.startswith("${") else ""
            if isinstance(value, Unknown) and self._stack.type_of(resource):
                yield variable, resource

    def _layers(self, name: str) -> Iterator[Layer]:
        layers = self._stack.property(name, "Layers")
        if isinstance(layers, Unknown):
            self._omitted.setdefault(("the layers", layers.reason), []).append(name)
        for node in self._layer_nodes(name):
            with self._stack.at(name, "Layers"):
                value = self._stack.values.value(node)
            layer = self._stack.resource_of(value, _LAYER)
            found = self._layer(layer) if layer else Layer(text_of(value).strip("${}"))
            if not found.folders:
                self._omit_layer(name, value, layer, found)
            yield found

    def _layer_nodes(self, name: str) -> list[Any]:
        nodes = self._stack.node(name, "Layers")
        if isinstance(nodes, list):
            return nodes
        return listed(self._stack.property(name, "Layers"))

    def _omit_layer(self, name: str, value: Any, layer: str | None, found: Layer) -> None:
        if isinstance(value, Unknown) and not value.text:
            what, why = "a layer", value.reason
        elif isinstance(value, Unknown) and layer is None and value.text.startswith("${"):
            what, why = f"the layer {found.name}", "it is in the cloud"
        elif layer:
            what, why = f"the layer {found.name}", "its code is not in a folder"
        else:
            what, why = "a layer that is no resource of the template", "it is in the cloud"
        self._omitted.setdefault((what, why), []).append(name)

    def _layer(self, name: str) -> Layer:
        content = self._stack.property(name, "Content")
        if isinstance(content, str) and "://" not in content:
            path: Path | None = self._stack.file.parent / content
        else:
            path = packaged_path(mapping(content).get("S3Bucket"), mapping(content).get("S3Key"))
        folders: tuple[Path, ...] = ()
        if path is not None and path.is_dir():
            # A layer is unpacked into /opt, and Python finds /opt/python.
            below = path.resolve() / "python"
            folders = (path.resolve(), below) if below.is_dir() else (path.resolve(),)
        return Layer(
            self._stack.source_name(name),
            folders,
            _texts(self._stack.property(name, "CompatibleArchitectures")),
            _texts(self._stack.property(name, "CompatibleRuntimes")),
        )

    def _architecture(self, name: str) -> str:
        architectures = self._stack.property(name, "Architectures")
        if architectures is None:
            return "x86_64"
        return next(iter(_texts(architectures)), "")

    def _number(self, place: str, name: str, default: int) -> int:
        value = self._stack.property(place, name)
        if value is None or isinstance(value, Unknown):
            return default
        text = as_text(value)
        if not text.isdecimal() or int(text) == 0:
            raise MalformedValueError(f"{name} is {text}, not a whole number from 1")
        return int(text)


def function_of(stack: Stack, value: Any) -> str | None:
    """Return the function that a name, an ARN, or the address of an integration leads to."""
    name = stack.resource_of(value, FUNCTION, *_POINTERS)
    if name is None:
        return _by_name(stack, text_of(value))
    pointer = _POINTERS.get(str(stack.type_of(name)))
    return function_of(stack, stack.property(name, pointer)) if pointer else name


def _by_name(stack: Stack, text: str) -> str | None:
    wanted = text.partition(":function:")[2].partition("/")[0].partition(":")[0] or text
    for name in stack.names(FUNCTION):
        if wanted and wanted == stack.property(name, "FunctionName"):
            return name
    return None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in listed(value) if isinstance(item, str))
