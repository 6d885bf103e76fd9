"""Instances of the sample's functions, as Lambda runs them: each a process of its own that gets one event at a time.

Run as a program it loads what all of them need, once, and makes each a copy of itself.
"""

import importlib
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).parents[2]
Name = Literal["auth", "dashboard"]


@dataclass(frozen=True)
class Outcome:
    """What a function answered, and what it logged of it."""

    answer: dict[str, Any]
    verdicts: list[tuple[str, str]]
    said: list[str]


class Instance:
    """One process, to which events are sent, and which answers them in turn."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("r")

    def fileno(self) -> int:
        return self._connection.fileno()

    def send(self, function: Name, event: dict[str, Any]) -> None:
        self._connection.sendall(json.dumps([function, event]).encode() + b"\n")

    def receive(self) -> Outcome:
        answer, verdicts, said = json.loads(self._lines.readline())
        return Outcome(answer, [(name, reason) for name, reason in verdicts], said)

    def call(self, function: Name, event: dict[str, Any]) -> Outcome:
        self.send(function, event)
        return self.receive()

    def close(self) -> None:
        self._lines.close()
        self._connection.close()


@contextmanager
def instances(count: int, environment: Mapping[str, str]) -> Iterator[list[Instance]]:
    """Start that many instances, of functions with these variables."""
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(count)]
        ends = [str(theirs.fileno()) for _, theirs in pairs]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SUPERTOKENS_", "COV_"))}
        process = subprocess.Popen(
            [sys.executable, __file__, *ends],
            env={**inherited, **environment, "PYTHONPATH": str(ROOT / "layers/session")},
            pass_fds=[theirs.fileno() for _, theirs in pairs],
        )
        stack.callback(process.wait)
        for ours, theirs in pairs:
            theirs.close()
            stack.callback(ours.close)
        started = [Instance(ours) for ours, _ in pairs]
        for instance in started:
            stack.callback(instance.close)
        yield started


def _serve(connection: socket.socket) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign, assignment]  # all that a handler is
    logging.getLogger().addHandler(handler)
    logging.getLogger("supertokens_lambda").setLevel(logging.INFO)
    functions = {}
    for name in ("auth", "dashboard"):
        sys.path.insert(0, str(ROOT / "functions" / name))
        functions[name] = importlib.import_module("app").handler
        del sys.modules["app"], sys.path[0]
    for line in connection.makefile("r"):
        name, event = json.loads(line)
        records.clear()
        answer = functions[name](event, None)
        verdicts = [(record.verdict, record.reason) for record in records if hasattr(record, "verdict")]  # type: ignore[attr-defined]  # given as extra
        said = [record.getMessage() for record in records if not hasattr(record, "verdict")]
        connection.sendall(json.dumps([answer, verdicts, said]).encode() + b"\n")


def _take_all_time() -> None:
    """Set no budget that a busy machine could exceed: it has fewer cores than there are instances."""
    from supertokens_lambda._runtime import current
    from supertokens_lambda._sdk import querier

    patient = 60.0
    budgets = current().budgets
    for name in ("core", "page", "api", "store", "aws"):
        setattr(budgets, name, patient)
    querier.BUDGET = patient  # type: ignore[attr-defined]  # it is imported there


def _main() -> None:
    importlib.import_module("backend_config")
    _take_all_time()
    ends = [int(end) for end in sys.argv[1:]]
    children = []
    for end in ends:
        child = os.fork()
        if child == 0:
            for other in ends:
                if other != end:
                    os.close(other)
            _serve(socket.socket(fileno=end))
            return
        children.append(child)
    for end in ends:
        os.close(end)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    _main()
