"""The records of the store that holds the results of refreshes."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest


class Store:
    """The store of the results of refreshes that the SDK of this process uses, a file or a table."""

    @property
    def layer(self) -> Any:
        from supertokens_python.recipe.session.recipe import SessionRecipe

        from supertokens_lambda._sdk import start

        start.start()
        kept = SessionRecipe.get_instance().recipe_implementation.refresh_session.store  # type: ignore[attr-defined]  # ours
        return kept._layer

    def records(self) -> list[dict[str, Any]]:
        """Give all records, by the attributes of a table."""
        if hasattr(self.layer, "client"):
            items = self.layer.client.scan(TableName=self.layer.table_name)["Items"]
            return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
        with self._file() as database:
            found = database.execute("select * from records")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def change(self, **attributes: Any) -> None:
        """Write to all records, past whoever keeps them; None takes an attribute away."""
        for record in self.records():
            changed = {name: value for name, value in (record | attributes).items() if value is not None}
            if hasattr(self.layer, "client"):
                numbers = {"expiration", "in_progress_expiration"}
                item = {name: {"N" if name in numbers else "S": str(value)} for name, value in changed.items()}
                self.layer.client.put_item(TableName=self.layer.table_name, Item=item)
            else:
                with self._file() as database:
                    for name in record:
                        query = f"update records set {name} = ? where id = ?"
                        database.execute(query, (changed.get(name), record["id"]))

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        from supertokens_lambda._sdk import local_store

        with closing(sqlite3.connect(self.layer._path, isolation_level=None)) as database:
            database.execute(local_store._TABLE)
            yield database

    def close(self) -> None:
        """Close the connections to a table."""
        if hasattr(self.layer, "client"):
            self.layer.client.close()

    def pass_interval(self) -> None:
        """Let the interval of all records be over."""
        self.change(expiration=int(time.time()) - 2)


@pytest.fixture
def store(toolkit) -> Store:
    return Store()
