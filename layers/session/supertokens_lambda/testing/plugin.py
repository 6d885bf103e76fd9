"""Fixtures for pytest: ``pytest_plugins = ["supertokens_lambda.testing.plugin"]`` in a project's ``conftest.py``."""

from collections.abc import Iterator

import pytest

from supertokens_lambda.testing.sessions import Sessions, sessions


@pytest.fixture
def supertokens() -> Iterator[Sessions]:
    """Sessions with no core."""
    with sessions() as made:
        yield made
