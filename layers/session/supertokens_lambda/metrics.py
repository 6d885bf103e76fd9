"""Metrics of sessions with Powertools, for applications that do not use metric filters."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from supertokens_lambda._log import LOGGER

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

__all__ = ["count_sessions"]

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
    """Count each logged verdict in a function's metrics; call this once in an instance.

    Parameters
    ----------
    metrics : aws_lambda_powertools.Metrics
        Its ``log_metrics`` must decorate the handler, to send the metrics.

    Examples
    --------
    >>> from aws_lambda_powertools import Metrics
    >>> from supertokens_lambda.metrics import count_sessions
    >>> metrics = Metrics(namespace="shop", service="pages")
    >>> count_sessions(metrics)
    """
    # Verified sessions are logged at level INFO, which is below the default level of loggers.
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
