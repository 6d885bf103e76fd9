"""The toolkit, and the SDK below it, under settings of a test's choice."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from supertokens_lambda import _event_loop as event_loop
from supertokens_lambda._runtime import Runtime, swap
from supertokens_lambda.testing.sdk import stop_sdk

from .constants import ORIGIN


class Toolkit:
    """The toolkit, and the SDK below it, under settings of a test's choice.

    Both are made once in a process. The SDK takes a while, so it is made anew where the settings are not those that it
    was made with, the toolkit for each test.
    """

    def __init__(self) -> None:
        self._environment: dict[str, str] | None = None

    def start(self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
        for name in [*os.environ]:
            if name.startswith("SUPERTOKENS_"):
                monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if environment != self._environment:
            self.stop()
        self._environment = environment
        self.forget()

    def forget(self) -> None:
        """Have the settings, the keys and the connections to the core made anew."""
        from supertokens_python.recipe.session.jwks import reset_jwks_cache

        before = swap(None)
        if before is not None:
            before.close()
        reset_jwks_cache()

    def stop(self) -> None:
        self._environment = None
        self.forget()
        stop_sdk()


@pytest.fixture(scope="session")
def started_toolkit() -> Iterator[Toolkit]:
    toolkit = Toolkit()
    yield toolkit
    toolkit.stop()
    event_loop.kept_loop().close()
    event_loop.kept_loop.cache_clear()
    if event_loop._loop_beside.cache_info().currsize:
        beside = event_loop._loop_beside()
        beside.call_soon_threadsafe(beside.stop)
        event_loop._loop_beside.cache_clear()


@pytest.fixture
def toolkit(started_toolkit: Toolkit, core, monkeypatch, request, tmp_path) -> Callable[..., Toolkit]:
    """Start the toolkit; call it to start it with other settings, named without their prefix; None takes one away.

    A module's own `SETTINGS` hold for all of its tests.
    """
    # Where results of refreshes are kept without a table, each test has a place of its own.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    usual = {"CONNECTION_URI": core.uri, "API_DOMAIN": ORIGIN, "WEBSITE_DOMAIN": ORIGIN}
    usual |= getattr(request.module, "SETTINGS", {})

    def start(**settings: str | None) -> Toolkit:
        given = usual | settings
        environment = {f"SUPERTOKENS_{name}": value for name, value in given.items() if value is not None}
        started_toolkit.start(monkeypatch, environment)
        return started_toolkit

    start()
    return start


class Instance:
    """What one Lambda instance keeps between requests, for tests of several functions in this process."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None

    @contextmanager
    def current(self, variables: Mapping[str, str]) -> Iterator[None]:
        """Let the toolkit be this instance, with more environment variables."""
        before = swap(self._runtime)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            try:
                yield
            finally:
                self._runtime = swap(before)

    def close(self) -> None:
        if self._runtime is not None:
            self._runtime.close()
