"""Fixtures for pytest: ``pytest_plugins = ["supertokens_lambda.testing.plugin"]`` in a project's ``conftest.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supertokens_lambda.testing.core_sessions import CoreSessions, core_sessions
from supertokens_lambda.testing.sessions import Sessions, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def supertokens() -> Iterator[Sessions]:
    """Provide sessions without a core."""
    with sessions() as made:
        yield made


@pytest.fixture
def supertokens_core() -> Iterator[CoreSessions]:
    """Provide sessions of an in-memory core, and SuperTokens' SDK with the recipes of `backend_config`."""
    with core_sessions() as made:
        yield made
