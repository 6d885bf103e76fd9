"""Clocks, replaced together in tests."""

from __future__ import annotations

import time


class Clock:
    """Clocks of the system."""

    monotonic = staticmethod(time.monotonic)
    """Return seconds from an arbitrary start, which never decrease."""

    def time(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        time.sleep(seconds)
