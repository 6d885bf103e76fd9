"""What a store of refreshes does, and its records: those of Powertools' Idempotency utility."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple, Protocol

IN_PROGRESS = "INPROGRESS"
COMPLETED = "COMPLETED"


class Record(NamedTuple):
    """A refresh that has begun.

    Attributes
    ----------
    status : str
        `IN_PROGRESS` or `COMPLETED`.
    data : str or None
        The result of one that is completed.
    """

    status: str
    data: str | None

    def __repr__(self) -> str:
        return f"Record({self.status})"


class Store(Protocol):
    """Records by key, each written by one refresh and read by those that come within the interval.

    Every method raises what its way to the records raises, within a budget of its own.
    """

    def begin(self, key: str, *, now: float, expiration: int, in_progress_expiration: int) -> Record | None:
        """Write a record that is in progress, unless there is one that counts.

        Parameters
        ----------
        key : str
            From `key_of`.
        now : float
            Seconds since 1970.
        expiration : int
            When the record is over, in seconds since 1970.
        in_progress_expiration : int
            When another refresh may take its place if it is still in progress, in milliseconds since 1970.

        Returns
        -------
        Record or None
            The record that counts; None if there was none, and this refresh has begun.
        """

    def complete(self, key: str, *, expiration: int, data: str) -> None:
        """Write the result of a refresh, and when it is over, in seconds since 1970."""

    def delete(self, key: str) -> None:
        """Delete the record of a refresh that failed."""


def key_of(refresh_token: str) -> str:
    """Return the key of a token's record, as Powertools makes it for the prefix ``refresh``."""
    return f"refresh#{hashlib.sha256(json.dumps(refresh_token).encode()).hexdigest()}"
