"""What `sam build` makes, once; and what Lambda's runtime has beside it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from tests.core import Core

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# The managed runtime's own, which the layer leaves out.
RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")

Build = Callable[[Path], Path]


def cannot(reason: str) -> NoReturn:
    """Skip a test that wants what this machine lacks; where it has to run, the environment says so."""
    if os.environ.get("SAM_TESTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def run(*command: str | Path, **more) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
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
    def build(template: Path) -> Path:
        made = tmp_path_factory.mktemp("build")
        run(BIN / "sam", "build", "--template", template, "--build-dir", made, "--cache-dir", made / "cache")
        return made

    return build


@pytest.fixture(scope="session")
def built(build: Build) -> Path:
    """Build the repository's own template."""
    return build(ROOT / "template.yaml")


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
            shutil.copytree(origin.parent, folder / name)
        else:
            shutil.copy(origin, folder)
    return folder


@pytest.fixture(scope="session")
def core() -> Iterator[Core]:
    # A container reaches this machine by another address than its own.
    core = Core("0.0.0.0")
    core.start()
    yield core
    core.stop()
