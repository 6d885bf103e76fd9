"""A function's code on this machine: whether it has changed, and where the toolkit in it comes from."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from supertokens_lambda_local.template.model import Function

_TOOLKIT = "supertokens_lambda"
REQUIREMENTS = ("requirements.txt", "requirements.in", "pyproject.toml", "Pipfile")
_REQUIREMENT = re.compile(r"^\s*[\"']?supertokens[-_]lambda\b", re.MULTILINE | re.IGNORECASE)
_NOT_CODE = {"__pycache__", "node_modules"}


def state_of(folders: Iterable[Path]) -> int:
    """Return a number that another one follows when a Python file in some folders is changed, added or removed."""
    return hash(tuple(_files(folders)))


def brings_toolkit(function: Function) -> bool:
    """Check whether the toolkit is, or may be, in a function's layers, in its own folder or in its requirements."""
    folders = (function.code_uri, *function.layers)
    # A layer in the cloud may have it.
    return (
        any(not layer.folders for layer in function.its_layers)
        or any((folder / _TOOLKIT).is_dir() for folder in folders)
        or requires_toolkit(folders)
    )


def requires_toolkit(folders: Iterable[Path]) -> bool:
    """Check whether the toolkit is among the requirements of some folders."""
    files = [folder / name for folder in folders for name in REQUIREMENTS]
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file())
    return any(map(_REQUIREMENT.search, texts))


class MissingToolkit(MetaPathFinder):
    """Finds no toolkit, as in Lambda, whatever is installed on this machine."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - as in the base class
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> None:
        """Raise an error for the toolkit; other modules are found as usual."""
        if fullname == _TOOLKIT:
            raise ModuleNotFoundError(f"No module named {fullname!r}: no layer of this function has it", name=fullname)


def forget_shadowing(module: str, folders: Sequence[str]) -> None:
    """Remove a loaded module of the standard library from `sys.modules` if the function has one of this name.

    Raises
    ------
    ImportError
        If it is built into Python, where Lambda refuses it too.
    """
    top = module.partition(".")[0]
    if top in sys.builtin_module_names:
        raise ImportError(f"Cannot use built-in module {top} as a handler module", name=top)
    loaded = sys.modules.get(top)
    if loaded is None:
        return
    spec = PathFinder.find_spec(top, folders)
    if spec is not None and spec.origin != getattr(loaded, "__file__", None):
        for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
            del sys.modules[name]


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for parent, names, files in os.walk(folder):
            names[:] = [name for name in names if name not in _NOT_CODE and not name.startswith(".")]
            for file in files:
                if file.endswith(".py"):
                    place = os.path.join(parent, file)  # noqa: PTH118 - thousands of files
                    with suppress(OSError):  # of a file that is being replaced
                        stat = os.stat(place)  # noqa: PTH116
                        yield place, stat.st_mtime_ns, stat.st_size
