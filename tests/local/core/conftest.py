"""A clock that tests move, and a core to talk to: the in-memory one, or the one that the environment names."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
import pytest
from tests.support.servers import served

from supertokens_lambda_local.core import CoreConfig, create_core
from supertokens_lambda_local.core.sessions.keys import SigningKeys

JsonObject: TypeAlias = dict[str, Any]

API_KEY = "a-key-of-the-contract-tests"


class Clock:
    """Seconds since the epoch, moved by hand from a time that stands still or runs."""

    def __init__(self, *, runs: bool = False) -> None:
        start = float(int(time.time()))
        self._time: Callable[[], float] = time.time if runs else lambda: start
        self._moved = 0.0

    def __call__(self) -> float:
        return self._time() + self._moved

    def move(self, seconds: float) -> None:
        self._moved += seconds


class CoreClient:
    """A client of a core; every answer that is not a status of CDI is left to the test."""

    def __init__(self, http: httpx.Client, clock: Clock | None, api_key: str | None) -> None:
        self.http = http
        self.api_key = api_key
        self._clock = clock

    @property
    def clock(self) -> Clock:
        if self._clock is None:
            pytest.skip("the clock of a core in another process cannot be moved")
        return self._clock

    def get(self, path: str, **params: str | int) -> JsonObject:
        return self._json(self.http.get(path, params=params))

    def post(self, path: str, **body) -> JsonObject:
        return self._json(self.http.post(path, json=body))

    def put(self, path: str, **body) -> JsonObject:
        return self._json(self.http.put(path, json=body))

    def _json(self, response: httpx.Response) -> JsonObject:
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].replace(" ", "").lower() == "application/json;charset=utf-8"
        assert response.text.endswith("}\n")
        content: JsonObject = response.json()
        return content


@dataclass
class Address:
    uri: str
    api_key: str | None
    clock: Clock | None


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    if uri := os.environ.get("SUPERTOKENS_CONNECTION_URI"):
        yield Address(uri, os.environ.get("SUPERTOKENS_API_KEY"), None)
        return
    clock = Clock(runs=True)
    with served(create_core(CoreConfig(api_keys=("another-key", API_KEY), clock=clock))) as uri:
        yield Address(uri, API_KEY, clock)


@pytest.fixture(scope="module")
def anonymous(address) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address.uri, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def core(address) -> Iterator[CoreClient]:
    headers = {"cdi-version": "5.4"} | ({"api-key": address.api_key} if address.api_key else {})
    with httpx.Client(base_url=address.uri, headers=headers, timeout=30) as http:
        yield CoreClient(http, address.clock, address.api_key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config(clock) -> CoreConfig:
    return CoreConfig(clock=clock)


@pytest.fixture
def keys(config) -> SigningKeys:
    return SigningKeys(config)
