"""What sessions come to, as metrics of Powertools': for applications that count in their own code."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from supertokens_lambda._log import LOGGER

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

NAMES = {
    "verified": "SessionsVerified",
    "refreshed": "SessionsRefreshed",
    "signed-in": "SessionsSignedIn",
    "unavailable": "SessionsUnavailable",
    "refresh-unavailable": "SessionsUnavailable",
    "error": "SessionErrors",
    "refresh-error": "SessionErrors",
    "looping": "RefreshLoops",
    "token-theft": "TokenThefts",
}


def count_sessions(metrics: Metrics) -> None:
    """Add a count to a function's metrics for each verdict that is logged; once an instance.

    Parameters
    ----------
    metrics : aws_lambda_powertools.Metrics
        Whose ``log_metrics`` decorates the handler, which is what sends them.
    """
    # A verified session is logged as information, which is below what a logger tells by itself.
    if not LOGGER.isEnabledFor(logging.INFO):
        LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(_Counter(metrics))


class _Counter(logging.Handler):
    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.INFO)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        name = NAMES.get(getattr(record, "verdict", ""))
        if name is not None:
            self._metrics.add_metric(name=name, unit="Count", value=1)
