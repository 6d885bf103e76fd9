"""What a template has already: its functions, their processors and runtimes, and whether `init` was here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.template.unknown import listed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FUNCTION = "AWS::Serverless::Function"
OURS = "SuperTokens"
RUNTIME = "python3.13"
_TRANSFORM = "AWS::Serverless-2016-10-31"
_URL_EVENT = "FunctionUrlConfig"


class Survey:
    """The functions of a template that are the application's own.

    Parameters
    ----------
    template : mapping
        The template, short tags in their long form.
    name : str
        The name of its file, for errors.

    Raises
    ------
    InitError
        It is not a template of AWS SAM.
    """

    def __init__(self, template: Mapping[str, Any], name: str) -> None:
        self._name = name
        self.template = template
        if _TRANSFORM not in listed(template.get("Transform")):
            raise InitError(f"{name}: is not a SAM template; add `Transform: {_TRANSFORM}`")
        self.resources: dict[str, Mapping[str, Any]] = {
            str(key): value
            for key, value in mapping(template.get("Resources")).items()
            if isinstance(value, dict) and isinstance(value.get("Type"), str)
        }
        self.functions = [
            key for key, value in self.resources.items() if value.get("Type") == FUNCTION and not key.startswith(OURS)
        ]
        self.globals: Mapping[str, Any] = mapping(mapping(template.get("Globals")).get("Function"))

    def own(self, function: str) -> Mapping[str, Any]:
        """Return the properties of a function, without those of Globals."""
        return mapping(self.resources[function].get("Properties"))

    def property(self, function: str, name: str) -> Any:
        """Return a property of a function, or else that of Globals."""
        return self.own(function).get(name, self.globals.get(name))

    def variable(self, name: str) -> Any:
        """Return an environment variable of all functions; None if it is not there."""
        return mapping(mapping(self.globals.get("Environment")).get("Variables")).get(name)

    def literal(self, value: Any) -> Any:
        """Return a value, or the default of the parameter that it refers to."""
        if isinstance(value, dict) and list(value) == ["Ref"]:
            parameter = mapping(mapping(self.template.get("Parameters")).get(str(value["Ref"])))
            return parameter.get("Default", value)
        return value

    def events(self, function: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Return the type and the properties of each event."""
        for event in mapping(self.own(function).get("Events")).values():
            if isinstance(event, dict):
                yield str(event.get("Type")), mapping(event.get("Properties"))

    def has_url(self, function: str) -> bool:
        """Check whether a function has a URL, and a host, of its own."""
        return self.property(function, _URL_EVENT) is not None

    def is_python(self, function: str) -> bool:
        """Check whether a function is one of Python that takes layers."""
        return not self.is_image(function) and str(self.runtime(function)).startswith("python")

    def is_image(self, function: str) -> bool:
        """Check whether a function is a container image."""
        return bool(self.literal(self.property(function, "PackageType")) == "Image")

    def runtime(self, function: str) -> Any:
        """Return the runtime of a function."""
        return self.literal(self.property(function, "Runtime"))

    def guarded(self, layer: str) -> tuple[str, ...]:
        """Return the functions that have a layer of the template."""
        return tuple(function for function in self.functions if f"'{layer}'" in str(self.own(function).get("Layers")))

    def check_guarded(self, functions: tuple[str, ...]) -> None:
        """Raise an error for a function that cannot be guarded by a decorator.

        Raises
        ------
        InitError
            It does not exist, is a container image, or is not written in Python.
        """
        for function in functions:
            if function not in self.functions:
                known = ", ".join(each for each in self.functions if self.is_python(each)) or "none"
                raise InitError(f"{self._name}: has no function {function}; those of Python are: {known}")
            if self.is_image(function):
                raise InitError(
                    f"{self._name}: {function} is a container image, which takes no layers; "
                    "install supertokens-lambda in the image, and leave out --guard"
                )
            if not self.is_python(function):
                raise InitError(
                    f"{self._name}: {function} is not written in Python; "
                    "guard it by an authorizer, and leave out --guard"
                )

    def architecture(self, functions: tuple[str, ...]) -> str:
        """Return the processor that the layer is for.

        Raises
        ------
        InitError
            Functions that share the layer have different processors, or one that only the cloud knows.
        """
        declared = [self.property(function, "Architectures") for function in functions]
        if not functions and self.functions:
            declared = [self.globals.get("Architectures")]
        found = {str(next(map(self.literal, listed(value)), "x86_64")) for value in declared} or {"arm64"}
        if len(found) > 1:
            raise InitError(
                f"{self._name}: {', '.join(functions)} have different Architectures, and share one layer; "
                "give them the same"
            )
        (architecture,) = found
        if architecture not in ("arm64", "x86_64"):
            raise InitError(
                f"{self._name}: Architectures of {', '.join(functions) or 'Globals'} is not known here; "
                "write arm64 or x86_64, or a parameter with a default"
            )
        return architecture
