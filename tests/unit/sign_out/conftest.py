"""The in-memory core that publishes the tests' own keys."""

from tests.support.cores import served_core, telling_core
from tests.support.mint import mint

__all__ = ["mint", "served_core", "telling_core"]
