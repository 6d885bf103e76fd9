"""The table of the template, in a server that speaks for AWS, and servers that fail in DynamoDB's place."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.support.refresh_table import create_refresh_table

from supertokens_lambda._budgets import Budgets
from supertokens_lambda_local.template.syntax import load

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
TABLE = "refreshes"


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    template: dict[str, Any] = load(TEMPLATE.read_text())
    return template


@pytest.fixture
def use_table(aws, toolkit, store) -> Iterator[Callable[..., None]]:
    """Start the toolkit with a table, wherever AWS' clients lead to by then."""

    def use(name: str = TABLE, **settings: str) -> None:
        toolkit(REFRESH_TABLE=name, **settings)

    yield use
    store.close()


@pytest.fixture
def table(aws, use_table) -> Iterator[Any]:
    """The table of the template, which the toolkit uses."""
    client = aws("dynamodb")
    create_refresh_table(client, TABLE)
    use_table()
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture(params=["a file", "a table"])
def kept(request, toolkit, monkeypatch) -> str:
    """Either store, a file of this machine or the table, and time for it that no busy machine exceeds."""
    monkeypatch.setattr(Budgets, "store", 30.0)
    toolkit()
    if request.param == "a table":
        request.getfixturevalue("table")
    return str(request.param)


@dataclass
class FaultyDynamo:
    """A server in DynamoDB's place: answers by operation, and lets those hang that have none.

    Attributes
    ----------
    answers
        Status, and the error's name or None, by operation.
    asked
        The operations it was asked for.
    """

    answers: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        operation = (handler.headers["x-amz-target"] or "").rpartition(".")[2]
        handler.rfile.read(int(handler.headers["content-length"]))
        self.asked.append(operation)
        if operation not in self.answers:
            self.over.wait()
            handler.close_connection = True
            return
        status, error = self.answers[operation]
        content = {"__type": f"com.amazonaws.dynamodb.v20120810#{error}", "message": "no"} if error else {}
        body = json.dumps(content).encode() if error != "nonsense" else b"<!doctype html>"
        handler.send_response(status)
        handler.send_header("content-type", "application/x-amz-json-1.0")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def faulty(aws, monkeypatch, use_table) -> Iterator[FaultyDynamo]:
    """A server that fails, which AWS' clients lead to."""
    faulty = FaultyDynamo()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            faulty.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        try:
            yield faulty
        finally:
            faulty.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def backend_config(tmp_path, monkeypatch):
    """Write an application's own `backend_config`."""

    def write(text):
        (tmp_path / "backend_config.py").write_text(dedent(text))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "backend_config", raising=False)

    yield write
    sys.modules.pop("backend_config", None)
