"""What was logged, which may hold no token: neither one that the core issued, nor one that a browser sent."""

import logging
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from .constants import PASSWORD


class Records(logging.Handler):
    """Everything that was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(record)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(record.verdict, record.reason) for record in self.all if hasattr(record, "verdict")]  # type: ignore[attr-defined]  # given as extra

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.outcomes]


@pytest.fixture
def seen_tokens() -> set[str]:
    return set()


@pytest.fixture(autouse=True)
def records(caplog, seen_tokens) -> Iterator[Records]:
    """Give what was logged, and see afterwards that none of it gives a token, a password or an address away."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "supertokens_lambda")
    records = Records()
    logging.getLogger().addHandler(records)
    yield records
    logging.getLogger().removeHandler(records)
    tokens = {token for token in seen_tokens if len(token) > 8} | {PASSWORD}
    text = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in records.all)
    assert not [token for token in tokens if token in text or unquote(token) in text]
