"""The measurements, each taking the subjects in turn so that a slow minute of the machine is a slow one for all."""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.catalogue import Subject
from benchmarks.core import CountingCore, with_unknown_key
from benchmarks.figures import WARM, Figures, Flood, Results
from benchmarks.process import Process, SubjectError, Surroundings

_VALID_EVERY = 100


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes
    ----------
    ways : int
        Visitors' whole ways of each kind.
    cold : int
        Fresh processes of each subject.
    rounds, burst : int
        Bursts of each kind of call, and the calls of one.
    flood : int
        Tokens with unknown key ids.
    """

    ways: int
    cold: int
    rounds: int
    burst: int
    flood: int

    @property
    def tokens(self) -> int:
        """How many tokens it takes for none to come twice to one process, but where it is meant to."""
        return (self.rounds + 1) * self.burst + 1


class Run:
    """One run over some subjects.

    Parameters
    ----------
    subjects : sequence of Subject
        To be measured; one that fails is left out from there on.
    core : CountingCore
        That issued the tokens.
    surroundings : Surroundings
        Of the subjects.
    extent : Extent
        How much is measured.
    """

    def __init__(
        self, subjects: Sequence[Subject], core: CountingCore, surroundings: Surroundings, extent: Extent
    ) -> None:
        self._subjects = list(subjects)
        self._core = core
        self._surroundings = surroundings
        self._extent = extent
        self._seen, *self._new = core.tokens(extent.tokens)
        self.results = Results(figures={subject.name: Figures() for subject in subjects})

    def cold(self) -> None:
        """Measure fresh processes; a first round compiles, fills the page cache, and does not count."""
        for number in self._rounds("cold", self._extent.cold + 1):
            for subject in self._in_turn(number):
                with self._or_left_out(subject):
                    self._start_once(subject)
            if number == 0:
                for figures in self.results.figures.values():
                    figures.cold.values.clear()
                    figures.rss.values.clear()

    def warm(self) -> None:
        """Measure processes that are kept, in bursts; a first burst of each kind does not count."""
        with ExitStack() as stack:
            processes = {}
            for subject in list(self._subjects):
                processes[subject.name] = stack.enter_context(Process(subject, self._surroundings))
                with self._or_left_out(subject):
                    processes[subject.name].first_answer(self._seen)
            for number in self._rounds("warm", self._extent.rounds + 1):
                for subject in self._in_turn(number):
                    with self._or_left_out(subject):
                        self._bursts(subject, processes[subject.name], number)

    def flood(self) -> None:
        """Send tokens with unknown key ids, valid ones among them, to what fetches its key set."""
        for subject in [s for s in self._subjects if s.keys == "fetch" and not s.is_floor]:
            _tell(f"flood: {subject.name}")
            with self._or_left_out(subject):
                self._flood(subject)

    def _start_once(self, subject: Subject) -> None:
        before = self._core.key_set_fetches
        with Process(subject, self._surroundings) as process:
            answered = process.first_answer(self._seen)
            figures = self.results.figures[subject.name]
            figures.cold.values.append(answered.ns[0] / 1e9)
            figures.rss.values.append(process.rss())
        fetched = self._core.key_set_fetches - before
        if subject.keys == "given" and fetched:
            raise SubjectError("it fetched the key set that it was given")

    def _bursts(self, subject: Subject, process: Process, number: int) -> None:
        size = self._extent.burst
        new = self._new[number * size : (number + 1) * size]
        asked: tuple[tuple[Sequence[str | None], tuple[int, ...]], ...] = (
            (new, (200,)),
            ([self._seen] * size, (200,)),
            ([None] * size, (302, 401)),
        )
        for kind, (tokens, statuses) in zip(WARM, asked, strict=True):
            took = median(process.burst(tokens).expect(*statuses).ns) / 1e9
            if number > 0:
                self.results.figures[subject.name].warm[kind].values.append(took)

    def _flood(self, subject: Subject) -> None:
        with Process(subject, self._surroundings) as process:
            process.first_answer(self._seen)
            before = self._core.key_set_fetches
            unknown = valid = admitted = served = 0
            begun = time.monotonic()
            while unknown < self._extent.flood:
                size = min(_VALID_EVERY, self._extent.flood - unknown)
                tokens = [with_unknown_key(self._seen) for _ in range(size)]
                calls = process.burst([*tokens, random.choice(self._new)])  # noqa: S311 - any will do
                unknown, valid = unknown + size, valid + 1
                admitted += calls.statuses[:-1].count(200)
                served += calls.statuses[-1] == 200
            seconds = time.monotonic() - begun
            fetches = self._core.key_set_fetches - before
        self.results.figures[subject.name].flood = Flood(unknown, valid, admitted, served, fetches, seconds)

    @contextmanager
    def _or_left_out(self, subject: Subject) -> Iterator[None]:
        try:
            yield
        except SubjectError as error:
            _tell(f"{subject.name} is left out: {error}")
            self._subjects.remove(subject)
            self.results.missing[subject.name] = str(error)
            self.results.figures.pop(subject.name)

    def _in_turn(self, number: int) -> list[Subject]:
        begin = number % max(1, len(self._subjects))
        return self._subjects[begin:] + self._subjects[:begin]

    def _rounds(self, name: str, count: int) -> Iterator[int]:
        for number in range(count):
            _tell(f"{name}: round {number} of {count - 1}")
            yield number


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
