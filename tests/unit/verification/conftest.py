"""Tokens of the tests, and what the differential tests say at the end."""

from tests.support.cores import served_core, telling_core
from tests.support.mint import mint

__all__ = ["mint", "served_core", "telling_core"]


SEEDS = "differential"


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
