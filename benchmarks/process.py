"""A subject in a separate process, on the one core that all of them share."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from benchmarks.catalogue import HERE, Subject
from benchmarks.core import API_DOMAIN
from benchmarks.events import EVENT, cookies, with_cookies

_CPUS = sorted(os.sched_getaffinity(0))
_MEASURED, _REST = {_CPUS[0]}, set(_CPUS[1:]) or {_CPUS[0]}


class SubjectError(Exception):
    """A subject that does not do what it is measured for; the message says why."""


@dataclass(frozen=True)
class Calls:
    """What came of one call or more.

    Attributes
    ----------
    ns : list of int
        How long each took, in nanoseconds.
    statuses : list of int
        What each was answered.
    cpu_ns : int
        What a single one took of the processor, in nanoseconds, user and system, all threads; 0 where it is not known.
    answer : dict
        The whole answer to a single one.
    """

    ns: list[int]
    statuses: list[int]
    cpu_ns: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """Seconds of the processor."""
        return self.cpu_ns / 1e9

    def expect(self, *statuses: int) -> Self:
        """Return these calls, if no other statuses are among the answers.

        Raises
        ------
        SubjectError
            There are.
        """
        others = set(self.statuses) - set(statuses)
        if others:
            raise SubjectError(f"it answered {', '.join(map(str, sorted(others)))}")
        return self


@dataclass(frozen=True)
class Surroundings:
    """Where the subjects find a core and its key set, and what else is in their environment."""

    core_url: str
    key_set: Path
    more: dict[str, str] = field(default_factory=dict)

    def environment(self, subject: Subject) -> dict[str, str]:
        """Return the environment of the process of a subject, as in the init phase on Lambda."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, (HERE.parent, HERE / "recipes", HERE.parent / "layers/session"))),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME": "page",
            "SUPERTOKENS_CONNECTION_URI": self.core_url,
            "SUPERTOKENS_API_DOMAIN": API_DOMAIN,
            "SUPERTOKENS_WEBSITE_DOMAIN": API_DOMAIN,
        }
        environment |= self.more
        return environment | ({"SUPERTOKENS_JWKS_FILE": str(self.key_set)} if subject.keys == "given" else {})


class Process:
    """A process that has loaded its runtime and nothing of the subject yet."""

    def __init__(self, subject: Subject, surroundings: Surroundings) -> None:
        command = (
            [sys.executable, "-P", str(HERE / "driver.py"), subject.module]
            if subject.runtime == "python"
            else ["node", str(HERE / "node/driver.js"), str(HERE / "node" / subject.module)]
        )
        os.sched_setaffinity(0, _MEASURED)  # a process is born on its parent's cores
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own drivers
                command,
                env=surroundings.environment(subject),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        finally:
            os.sched_setaffinity(0, _REST)

    def first_answer(self, token: str) -> Calls:
        """Load the subject and serve a first request; both are timed as one.

        Raises
        ------
        SubjectError
            It cannot be loaded, or it refuses the token.
        """
        return self.call(with_cookies(token)).expect(200)

    def call(self, event: dict[str, Any]) -> Calls:
        """Serve a request and time it; the first one loads the subject, which is timed with it.

        Raises
        ------
        SubjectError
            It fails.
        """
        return self._ask({"do": "call", "event": event})

    def burst(self, tokens: Iterable[str | None]) -> Calls:
        """Serve requests one after the other, and time each.

        Raises
        ------
        SubjectError
            It fails.
        """
        return self._ask({"do": "burst", "event": EVENT, "cookies": [cookies(token) for token in tokens]})

    def rss(self) -> int:
        """Return the resident memory, in bytes."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        """Close the pipes of the process, which ends it."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, order: dict[str, Any]) -> Calls:
        orders, replies = self._process.stdin, self._process.stdout
        assert orders and replies  # noqa: S101, PT018 - both are pipes
        try:
            orders.write(f"{json.dumps(order)}\n")
            orders.flush()
        except BrokenPipeError:
            pass
        line = replies.readline()
        if not line:
            raise SubjectError("its process ended")
        reply = json.loads(line)
        if "error" in reply:
            raise SubjectError(str(reply["error"]))
        return Calls(**reply)


def keep_off_the_measured_core() -> None:
    """Run this process on the cores that are not measured, if there are others."""
    os.sched_setaffinity(0, _REST)
