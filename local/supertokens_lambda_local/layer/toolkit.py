"""The toolkit that runs this command, which is the one that goes into a layer."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from importlib.util import find_spec
from pathlib import Path

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer import lock_file
from supertokens_lambda_local.layer.lock_file import Packages

NAME = "supertokens-lambda"
#: uv with its hashes.
UV_LOCK = Path(__file__).with_name("uv.txt")

_LOCK = Path(__file__).with_name("lambda.txt")
_PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def folder() -> Path:
    """Return the folder of the package ``supertokens_lambda``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    LayerError
        It is not installed.
    """
    spec = find_spec("supertokens_lambda")
    if spec is None or not spec.submodule_search_locations:
        raise LayerError("could not find supertokens_lambda; install supertokens-lambda where this command runs")
    return Path(spec.submodule_search_locations[0])


def packages() -> Packages:
    """Return the packages that the toolkit needs on Lambda, and was tested with.

    Returns
    -------
    dict of str to Package
        The packages by name, each with its version and hashes.
    """
    return lock_file.read(_LOCK)


def version() -> str:
    """Return the version of the toolkit.

    Returns
    -------
    str
        The version.
    """
    folder()
    from supertokens_lambda import __version__

    return __version__


def dependencies(extras: Iterable[str]) -> Iterator[str]:
    """Yield what the toolkit requires, as requirements.

    Parameters
    ----------
    extras : iterable of str
        Its extras that are required too.

    Yields
    ------
    str
        A requirement.
    """
    if _PROJECT.is_file():
        project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
        yield from project["dependencies"]
        for extra in extras:
            yield from project["optional-dependencies"].get(extra, ())
        return
    for requirement in requires(NAME) or ():
        text, _, marker = requirement.partition(";")
        named = re.search(r"extra == ['\"]([^'\"]+)", marker)
        if not named or named[1] in extras:
            yield text
