"""A clock that tests move."""

import time

import pytest


class Clock:
    """The time of everything in this process, the core too."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._time = time.time

    def forward(self, seconds: float) -> None:
        self.ahead += seconds

    def __call__(self) -> float:
        return self._time() + self.ahead


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock
