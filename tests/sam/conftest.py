"""What `sam build` makes, once; and what Lambda's runtime has beside it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn, Protocol

import httpx
import pytest
from tests.support.core import Core
from tests.support.wheel import build_wheel

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# The managed runtime's own, which the layer leaves out; and of 400 services those that are asked for.
RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
SERVICES = {"dynamodb", "secretsmanager", "ssm"}
ARCHITECTURES = {"aarch64": "arm64", "x86_64": "x86_64"}


class Build(Protocol):
    """Runs `sam build`, and gives the folder of what it made.

    The template's folders may be relative to another one, and its Makefiles may use the programs of a folder.
    """

    def __call__(self, template: Path, *, relative_to: Path | None = None, programs: Path = BIN) -> Path: ...


def cannot(reason: str) -> NoReturn:
    """Skip a test that wants what this machine lacks; where it has to run, the environment says so."""
    if os.environ.get("SAM_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def run(*command: str | Path, programs: Path = BIN, **more) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def lambda_python() -> str:
    """Give the functions' Python, to compile the layer for and to run it by."""
    # As the build looks for it, but nothing is fetched for a test.
    command = [str(BIN / "uv"), "python", "find", "--no-python-downloads", "--no-project", "3.13"]
    found = subprocess.run(command, text=True, capture_output=True, check=False).stdout.strip()
    return found or cannot("there is no Python 3.13, which the functions run by")


@pytest.fixture(scope="session")
def build(lambda_python: str, tmp_path_factory: pytest.TempPathFactory) -> Build:
    cache = tmp_path_factory.mktemp("cache")

    def build(template: Path, *, relative_to: Path | None = None, programs: Path = BIN) -> Path:
        made = tmp_path_factory.mktemp("build")
        base = relative_to or template.parent
        folders = ("--base-dir", base, "--build-dir", made, "--cached", "--cache-dir", cache, "--parallel")
        run(BIN / "sam", "build", "--template", template, *folders, programs=programs)
        return made

    return build


def copy_project(into: Path) -> Path:
    """Copy what a new clone has of what `sam build` reads."""
    for name in ("layers", "local", "functions"):
        shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(ROOT / name, into)
    return into


def contents(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return the time and the bytes of every file and folder."""
    found = sorted(folder.rglob("*"))
    return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in found}


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def built(build: Build, clone: Path) -> Path:
    """Build the repository's own template in a new clone, as its first command, and change nothing there."""
    before = contents(clone)
    made = build(clone / "template.yaml")
    assert contents(clone) == before
    return made


@dataclass(frozen=True)
class InstalledCommand:
    """The wheel of the toolkit, alone in an environment, while the environment of another project is active."""

    environment: Path
    project: Path
    scratch: Path

    def __call__(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        foreign = str(self.project / "not for a build")
        environment = os.environ | {
            # Lambda's Python may be nowhere but here, where the command runs by it.
            "PATH": f"{self.project / '.venv/bin'}{os.pathsep}{os.defpath}",
            "UV_PYTHON_DOWNLOADS": "never",
            "PYTHONPATH": str(self.project),
            "TMPDIR": str(self.scratch),
            "VIRTUAL_ENV": str(self.project / ".venv"),
            **dict.fromkeys(("PIP_CONSTRAINT", "PIP_TARGET", "UV_CONSTRAINT", "UV_OVERRIDE"), foreign),
            **dict.fromkeys(("PIP_NO_BINARY", "UV_NO_BINARY", "PIP_USER", "UV_SYSTEM_PYTHON"), "1"),
        }
        command = [self.environment / "bin/supertokens-lambda", *arguments]
        return subprocess.run(command, cwd=cwd, env=environment, text=True, capture_output=True, check=False)


@pytest.fixture(scope="session")
def installed_command(lambda_python: str, tmp_path_factory: pytest.TempPathFactory) -> InstalledCommand:
    folder = tmp_path_factory.mktemp("installed")
    found = InstalledCommand(folder / "environment", folder / "another project", folder / "scratch")
    found.scratch.mkdir()
    make_unusable(found.project / ".venv/bin")
    for name in ("compileall", "ensurepip", "pip", "venv"):
        (found.project / f"{name}.py").write_text("raise AssertionError\n")
    run(BIN / "uv", "venv", "--no-project", "--python", lambda_python, found.environment)
    python = found.environment / "bin/python"
    run(BIN / "uv", "pip", "install", "--no-deps", "--python", python, build_wheel(folder))
    return found


def make_unusable(programs: Path) -> None:
    """Make programs that fail, in a folder where an environment has its own."""
    programs.mkdir(parents=True)
    for command in ("python", "python3", "python3.13", "uv", "pip"):
        (programs / command).write_text("#!/bin/sh\nexit 1\n")
        (programs / command).chmod(0o755)


@pytest.fixture(scope="session")
def every_recipe(installed_command: InstalledCommand, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the layer of an application that has every recipe, and a package more than the toolkit."""
    architecture = ARCHITECTURES.get(os.uname().machine)
    if os.uname().sysname != "Linux" or architecture is None:
        pytest.skip("the layer's wheels are for Linux on arm64 or x86_64")
    folder = tmp_path_factory.mktemp("every") / "recipe"
    shutil.copytree(Path(__file__).with_name("every_recipe"), folder)
    before = contents(installed_command.project)
    for arguments in (("--lock",), ("--into", folder.parent, "--architecture", architecture)):
        done = installed_command("layer", *arguments, cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert list(installed_command.scratch.iterdir()) == []
    assert contents(installed_command.project) == before
    return folder.parent / "python"


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder of what Lambda's runtime has for every function."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        if origin.name == "__init__.py":
            shutil.copytree(origin.parent, folder / name, ignore=_other_services)
        else:
            shutil.copy(origin, folder)
    return folder


def _other_services(folder: str, names: list[str]) -> set[str]:
    is_data = folder.endswith("botocore/data")
    return {name for name in names if is_data and Path(folder, name).is_dir() and name not in SERVICES}


@pytest.fixture(scope="session")
def alone(runtime: Path, lambda_python: str) -> Callable[..., Any]:
    """Run a script beside this one by the functions' Python, with a layer, Lambda's runtime and nothing else."""

    def run_script(
        script: str, *arguments: str | Path, given: str = "", environment: dict[str, str] | None = None
    ) -> Any:
        done = subprocess.run(
            [lambda_python, "-I", "-S", "-W", "error", Path(__file__).with_name(script), *arguments, runtime],
            input=given,
            env=environment or {},
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run_script


@pytest.fixture(scope="session")
def core() -> Iterator[Core]:
    # A container reaches this machine by another address than its own.
    core = Core("0.0.0.0")
    core.start()
    yield core
    core.stop()


@pytest.fixture(scope="session")
def engine() -> None:
    """Want containers."""
    docker = shutil.which("docker")
    if docker is None:
        cannot("there is no docker, which sam local runs functions in")
    if subprocess.run([docker, "info"], capture_output=True, check=False).returncode != 0:
        cannot("no container engine answers, which sam local runs functions in")
    image = "public.ecr.aws/lambda/python:3.13-x86_64"
    if subprocess.run([docker, "image", "inspect", image], capture_output=True, check=False).returncode != 0:
        cannot(f"the image {image} is not here: pull it")


@dataclass(frozen=True)
class PublishedLayer:
    """The built layer for x86_64, as if it were published and downloaded: SAM CLI makes one image of it.

    Of a layer that is a template's own it makes an image for every function, in seconds each.
    """

    arn: str
    downloads: Path


@pytest.fixture(scope="session")
def published_layer(built: Path, runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> PublishedLayer:
    downloads = tmp_path_factory.mktemp("downloads")
    content = downloads / "content"
    shutil.copytree(built / "SessionLayerX86", content)
    # An image that was made without boto3 may stand for AWS' own.
    shutil.copytree(runtime, content / "python", dirs_exist_ok=True)
    # An image is made again for another name alone, so what else is in the layer has another one.
    digest = sha256()
    for file in sorted(file for file in content.rglob("*") if file.is_file()):
        digest.update(str(file.relative_to(content)).encode() + file.read_bytes())
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:session-{digest.hexdigest()[:16]}:1"
    # As SAM CLI names the folder: by name, version and the hash of both.
    content.rename(downloads / f"{'-'.join(arn.rsplit(':', 2)[1:])}-{sha256(arn.encode()).hexdigest()[:10]}")
    return PublishedLayer(arn, downloads)


@contextmanager
def start_api(template: Path, layer: PublishedLayer, core: Core, parameters: Mapping[str, str]) -> Iterator[str]:
    """Run a build under `sam local start-api`; in its parameters ``{url}`` is where it will be."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    given = {"Architecture": "x86_64", "ConnectionUri": f"http://host.docker.internal:{core.port}", **parameters}
    overrides = " ".join(f"{name}={value.format(url=url)}" for name, value in given.items())
    # Where there is no Secrets Manager, and the core wants no key.
    variables = template.with_name("variables.json")
    variables.write_text(json.dumps({"Parameters": {"SUPERTOKENS_API_KEY_SECRET": ""}}))
    # Here a function's start counts in its time, and what else is tested starts at the same time.
    text = re.sub(r"\bTimeout: \d+", "Timeout: 60", template.read_text())
    text, references = re.subn(r"Ref: SessionLayerX86\b", layer.arn, text)
    assert references
    template.write_text(text)
    log = template.with_name("log")
    command: list[str | Path] = [
        *(BIN / "sam", "local", "start-api", "--template", template, "--port", str(port), "--skip-pull-image"),
        *("--layer-cache-basedir", layer.downloads),
        *("--add-host", "host.docker.internal:host-gateway", "--warm-containers", "EAGER"),
        *("--parameter-overrides", overrides, "--env-vars", variables),
    ]
    with log.open("w") as output:
        sam = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | {"SAM_CLI_TELEMETRY": "0"})
    try:
        until_it_answers(f"{url}/refresh-session", sam, log)
        yield url
    finally:
        sam.send_signal(signal.SIGTERM)
        sam.wait()


def until_it_answers(url: str, sam: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        assert sam.poll() is None, log.read_text()
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
