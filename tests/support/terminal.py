"""A terminal in an environment that has the wheel: it runs commands of the documentation as they stand."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from .documented import ROOT
from .wheel import build_wheel

# What an application brings that the pages speak of: its tests, and the framework of one of its functions.
_OF_THE_APPLICATION = ("pytest", "fastapi", "mangum")
_OF_A_CLONE = ("Makefile", "template.yaml", "samconfig.toml", "requirements", "layers", "local", "functions")
_BROWSER = {"accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


def make_environment(folder: Path) -> Path:
    """Make a virtual environment with the wheel of this checkout, and return it."""
    uv = [sys.executable, "-m", "uv"]
    environment, constraints = folder / "environment", ROOT / "requirements/test.txt"
    _run([*uv, "venv", "--quiet", "--python", sys.executable, environment])
    install = [*uv, "pip", "install", "--quiet", "--python", environment / "bin/python", "--constraint", constraints]
    _run([*install, f"{build_wheel(folder)}[local]", *_OF_THE_APPLICATION])
    return environment


def make_clone(folder: Path, environment: Path) -> None:
    """Copy the repository to a folder, where make finds that environment, and nothing to install."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "static")
    folder.mkdir()
    for name in _OF_A_CLONE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder)
    (folder / ".venv").symlink_to(environment)
    for stamp in ("uv", "run"):
        (folder / ".venv" / stamp).touch()


class Terminal:
    """A shell that finds the programs of an environment first.

    Parameters
    ----------
    environment : Path
        From `make_environment`.
    home : Path
        The home folder of its user.
    """

    def __init__(self, environment: Path, home: Path) -> None:
        path = os.pathsep.join([str(environment / "bin"), os.defpath])
        self._variables = {"PATH": path, "HOME": str(home)}

    def run(self, command: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command, whose questions are answered with yes, and return what it printed."""
        return subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=self._variables | variables,
            input="y\n",
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def serving(self, command: str, folder: Path) -> Iterator[str]:
        """Run a command that serves an application, and return the URL that it prints."""
        output = folder / "output.txt"
        with output.open("w") as file:
            process = subprocess.Popen(
                command,
                shell=True,
                cwd=folder,
                env=self._variables,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield _url_in(output, process)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
        assert "Traceback" not in output.read_text()


def open_page(url: str) -> httpx.Response:
    """Open the home page as a browser does, without following a redirect."""
    return httpx.get(url, headers=_BROWSER, verify=False, timeout=60)  # the certificate is made for the occasion


def _url_in(output: Path, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + 60
    while not (found := re.search(r"is served at (\S+),", output.read_text())):
        assert time.monotonic() < deadline, output.read_text()
        assert process.poll() is None, output.read_text()
        time.sleep(0.02)
    return found[1]


def _run(command: list[object], **more: Mapping[str, str] | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
