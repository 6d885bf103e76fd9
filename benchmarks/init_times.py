"""The start of a function, as the runtime interface emulator of AWS reports it, with the layer of `sam build`."""

import http.client
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.catalogue import HERE
from benchmarks.core import API_DOMAIN
from benchmarks.events import with_cookies
from benchmarks.figures import Sample

ROOT = HERE.parent
_TOOLS = ROOT / ".venv/bin"
_MADE = ROOT / ".venv/bench/lambda"
_INVOKE = "/2015-03-31/functions/function/invocations"
_REPORT = re.compile(rb"INIT REPORT\(durationMs: ([0-9.]+)\)")
# Of the layer's Makefile.
_TARGETS = {"x86_64": "build-SessionLayerX86", "aarch64": "build-SessionLayer"}
# All of the layer that a guarded page loads.
_PAGE = ("supertokens_lambda", "cryptography", "_cffi_backend*", "typing_extensions*")
GUARDED_PAGE, REFRESH = "guarded page", "refresh function"
# By the folder of the function: what it is, what its first request asks for, and whether with a session.
_SAMPLE = {
    "account": ("pages of an account, by Powertools", "/account", True),
    "auth": ("auth function", "/auth/session/refresh", False),
    "dashboard": (GUARDED_PAGE, "/dashboard", True),
    "home": ("page that anybody may see", "/", True),
    "not_found": ("page for unknown addresses", "/nowhere", False),
    "refresh_session": (REFRESH, "/auth/session/refresh", False),
    "reports": ("FastAPI behind the toolkit's guard", "/reports/a", True),
    "sign_in": ("sign-in form", "/auth", False),
}
_EMULATORS = {"x86_64": "aws-lambda-rie-x86_64", "aarch64": "aws-lambda-rie-arm64"}


class MissingError(Exception):
    """What these measurements want and is not here."""


@dataclass(frozen=True)
class Function:
    """A function on Lambda.

    Attributes
    ----------
    label : str
        What it is.
    folder : Path
        Its code.
    handler : str
        As in a template.
    packages : tuple of str
        The folders of its packages, beside those of the runtime.
    event : dict
        Of its first request.
    init, first_answer : list of float
        Seconds: until it is ready, and from there to the answer.
    """

    label: str
    folder: Path
    handler: str
    packages: tuple[str, ...]
    event: dict[str, Any]
    init: list[float] = field(default_factory=list)
    first_answer: list[float] = field(default_factory=list)


def measure(core_url: str, token: str, rounds: int) -> list[Function]:
    """Start each function anew, in turns.

    Raises
    ------
    MissingError
        There is no Python 3.13, no emulator for this machine, or nothing to build the layer by.
    """
    python, emulator = _prepare()
    page = with_cookies(token)
    functions = [
        Function("nothing but the runtime client", ROOT, "benchmarks.subjects.empty.handler", (), page),
        *_of_the_sample(token),
        Function(f"{GUARDED_PAGE}, a separate layer", ROOT / "functions/dashboard", "app.handler", ("page",), page),
        Function("FastAPI + Mangum", ROOT, "benchmarks.subjects.fastapi_mangum.handler", ("peer",), page),
    ]
    for _ in range(rounds):
        for function in functions:
            # The site-packages of this machine do not exist on Lambda.
            _start(function, [emulator, python, "-S", "-m", "awslambdaric", function.handler], core_url)
    return functions


def _of_the_sample(token: str) -> Iterator[Function]:
    for app in sorted((ROOT / "functions").glob("*/app.py")):
        label, path, is_signed_in = _SAMPLE.get(app.parent.name, (app.parent.name, "/", False))
        event = with_cookies(token if is_signed_in else None) | {"rawPath": path, "rawQueryString": ""}
        folder = _MADE / app.parent.name if app.with_name("Makefile").exists() else app.parent
        yield Function(label, folder, "app.handler", ("layer/python",), event)


def table(functions: list[Function]) -> str:
    """Write the figures as Markdown."""
    lines = ["| started by the runtime client of AWS, CPython 3.13 | init, ms | first answer, ms |", "|---|--:|--:|"]
    for function in functions:
        cells = [f"{Sample(values).median * 1e3:.0f}" for values in (function.init, function.first_answer)]
        lines.append(f"| {function.label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _start(function: Function, command: list[str | Path], core_url: str) -> None:
    emulator, *rest = command
    listen, runtime_api = _free_addresses(2)
    path = [function.folder, *(_MADE / packages for packages in function.packages), _MADE / "runtime"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "LAMBDA_TASK_ROOT": str(function.folder),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "SUPERTOKENS_CONNECTION_URI": core_url,
        "SUPERTOKENS_API_DOMAIN": API_DOMAIN,
        "SUPERTOKENS_WEBSITE_DOMAIN": API_DOMAIN,
        "POWERTOOLS_METRICS_NAMESPACE": "benchmarks",
    }
    addresses = ["--runtime-interface-emulator-address", listen, "--runtime-api-address", runtime_api]
    log = _MADE / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - the emulator of AWS
            [emulator, "--log-level", "info", *addresses, *rest], env=environment, stdout=output, stderr=output
        )
    try:
        began = time.perf_counter()
        answer = _invoke(listen, function.event)
        took = time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()
    found = _REPORT.search(log.read_bytes())
    if found is None or answer.get("statusCode") not in {200, 302, 401, 404}:
        raise MissingError(f"{function.label} does not answer")
    function.init.append(float(found[1]) / 1e3)
    function.first_answer.append(took - function.init[-1])


def _invoke(address: str, event: Mapping[str, Any]) -> dict[str, Any]:
    host, port = address.split(":")
    for _ in range(500):
        try:
            with socket.create_connection((host, int(port))):
                break
        except ConnectionRefusedError:
            time.sleep(0.01)
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request("POST", _INVOKE, json.dumps(event))
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    return answer


def _prepare() -> tuple[str, Path]:
    """Create the folders of packages; return the Python of the functions and the emulator."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _TARGETS:
        raise MissingError("the emulator is for Linux on arm64 or x86_64")
    emulator = next((ROOT / ".venv").glob(f"lib/python*/site-packages/samcli/local/rapid/{_EMULATORS[machine]}"), None)
    if emulator is None:
        raise MissingError("SAM CLI, which has the emulator, is not in .venv: make .venv/test")
    python = _run(_TOOLS / "uv", "python", "find", "--no-project", "3.13").strip()
    shutil.rmtree(_MADE, ignore_errors=True)
    _run("make", "--directory", ROOT / "layers/session", _TARGETS[machine], f"ARTIFACTS_DIR={_MADE / 'layer'}")
    (_MADE / "page").mkdir()
    for pattern in _PAGE:
        for found in (_MADE / "layer/python").glob(pattern):
            copy = shutil.copytree if found.is_dir() else shutil.copy
            copy(found, _MADE / "page" / found.name)
    for folder, packages in {
        "runtime": ("awslambdaric", "boto3"),
        "peer": ("fastapi", "mangum", "supertokens-python"),
    }.items():
        _install(_MADE / folder, packages)
    for makefile in (ROOT / "functions").glob("*/Makefile"):
        name = makefile.parent.name
        _run("make", "--directory", makefile.parent, f"build-{name.title()}Function", f"ARTIFACTS_DIR={_MADE / name}")
    for code in (_MADE, ROOT / "functions", HERE / "subjects"):
        _run(python, "-m", "compileall", "-q", code)
    return python, emulator


def _install(folder: Path, packages: tuple[str, ...]) -> None:
    versions = ("--python-version", "3.13", "--constraint", ROOT / "requirements/bench.txt")
    _run(_TOOLS / "uv", "pip", "install", "--python", _TOOLS / "python", *versions, "--target", folder, *packages)


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tools
    if done.returncode != 0:
        raise MissingError(f"{Path(command[0]).name} {command[1]}: {done.stderr.strip()}")
    return done.stdout


def _free_addresses(count: int) -> list[str]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = ["{}:{}".format(*listener.getsockname()) for listener in listeners]
    for listener in listeners:
        listener.close()
    return addresses
