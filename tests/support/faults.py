"""Faults of the core that end soon, and a port with nothing on it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from socket import socket

import pytest

from supertokens_lambda._verification import signing_keys

from .core import Core
from .core_messages import Fault
from .servers import reserved_port, serving, uri_of


@contextmanager
def short_budgets(monkeypatch: pytest.MonkeyPatch, share: float = 0.1) -> Iterator[None]:
    """Give every call to the core, and to AWS, a share of its time."""
    from supertokens_lambda import _api_key as api_key
    from supertokens_lambda._core_client import client as core
    from supertokens_lambda._sdk import api, querier, refresh, verify

    with monkeypatch.context() as patch:
        for module in (api_key, querier):
            patch.setattr(module, "BUDGET", core.BUDGET * share)
        for module in (refresh, verify):
            patch.setattr(module, "CORE_BUDGET", verify.CORE_BUDGET * share)
        patch.setattr(api, "API_BUDGET", api.API_BUDGET * share)
        for call in (core.Core.key_set, core.Core.verify_session):
            patch.setattr(call, "__defaults__", (core.BUDGET * share,))
        yield


@pytest.fixture
def eager(monkeypatch) -> None:
    """Let the request after a fault ask for the signing keys at once: the cool-down is shorter than Retry-After."""
    monkeypatch.setattr(signing_keys, "COOL_DOWN", 0.0)


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
