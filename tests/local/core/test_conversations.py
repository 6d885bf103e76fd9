"""What a genuine core answered, asked of the in-memory core, or of the core of SUPERTOKENS_CONNECTION_URI.

``conversations/`` holds the exchanges; ``replay.py`` says how they are compared. A core in another process gets each
scenario in an app of its own; those that need a core of their own are skipped there.
"""

import asyncio
import itertools
import logging
import os
import time
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from tests.local.core.conftest import Clock
from tests.local.core.replay import Scenario, play, scenarios

from supertokens_lambda_local.core import CoreConfig, create_core
from supertokens_lambda_local.core.sessions import keys

SCENARIOS = list(scenarios())

DIFFERENCES = {
    ("paid-features/core-without-paid-features", 58): "that the core in memory does not know SAML is said in words",
}
"""Exchanges that the in-memory core answers otherwise, with the reason."""

DIFFERENCES_IN_AN_APP = {
    ("dashboard/fdi", 81): "only the default app's public tenant refuses settings of its own",
    ("dashboard/fdi", 100): "and lists them here",
}
"""Exchanges that another app than the default one answers otherwise."""

URI = os.environ.get("SUPERTOKENS_CONNECTION_URI")


class RunningClock:
    """The time of a core in another process."""

    def __call__(self) -> float:
        return time.time()

    def move(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture(autouse=True)
def _quiet(caplog):
    # It would log each address, and one conversation has in an address what another has as a password's hash.
    caplog.set_level(logging.WARNING, "httpx")


@pytest.fixture(scope="module")
def rsa_keys():
    """Two keys for all cores, since making them takes longer than all exchanges."""
    return [generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


@pytest.mark.skipif(URI is not None, reason="the core of SUPERTOKENS_CONNECTION_URI is asked instead")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_core_in_memory_answers_as_a_genuine_core(scenario, rsa_keys, monkeypatch):
    made = itertools.cycle(rsa_keys)
    monkeypatch.setattr(keys, "generate_private_key", lambda **_: next(made))
    clock = Clock()
    config = CoreConfig(clock=clock, settings=scenario.settings, paid_features=scenario.paid_features)

    async def played() -> dict[int, list[str]]:
        transport = httpx.ASGITransport(create_core(config))
        async with httpx.AsyncClient(transport=transport, base_url="http://core") as http:
            return await play(scenario, http, clock)

    differing = asyncio.run(played())
    expected = {step for name, step in DIFFERENCES if name == scenario.name}
    assert differing.keys() == expected, differing


@pytest.mark.skipif(URI is None, reason="SUPERTOKENS_CONNECTION_URI is not set: no core in another process to ask")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_core_in_another_process_answers_as_a_genuine_core(scenario: Scenario):
    if scenario.needs_own_core:
        pytest.skip("the scenario needs a core of its own, with settings or an empty database")
    app_id = f"replay-{uuid4()}"
    if scenario.has_totp and (late := time.time() % 30) > 8:
        time.sleep(30 - late)

    async def played() -> dict[int, list[str]]:
        headers = {"api-key": key} if (key := os.environ.get("SUPERTOKENS_API_KEY")) else {}
        async with httpx.AsyncClient(base_url=URI or "", headers=headers, timeout=30) as http:
            created = await http.put("/recipe/multitenancy/app/v2", json={"appId": app_id})
            if created.status_code == 402:
                pytest.skip("the core has no license for apps, which keep the scenarios apart")
            return await play(scenario, http, RunningClock(), app_id)

    differing = asyncio.run(played())
    expected = {step for name, step in DIFFERENCES_IN_AN_APP if name == scenario.name}
    assert differing.keys() == expected, differing


def test_each_difference_is_of_an_exchange():
    exchanges = {(scenario.name, exchange["step"]) for scenario in SCENARIOS for exchange in scenario.exchanges}
    assert DIFFERENCES.keys() | DIFFERENCES_IN_AN_APP.keys() <= exchanges
    assert len(DIFFERENCES) <= 0.02 * len(exchanges)
