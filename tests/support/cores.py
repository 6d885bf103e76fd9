"""The core that a worker's tests of the toolkit share."""

from collections.abc import Iterator

import pytest

from .authorities import one_authority
from .core import Core


@pytest.fixture(scope="session")
def few_authorities(tmp_path_factory) -> Iterator[None]:
    """Trust one authority: the SDK reads all of them for each call to the core, which takes longer than the call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(one_authority(tmp_path_factory.mktemp("authorities"))))
        yield


@pytest.fixture(scope="session")
def running_core(few_authorities) -> Iterator[Core]:
    with Core().running() as core:
        yield core


@pytest.fixture
def core(running_core, seen_tokens) -> Iterator[Core]:
    running_core.heal(seen_tokens)
    yield running_core
    running_core.heal()
