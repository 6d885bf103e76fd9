"""The toolkit in this process, against an in-memory core: tests/support has the parts."""

import pytest
from tests.support.aws_clients import aws, aws_uri
from tests.support.browser import browser, new_browser
from tests.support.clock import clock
from tests.support.cores import core, few_authorities, running_core
from tests.support.faults import dead_port, eager, failing_soon
from tests.support.records import records, seen_tokens
from tests.support.store import store
from tests.support.toolkit import started_toolkit, toolkit

__all__ = [
    "aws",
    "aws_uri",
    "browser",
    "clock",
    "core",
    "dead_port",
    "eager",
    "failing_soon",
    "few_authorities",
    "new_browser",
    "records",
    "running_core",
    "seen_tokens",
    "started_toolkit",
    "store",
    "toolkit",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave made-up examples out of the coverage: hundreds of them take the same lines, and a tracer slows each."""
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker("no_cover")
