"""The functions: their handlers, layers, limits, and the names of their settings."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING

from supertokens_lambda.settings import Settings
from supertokens_lambda_local.doctor.deployment import PREFIX, is_ours
from supertokens_lambda_local.doctor.finding import Code, Finding, named
from supertokens_lambda_local.doctor.source import (
    RECIPES,
    handler_problem,
    loads_sdk,
    packages_left_out,
    uses_toolkit,
)
from supertokens_lambda_local.gateway.source import brings_toolkit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supertokens_lambda_local.doctor.deployment import Deployment
    from supertokens_lambda_local.template.model import Function, Layer

_SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.__annotations__} | {f"{PREFIX}CONNECTION_URI"}
_SDK_TIMEOUT, _SDK_MEMORY = 5, 256
# "Improving startup performance with Lambda SnapStart": both processors, and these runtimes.
_SNAP_START = re.compile(r"python3\.(1[2-9]|[2-9]\d)|java(1[1-9]|[2-9]\d).*|dotnet([89]|\d\d)")


def check_functions(deployment: Deployment) -> Iterator[Finding]:
    """Check the template's functions that have settings of the toolkit."""
    if deployment.application is None:
        return
    ours = [function for function in deployment.application.functions if is_ours(function)]
    yield from _handlers(ours)
    yield from _layers(ours)
    yield from _recipes(ours)
    yield from _limits(ours)
    yield from _names(ours)


def _handlers(functions: list[Function]) -> Iterator[Finding]:
    for problem, names in _grouped((handler_problem(function), function.name) for function in functions):
        yield Finding(
            Code.HANDLER_MISSING,
            f"Lambda does not find the handler of {named(names)}: {problem}.",
            "Correct CodeUri and Handler, which is <file without .py>.<function>.",
            names,
        )


def _layers(functions: list[Function]) -> Iterator[Finding]:
    without = tuple(each.name for each in functions if uses_toolkit(each) and not brings_toolkit(each))
    if without:
        yield Finding(
            Code.LAYER_MISSING,
            f"{named(without)} import supertokens_lambda, which is in none of their layers: they do not start."
            if len(without) > 1
            else f"{without[0]} imports supertokens_lambda, which is in none of its layers: it does not start.",
            "Add the session layer to Layers, best in Globals, or supertokens-lambda to requirements.txt.",
            without,
        )
    pairs = [(layer, each) for each in functions for layer in each.its_layers]
    processors = ((layer, layer.architectures, each.architecture, each.name) for layer, each in pairs)
    for problem, names in _unlike("Architectures", processors):
        yield Finding(
            Code.LAYER_ARCHITECTURE,
            f"The layer of {named(names)} has another processor: {problem}.",
            "Give both one architecture: a layer with compiled parts fails on the other.",
            names,
        )
    runtimes = ((layer, layer.runtimes, each.runtime, each.name) for layer, each in pairs)
    for problem, names in _unlike("Runtime", runtimes):
        yield Finding(
            Code.LAYER_RUNTIME,
            f"The layer of {named(names)} has another runtime: {problem}.",
            "Set Runtime to one of the layer's: its compiled parts are of that Python alone.",
            names,
        )


def _unlike(
    name: str, compared: Iterable[tuple[Layer, tuple[str, ...], str, str]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return where a function's property is none of those that a layer is for, each with the functions concerned."""
    return _grouped(
        (f"{layer.name} is for {', '.join(offered)}, {name} is {own}", function)
        for layer, offered, own, function in compared
        if offered and own and own not in offered
    )


def _recipes(functions: list[Function]) -> Iterator[Finding]:
    folders = dict.fromkeys(folder for each in functions for folder in each.layers)
    for folder in folders:
        for package in packages_left_out(folder):
            yield Finding(
                Code.LAYER_WITHOUT_PACKAGE,
                f"{RECIPES} of the layer {folder.name} has a recipe that needs {package}, which the layer leaves out: "
                "no function that loads SuperTokens' SDK starts.",
                f"Build the layer by `supertokens-lambda layer`, or add {package} to its requirements.txt.",
            )


def _limits(functions: list[Function]) -> Iterator[Finding]:
    with_sdk = [function for function in functions if loads_sdk(function)]
    if slow := tuple(each.name for each in with_sdk if each.timeout < _SDK_TIMEOUT):
        yield Finding(
            Code.SDK_TIMEOUT,
            f"{named(slow)}: Timeout is under {_SDK_TIMEOUT} s, and SuperTokens' SDK with a call to the core may take "
            "longer.",
            "Set Timeout to 10, as the sample's template.yaml does.",
            slow,
        )
    if small := tuple(each.name for each in with_sdk if each.memory_size < _SDK_MEMORY):
        yield Finding(
            Code.SDK_MEMORY,
            f"{named(small)}: MemorySize is under {_SDK_MEMORY} MB, with which SuperTokens' SDK takes seconds to load.",
            "Set MemorySize to 512, as the sample's template.yaml does.",
            small,
        )
    refused = (
        (each.runtime, each.name)
        for each in functions
        if each.snap_start and each.runtime and not _SNAP_START.fullmatch(each.runtime)
    )
    for runtime, names in _grouped(refused):
        yield Finding(
            Code.SNAP_START_UNSUPPORTED,
            f"{named(names)}: the runtime {runtime} has no SnapStart, and CloudFormation refuses it.",
            "Set Runtime to python3.12 or newer, or leave SnapStart out.",
            names,
        )


def _names(functions: list[Function]) -> Iterator[Finding]:
    misspelt = (
        (variable, function.name)
        for function in functions
        for variable in (*function.environment, *function.unset)
        if variable.startswith(PREFIX) and variable not in _SETTINGS
    )
    for variable, names in _grouped(misspelt):
        for nearest in get_close_matches(variable, _SETTINGS, n=1, cutoff=0.8):
            yield Finding(
                Code.SETTING_MISSPELT,
                f"{named(names)}: there is no setting {variable}, so it is ignored.",
                f"Is {nearest} meant?",
                names,
            )


def _grouped(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for problem, name in pairs:
        if problem and name not in found[problem]:
            found[problem].append(name)
    return ((problem, tuple(names)) for problem, names in found.items() if names)
