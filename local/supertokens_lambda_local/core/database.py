"""State of the core: tables of rows in memory, written through to an SQLite file if there is one."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from supertokens_lambda_local.core.errors import DataFileError
from supertokens_lambda_local.core.tables import Key, RowT, Table

_FORMAT: Final = 1
"""To be raised when rows change their fields, since older files are not converted."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS row (
    id INTEGER PRIMARY KEY, app TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (app, kind, key)
)
"""
_PUT: Final = """
INSERT INTO row (app, kind, key, value) VALUES (?, ?, ?, ?)
ON CONFLICT (app, kind, key) DO UPDATE SET value = excluded.value
"""


class Database:
    """All tables of all apps.

    Parameters
    ----------
    file
        Where to keep the rows; without one they end with the process.

    Raises
    ------
    DataFileError
        The file cannot be used.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._tables: dict[tuple[str, str], Table[Any]] = {}
        self._undo: list[Callable[[], object]] = []
        self._statements: list[tuple[str, tuple[str, ...]]] = []
        self._connection = None if file is None else _opened(file)

    def table(self, app_id: str, kind: type[RowT]) -> Table[RowT]:
        """Return the table of one kind of rows of one app."""
        name = (app_id, kind.__name__)
        if name not in self._tables:
            rows = self._read(app_id, kind)
            self._tables[name] = Table(rows, self._recorder(name, rows))
        return self._tables[name]

    def drop(self, app_id: str) -> None:
        """Remove all rows of an app."""
        before = self._tables
        self._undo.append(lambda: setattr(self, "_tables", before))
        self._tables = {name: table for name, table in before.items() if name[0] != app_id}
        self._statements.append(("DELETE FROM row WHERE app = ?", (app_id,)))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all changes made within, or none of them if an error is raised."""
        try:
            yield
            self._write()
        except BaseException:
            for undo in reversed(self._undo):
                undo()
            raise
        finally:
            self._undo.clear()
            self._statements.clear()

    def _recorder(
        self, name: tuple[str, str], rows: dict[Key, RowT]
    ) -> Callable[[Key, RowT | None, RowT | None], None]:
        def changed(key: Key, before: RowT | None, after: RowT | None) -> None:
            self._undo.append((lambda: rows.pop(key)) if before is None else (lambda: rows.update({key: before})))
            if self._connection is None:
                return
            place = (*name, json.dumps(key))
            if after is None:
                self._statements.append(("DELETE FROM row WHERE app = ? AND kind = ? AND key = ?", place))
            else:
                self._statements.append((_PUT, (*place, json.dumps(vars(after)))))

        return changed

    def _read(self, app_id: str, kind: type[RowT]) -> dict[Key, RowT]:
        if self._connection is None:
            return {}
        found = self._connection.execute(
            "SELECT key, value FROM row WHERE app = ? AND kind = ? ORDER BY id", (app_id, kind.__name__)
        )
        return {tuple(json.loads(key)): kind(**_fields(json.loads(value))) for key, value in found}

    def _write(self) -> None:
        if self._connection is None or not self._statements:
            return
        with self._connection:
            for statement, values in self._statements:
                self._connection.execute(statement, values)


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _opened(file: Path) -> sqlite3.Connection:
    try:
        # The rows hold signing keys: nobody else may read them.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(file, timeout=0, check_same_thread=False)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found not in {0, _FORMAT}:
            raise DataFileError(f"{file} was written by another version of the core; choose another file")
        with connection:
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
    except OSError as error:
        raise DataFileError(f"could not open {file}: {error.strerror}; choose another file") from None
    except sqlite3.OperationalError as error:
        raise DataFileError(
            f"could not use {file}: {error}; stop the core that uses it or choose another file"
        ) from None
    except sqlite3.DatabaseError:
        raise DataFileError(f"{file} is not a data file of the core; choose another file") from None
    return connection
