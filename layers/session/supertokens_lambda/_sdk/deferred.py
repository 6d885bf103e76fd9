"""Packages that the SDK imports and hardly uses, loaded when it uses them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# By package, the functions and classes that the SDK imports by name. It would fetch keys by `requests`, which the
# toolkit gives it, and split hosts by `tldextract`, which the toolkit does.
_DEFERRED = {"requests": (), "tldextract": ("TLDExtract",)}


class _Deferred(ModuleType):
    """Stands for a package, which is loaded when another name of it is asked for, or an imported name is called."""

    def __init__(self, name: str, path: list[str], imported: tuple[str, ...]) -> None:
        super().__init__(name)
        if imported:
            self.__path__ = path  # which an import of a name asks for, too
        for each in imported:
            setattr(self, each, self._calling(each))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # asked of every module, as by `inspect`
            raise AttributeError(name)
        return getattr(self._loaded(), name)

    def _loaded(self) -> ModuleType:
        _remove(self)
        return import_module(self.__name__)

    def _calling(self, name: str) -> Any:
        def call(*args: Any, **keywords: Any) -> Any:
            return getattr(self._loaded(), name)(*args, **keywords)

        return call


@contextmanager
def deferred_packages() -> Iterator[None]:
    """Provide stand-ins while the SDK is loaded, for packages that are not loaded yet; later imports are as usual."""
    stand_ins = []
    for name, imported in _DEFERRED.items():
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            stand_ins.append(_Deferred(name, [*spec.submodule_search_locations], imported))
            sys.modules[name] = stand_ins[-1]
    try:
        yield
    finally:
        for stand_in in stand_ins:
            _remove(stand_in)


def _remove(stand_in: _Deferred) -> None:
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
