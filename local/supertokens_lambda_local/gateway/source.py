"""A function's code on this machine: whether it has changed, and where the toolkit in it comes from."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

_TOOLKIT = "supertokens_lambda"
_NOT_CODE = {"__pycache__", "node_modules"}


def state_of(folders: Iterable[Path]) -> int:
    """Return a number that another one follows when a Python file in some folders is changed, added or removed."""
    return hash(tuple(_files(folders)))


def has_toolkit(folders: Iterable[Path]) -> bool:
    """Check whether the toolkit is in one of some folders."""
    return any((folder / _TOOLKIT / "__init__.py").is_file() for folder in folders)


class MissingToolkit(MetaPathFinder):
    """Finds no toolkit but the one in a function's own folders, as in Lambda, whatever else is installed.

    Parameters
    ----------
    folders : sequence of str
        The function's folders.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = folders

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - as in the base class
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return where the toolkit is; other modules are found as usual."""
        if fullname != _TOOLKIT:
            return None
        spec = PathFinder.find_spec(fullname, self._folders)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {fullname!r}: no layer of this function has it", name=fullname)
        return spec


def forget_shadowing(module: str, folders: Sequence[str]) -> None:
    """Take a loaded module of the standard library out of the way of a function's own of that name.

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
