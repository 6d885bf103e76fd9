"""The records of the store that holds the results of refreshes."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3
import pytest

from supertokens_lambda._runtime import current


class Store:
    """The store of the results of refreshes, a file or a table."""

    def __init__(self) -> None:
        self._client: Any = None

    @property
    def opened(self) -> Any:
        reuse = current().reuse
        assert reuse is not None
        return reuse._opened()

    def records(self) -> list[dict[str, Any]]:
        """Give all records, by the attributes of a table."""
        if hasattr(self.opened, "_table"):
            items = self._table().scan(TableName=self.opened._table)["Items"]
            return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
        with self._file() as database:
            found = database.execute("select * from records")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def change(self, **attributes: Any) -> None:
        """Write to all records, past whoever keeps them; None takes an attribute away."""
        for record in self.records():
            changed = {name: value for name, value in (record | attributes).items() if value is not None}
            if hasattr(self.opened, "_table"):
                numbers = {"expiration", "in_progress_expiration"}
                item = {name: {"N" if name in numbers else "S": str(value)} for name, value in changed.items()}
                self._table().put_item(TableName=self.opened._table, Item=item)
            else:
                with self._file() as database:
                    for name in record:
                        query = f"update records set {name} = ? where id = ?"
                        database.execute(query, (changed.get(name), record["id"]))

    def _table(self) -> Any:
        if self._client is None:
            self._client = boto3.client("dynamodb")
        return self._client

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        from supertokens_lambda._refresh import file_store

        with closing(sqlite3.connect(self.opened._path, isolation_level=None)) as database:
            database.execute(file_store._TABLE)
            yield database

    def close(self) -> None:
        """Close the connections to a table."""
        if self._client is not None:
            self._client.close()

    def pass_interval(self) -> None:
        """Let the interval of all records be over."""
        self.change(expiration=int(time.time()) - 2)


@pytest.fixture
def store(toolkit) -> Iterator[Store]:
    store = Store()
    yield store
    store.close()
