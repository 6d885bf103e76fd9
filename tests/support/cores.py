"""The cores that the tests of a worker share."""

from collections.abc import Iterator

import pytest

from .authorities import one_authority
from .core import Core
from .mint import DYNAMIC, OTHER_DYNAMIC, STATIC


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
