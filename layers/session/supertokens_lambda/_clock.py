"""Clocks, replaced together in tests."""

from __future__ import annotations

import time


class Clock:
    """Clocks of the system."""

    def time(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start, which never decrease."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        time.sleep(seconds)
