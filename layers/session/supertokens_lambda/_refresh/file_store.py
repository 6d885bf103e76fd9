"""Records of refreshes in a file, for a single machine without DynamoDB."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from supertokens_lambda._refresh.store import COMPLETED, IN_PROGRESS, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

# The columns have the names of the attributes in DynamoDB.
_TABLE = (
    "create table if not exists records "
    "(id text primary key, status text, expiration int, in_progress_expiration int, data text)"
)
_FORGET = "delete from records where expiration < ? or (status = ? and in_progress_expiration < ?)"


class FileStore:
    """Records in a file that all processes of a user share.

    Parameters
    ----------
    timeout : float
        Seconds to wait for another process.

    Raises
    ------
    OSError
        There is no directory for temporary files, or the directory of the records belongs to another user.
    """

    def __init__(self, timeout: float) -> None:
        self._path = _own_directory() / "refreshes.db"
        self._timeout = timeout

    def begin(self, key: str, *, now: float, expiration: int, in_progress_expiration: int) -> Record | None:
        """Write a record that is in progress; see `Store`.

        Raises
        ------
        sqlite3.Error
            The file cannot be read or written.
        """
        with self._transaction() as database:
            database.execute(_FORGET, (int(now), IN_PROGRESS, int(now * 1000)))
            found = database.execute("select status, data from records where id = ?", (key,)).fetchone()
            if found is not None:
                return Record(*found)
            _write(database, key, IN_PROGRESS, expiration, in_progress_expiration, None)
            return None

    def complete(self, key: str, *, expiration: int, data: str) -> None:
        """Write the result of a refresh.

        Raises
        ------
        sqlite3.Error
            The file cannot be written.
        """
        with self._transaction() as database:
            _write(database, key, COMPLETED, expiration, None, data)

    def delete(self, key: str) -> None:
        """Delete the record of a refresh that failed.

        Raises
        ------
        sqlite3.Error
            The file cannot be written.
        """
        with self._transaction() as database:
            database.execute("delete from records where id = ?", (key,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # One connection per call, because the methods may run in threads.
        with closing(sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None)) as database:
            database.execute("begin immediate")
            database.execute(_TABLE)
            yield database
            database.execute("commit")


def _own_directory() -> Path:
    directory = Path(tempfile.gettempdir()) / f"supertokens-lambda-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.lstat().st_uid != os.getuid():
        raise PermissionError("the directory for the results of refreshes belongs to another user; remove it")
    return directory


def _write(database: sqlite3.Connection, *values: object) -> None:
    database.execute("insert or replace into records values (?, ?, ?, ?, ?)", values)
