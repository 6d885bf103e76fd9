"""Tokens of the tests, and a core that publishes their keys."""

from collections.abc import Iterator

import pytest
from tests.support.core import Core
from tests.support.mint import DYNAMIC, OTHER_DYNAMIC, STATIC, Mint

SEEDS = "differential"


@pytest.fixture(scope="session")
def mint() -> Mint:
    return Mint()


@pytest.fixture(scope="session")
def served_core() -> Iterator[Core]:
    with Core().running() as core:
        yield core


@pytest.fixture
def telling_core(served_core, mint) -> Iterator[Core]:
    """The in-memory core, whose key set holds the keys of the tests too."""
    served_core.heal()
    served_core.more_keys = [mint.jwk(kid) for kid in (DYNAMIC, OTHER_DYNAMIC, STATIC)]
    yield served_core
    served_core.heal()


def pytest_terminal_summary(terminalreporter) -> None:
    said = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == SEEDS
    ]
    if said:
        terminalreporter.section(SEEDS)
        terminalreporter.write_line("\n".join(dict.fromkeys(said)))
