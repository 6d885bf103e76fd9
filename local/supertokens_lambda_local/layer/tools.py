"""The tools of a build, in a temporary folder: uv, and the version of Python that Lambda runs."""

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

# The variables of pip and uv that say where packages come from. All others belong to the project around.
_SOURCES = re.compile(
    r"(PIP|UV)_(.*INDEX.*|FIND_LINKS|.*CERTS?|NATIVE_TLS|PROXY|.*HOST|CONFIG_FILE|.*CACHE.*|.*TIMEOUT|.*RETRIES"
    r"|KEYRING_PROVIDER|OFFLINE|PYTHON_INSTALL.*|PYTHON_DOWNLOADS.*|PYTHON_CPYTHON_BUILD|CREDENTIALS_DIR)"
)
_PROJECTS = re.compile(r"PIP_|UV_|PYTHON|CONDA_|VIRTUAL_ENV|__PYVENV")


class Tools:
    """uv and Python, which install and compile.

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
        """The Python that functions run on."""
        python = self.scratch / "lambda/bin/python"
        is_this_one = f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON
        # uv searches the PATH and may download one, which this Python need not wait for.
        wanted = sys.executable if is_this_one else PYTHON
        self.uv("venv", "--quiet", "--no-project", "--python", wanted, python.parents[1])
        return python

    def write(self, name: str, text: str) -> None:
        """Write a file in the temporary folder.

        Parameters
        ----------
        name : str
            Its name.
        text : str
            The text, without the end of the last line.
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
        """Run a command in the temporary folder, where no settings of projects are found.

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
            The command failed.
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
    """Provide the tools, and remove them at the end.

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
        The environment variable with the index, if pip has one.
    """
    found = re.findall(r"^(?:global|install|:env:)\.index-url='(.*)'$", listed, re.MULTILINE)
    return {"UV_DEFAULT_INDEX": found[-1]} if found else {}


def sources(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the variables of the project around. Sources of packages are kept.

    Parameters
    ----------
    environment : mapping of str to str
        The environment variables.

    Returns
    -------
    dict of str to str
        The variables to keep.
    """
    return {name: value for name, value in environment.items() if _SOURCES.fullmatch(name) or not _PROJECTS.match(name)}
