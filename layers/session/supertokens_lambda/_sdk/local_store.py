"""Records of Powertools' Idempotency utility on one machine, where there is no DynamoDB."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

# The attributes are those of the table.
_TABLE = (
    "create table if not exists records "
    "(id text primary key, status text, expiration int, in_progress_expiration int, data text)"
)
_FORGET = "delete from records where expiration < ? or (status = 'INPROGRESS' and in_progress_expiration < ?)"
_FIND = "select * from records where id = ?"
_WRITE = "insert or replace into records values (?, ?, ?, ?, ?)"


class LocalPersistenceLayer(BasePersistenceLayer):
    """Records in a file that all processes of a user share, by the conditions of the layer over DynamoDB.

    Parameters
    ----------
    timeout : float
        Seconds that one process waits for another.

    Raises
    ------
    OSError
        There is no place for temporary files, or another user has taken this one's.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools leaves this one without types
        self._path = _own_directory() / "refreshes.db"
        self._timeout = timeout

    def _get_record(self, idempotency_key: str) -> DataRecord:
        with self._transaction() as database:
            found = _find(database, idempotency_key)
        if found is None:
            raise IdempotencyItemNotFoundError
        return found

    def _put_record(self, data_record: DataRecord) -> None:
        now = time.time()
        with self._transaction() as database:
            database.execute(_FORGET, (int(now), int(now * 1000)))
            found = _find(database, data_record.idempotency_key)
            if found is None:
                _write(database, data_record)
        if found is not None:
            raise IdempotencyItemAlreadyExistsError(old_data_record=found)

    def _update_record(self, data_record: DataRecord) -> None:
        with self._transaction() as database:
            _write(database, data_record)

    def _delete_record(self, data_record: DataRecord) -> None:
        with self._transaction() as database:
            database.execute("delete from records where id = ?", (data_record.idempotency_key,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # One connection a question: the layer's methods run in threads of their own.
        with closing(sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None)) as database:
            database.execute("begin immediate")
            database.execute(_TABLE)
            yield database
            database.execute("commit")


def _own_directory() -> Path:
    directory = Path(tempfile.gettempdir()) / f"supertokens-lambda-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.lstat().st_uid != os.getuid():
        raise PermissionError("the directory for the results of refreshes is another user's")
    return directory


def _find(database: sqlite3.Connection, key: str) -> DataRecord | None:
    row = database.execute(_FIND, (key,)).fetchone()
    if row is None:
        return None
    found, status, expiration, in_progress_expiration, data = row
    return DataRecord(found, status, expiration, in_progress_expiration, response_data=data)


def _write(database: sqlite3.Connection, record: DataRecord) -> None:
    database.execute(
        _WRITE,
        (
            record.idempotency_key,
            record.status,
            record.expiry_timestamp,
            record.in_progress_expiry_timestamp,
            record.response_data,
        ),
    )
