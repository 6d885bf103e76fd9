"""Collects what a function logs and prints, in the order in which it does."""

import io
import logging
import sys
from threading import Lock

from supertokens_lambda_local.gateway.outcome import Verdict

_TOOLKIT = "supertokens_lambda"


class Output(logging.Handler):
    """The lines and the guard's verdict of the invocation under way.

    Once installed it takes the place of the standard streams and listens to all loggers, so that a handler which kept
    a stream or a logger from its import on is heard as well.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._lines: list[str] = []
        self._verdict: Verdict | None = None
        self._streams = (_Stream(self), _Stream(self))

    def install(self) -> None:
        """Start to listen."""
        sys.stdout, sys.stderr = self._streams
        root = logging.getLogger()
        root.addHandler(self)
        root.setLevel(logging.INFO)

    def add(self, line: str) -> None:
        """Add a line."""
        self._lines.append(line)

    def emit(self, record: logging.LogRecord) -> None:
        """Add a record, and keep the toolkit's verdict separate from the lines."""
        verdict, reason = getattr(record, "verdict", None), getattr(record, "reason", None)
        if record.name.partition(".")[0] == _TOOLKIT and verdict is not None and reason is not None:
            self._verdict = Verdict(str(verdict), str(reason))
            return
        try:
            lines = self.format(record).splitlines()
        except (TypeError, ValueError):
            self.handleError(record)
        else:
            self._lines += lines

    def take(self) -> tuple[tuple[str, ...], Verdict | None]:
        """Return what was collected, and clear it."""
        for stream in self._streams:
            stream.flush_line()
        lines, verdict = tuple(self._lines), self._verdict
        self._lines, self._verdict = [], None
        return lines, verdict


class _Stream(io.TextIOBase):
    """A standard stream that gives its lines to an `Output`."""

    encoding = "utf-8"

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lock = Lock()
        self._line = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with self._lock:
            *lines, self._line = (self._line + text).split("\n")
            for line in lines:
                self._output.add(line)
        return len(text)

    def flush_line(self) -> None:
        with self._lock:
            if self._line:
                self._output.add(self._line)
            self._line = ""
