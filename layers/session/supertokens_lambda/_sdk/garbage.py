"""Garbage collection, which would take a tenth of the time in which the SDK is loaded and started."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_collections() -> Iterator[None]:
    """Run without garbage collection: the SDK creates many objects as it is loaded and started, and keeps them.

    They are left out of later collections too, the first of which would otherwise follow at once.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()
