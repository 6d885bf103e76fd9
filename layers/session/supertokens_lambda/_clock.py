"""The clocks of an instance, which tests replace as one."""

from __future__ import annotations

import time


class Clock:
    """The system's clocks."""

    def time(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds of any beginning, which never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        time.sleep(seconds)
