"""Faults of the core that end soon, and a port with nothing on it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from socket import socket

import pytest

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._core_client.client import BUDGET as CORE_BUDGET
from supertokens_lambda._runtime import current

from .core import Core
from .core_messages import Fault
from .servers import reserved_port, serving, uri_of


@contextmanager
def short_budgets(monkeypatch: pytest.MonkeyPatch, share: float = 0.1) -> Iterator[None]:
    """Give every call to the core, and to AWS, a share of its time."""
    from supertokens_lambda._sdk import querier

    runtime = current()
    with monkeypatch.context() as patch:
        patch.setattr(querier, "BUDGET", CORE_BUDGET * share)
        for name in Budgets.__annotations__:
            if name != "keys_cool_down":
                patch.setattr(runtime.budgets, name, getattr(runtime.budgets, name) * share)
        # What was made before has its budget already.
        for name in vars(runtime).keys() & {"core_client", "api_key"}:
            patch.setattr(getattr(runtime, name), "_budget", CORE_BUDGET * share)
        yield


@pytest.fixture
def eager(toolkit, monkeypatch) -> None:
    """Let the request after a fault ask for the signing keys at once: the cool-down is shorter than Retry-After."""
    monkeypatch.setattr(Budgets, "keys_cool_down", 0.0)
    if "signing_keys" in vars(current()):
        monkeypatch.setattr(current().signing_keys, "_cool_down", 0.0)


@pytest.fixture
def failing_soon(monkeypatch, core, eager) -> Callable[..., AbstractContextManager[None]]:
    """Let the core fail for a while that is short whatever is waited for."""

    @contextmanager
    def failing(fault: Fault, *, at: str = "") -> Iterator[None]:
        with core.failing(fault, at=at), short_budgets(monkeypatch):
            started = time.monotonic()
            yield
            assert time.monotonic() - started < 2

    return failing


@dataclass
class Port:
    """A port with nothing on it, until the core is put there."""

    listener: socket
    core: Core

    @property
    def uri(self) -> str:
        return uri_of(self.listener)

    @contextmanager
    def with_core(self) -> Iterator[None]:
        with serving(self.core, self.listener):
            yield


@pytest.fixture
def dead_port(core, eager) -> Iterator[Port]:
    with reserved_port() as listener:
        yield Port(listener, core)
