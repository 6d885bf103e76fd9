"""What tests have counted and measured, printed at the end of the run whatever pytest was asked to show of them."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

pytest_plugins = ["tests.support.secrecy", "tests.support.seeds"]

_COUNTED = "counted: "


def pytest_configure(config: pytest.Config) -> None:
    # pytest 9.1 binds the fixtures of a conftest to the first node of its folder, and makes another node when the
    # folder is named again behind a different one: "fixture not found".
    config.args.sort()


@pytest.fixture
def tally(request) -> Callable[..., None]:
    """Count something; it is printed by its name, added up over all tests and all workers."""

    def count(name: str, number: int = 1) -> None:
        # Properties are the part of a report that workers send home.
        request.node.user_properties.append((f"{_COUNTED}{name}", number))

    return count


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    totals: Counter[str] = Counter()
    figures = []
    for name, value in _properties(terminalreporter):
        if name.startswith(_COUNTED):
            totals[name.removeprefix(_COUNTED)] += int(str(value))
        elif name == "figures":
            figures.append(str(value))
    lines = [*(f"{name}: {number}" for name, number in sorted(totals.items())), *figures]
    if lines:
        terminalreporter.section("figures")
    for line in lines:
        terminalreporter.write_line(line)


def _properties(terminalreporter: pytest.TerminalReporter) -> Iterator[tuple[str, object]]:
    for kind in ("passed", "failed"):
        for report in terminalreporter.stats.get(kind, []):
            yield from report.user_properties
