"""uv and Lambda's Python, in a temporary folder: what builds packages and is removed after each build."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer import toolkit

PYTHON = "3.13"

# What says where packages come from, of the variables of pip and uv; all others are of the project around.
_SOURCES = re.compile(
    r"(PIP|UV)_(.*INDEX.*|FIND_LINKS|.*CERTS?|NATIVE_TLS|PROXY|.*HOST|CONFIG_FILE|.*CACHE.*|.*TIMEOUT|.*RETRIES"
    r"|KEYRING_PROVIDER|OFFLINE|PYTHON_INSTALL.*|PYTHON_DOWNLOADS.*|PYTHON_CPYTHON_BUILD|CREDENTIALS_DIR)"
)
_PROJECTS = re.compile(r"PIP_|UV_|PYTHON|CONDA_|VIRTUAL_ENV|__PYVENV")


class Tools:
    """What installs and compiles.

    Parameters
    ----------
    scratch : Path
        The temporary folder.
    environment : mapping of str to str
        The environment variables of all commands.
    """

    def __init__(self, scratch: Path, environment: Mapping[str, str]) -> None:
        self.scratch = scratch
        self._environment = environment

    @cached_property
    def python(self) -> Path:
        """The Python that functions run by."""
        python = self.scratch / "lambda/bin/python"
        self.uv("venv", "--quiet", "--no-project", "--python", PYTHON, python.parents[1])
        return python

    def write(self, name: str, text: str) -> None:
        """Write a file in the temporary folder.

        Parameters
        ----------
        name : str
            Its name.
        text : str
            What is written, without the last line's end.
        """
        (self.scratch / name).write_text(f"{text}\n", encoding="utf-8")

    def uv(self, *arguments: str | Path) -> None:
        """Run uv.

        Parameters
        ----------
        *arguments : str or Path
            What follows the command's name.
        """
        self.run(self.scratch / "uv/bin/uv", *arguments)

    def run(self, *command: str | Path) -> str:
        """Run a command in the temporary folder, where no project's settings are found.

        Parameters
        ----------
        *command : str or Path
            The command and its arguments.

        Returns
        -------
        str
            What it printed.

        Raises
        ------
        LayerError
            It failed.
        """
        done = subprocess.run(  # noqa: S603 - our own tools
            command, cwd=self.scratch, env=self._environment, text=True, capture_output=True, check=False
        )
        if done.returncode != 0:
            named = " ".join(str(word) for word in command[:3])
            raise LayerError(f"{named} failed; it said:\n{(done.stderr or done.stdout).strip()}")
        return done.stdout


@contextmanager
def tools() -> Iterator[Tools]:
    """Make the tools, and remove them at the end.

    Yields
    ------
    Tools
        The tools.

    Raises
    ------
    LayerError
        They cannot be installed.
    """
    environment = sources(os.environ)
    with tempfile.TemporaryDirectory(prefix="supertokens-lambda-build-") as folder:
        made = Tools(Path(folder).resolve(), environment)
        made.run(sys.executable, "-I", "-m", "venv", made.scratch / "uv")
        pip = (made.scratch / "uv/bin/python", "-I", "-m", "pip", "--quiet", "--disable-pip-version-check")
        made.run(*pip, "install", "--require-hashes", "--requirement", toolkit.UV_LOCK)
        if not environment.keys() & {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_CONFIG_FILE"}:
            environment.update(index_of_pip(made.run(*pip, "config", "list")))
        yield made


def index_of_pip(listed: str) -> dict[str, str]:
    """Return the index of pip for uv, which does not read the files of pip.

    Parameters
    ----------
    listed : str
        What ``pip config list`` prints.

    Returns
    -------
    dict of str to str
        The environment variable with it, if pip has one.
    """
    found = re.findall(r"^(?:global|install|:env:)\.index-url='(.*)'$", listed, re.MULTILINE)
    return {"UV_DEFAULT_INDEX": found[-1]} if found else {}


def sources(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what is of the project around, but with what says where packages come from.

    Parameters
    ----------
    environment : mapping of str to str
        The environment variables.

    Returns
    -------
    dict of str to str
        Those to keep.
    """
    return {name: value for name, value in environment.items() if _SOURCES.fullmatch(name) or not _PROJECTS.match(name)}
