"""Tables of rows in memory."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Generic, TypeAlias, TypeVar

Key: TypeAlias = tuple[str, ...]


class Row:
    """Base of rows, which are frozen dataclasses of JSON values with tuples for lists.

    Attributes
    ----------
    KEY
        The fields that identify a row, all of them strings.
    """

    KEY: ClassVar[tuple[str, ...]]

    def key(self) -> Key:
        """Return the values of the fields that identify this row."""
        return tuple(getattr(self, name) for name in self.KEY)


RowT = TypeVar("RowT", bound=Row)


class Table(Generic[RowT]):
    """Rows of one kind, in the order in which they were first put."""

    def __init__(self, rows: dict[Key, RowT], changed: Callable[[Key, RowT | None, RowT | None], None]) -> None:
        self._rows = rows
        self._changed = changed

    def __iter__(self) -> Iterator[RowT]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, *key: str) -> RowT | None:
        """Return the row of a key."""
        return self._rows.get(key)

    def where(self, **fields: object) -> list[RowT]:
        """Return the rows whose fields have these values."""
        return [row for row in self if all(getattr(row, name) == value for name, value in fields.items())]

    def put(self, row: RowT) -> None:
        """Insert a row, or replace the one of its key."""
        key = row.key()
        self._changed(key, self._rows.get(key), row)
        self._rows[key] = row

    def remove(self, *key: str) -> RowT | None:
        """Remove and return the row of a key."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._changed(key, row, None)
        return row

    def remove_where(self, **fields: object) -> list[RowT]:
        """Remove and return the rows whose fields have these values."""
        rows = self.where(**fields)
        for row in rows:
            self.remove(*row.key())
        return rows
