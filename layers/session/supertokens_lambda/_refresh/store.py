"""The interface of a store for results of refreshes; its records are those of the Idempotency utility of Powertools."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple, Protocol

IN_PROGRESS = "INPROGRESS"
COMPLETED = "COMPLETED"


class Record(NamedTuple):
    """The record of a refresh.

    Attributes
    ----------
    status : str
        `IN_PROGRESS` or `COMPLETED`.
    data : str or None
        The result, if the refresh is completed.
    """

    status: str
    data: str | None

    def __repr__(self) -> str:
        return f"Record({self.status})"


class Store(Protocol):
    """Records by key, each written by one refresh and read by the others within the interval.

    A method raises the errors of its file or client, each within its budget.
    """

    def begin(self, key: str, *, now: float, expiration: int, in_progress_expiration: int) -> Record | None:
        """Write a record that is in progress, unless there is a valid one.

        Parameters
        ----------
        key : str
            From `key_of`.
        now : float
            Seconds since 1970.
        expiration : int
            When the record expires, in seconds since 1970.
        in_progress_expiration : int
            When another refresh may replace the record if it is still in progress, in milliseconds since 1970.

        Returns
        -------
        Record or None
            The valid record; None if there was none, and the new one is written.
        """

    def complete(self, key: str, *, expiration: int, data: str) -> None:
        """Write the result of a refresh, and its expiration in seconds since 1970."""

    def delete(self, key: str) -> None:
        """Delete the record of a refresh that failed."""


def key_of(refresh_token: str) -> str:
    """Return the key of the record for a token, as Powertools builds it with the prefix ``refresh``."""
    return f"refresh#{hashlib.sha256(json.dumps(refresh_token).encode()).hexdigest()}"
