"""How the SDK is loaded: without what costs a tenth of the time, and brings nothing."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


@contextmanager
def quick_loading() -> Iterator[None]:
    """Load modules of the SDK without garbage collection, and without plugins of pydantic for their models.

    The SDK creates many objects as it is loaded and started, and keeps them. They are left out of later collections
    too, the first of which would otherwise follow at once. For its plugins pydantic reads the metadata of all packages.
    """
    collects, has_choice = gc.isenabled(), _PLUGINS in os.environ
    gc.disable()
    if not has_choice:
        os.environ[_PLUGINS] = "__all__"
    try:
        yield
    finally:
        if not has_choice:
            os.environ.pop(_PLUGINS, None)
        if collects:
            gc.freeze()
            gc.enable()
