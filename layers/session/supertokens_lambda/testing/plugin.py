"""Fixtures for pytest: ``pytest_plugins = ["supertokens_lambda.testing.plugin"]`` in a project's ``conftest.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supertokens_lambda.testing.sessions import Sessions, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def supertokens() -> Iterator[Sessions]:
    """Provide sessions without a core."""
    with sessions() as made:
        yield made
