"""Every order in which three refreshes with one token can run, each step of the real code chosen by a scheduler.

The race over processes samples; this explores. A refresh is a greenlet that stops before each question to the store,
to the core, and at each wait; the scheduler tries every choice of who goes on, and of time that passes meanwhile. What
follows depends on the state alone, so a state that was reached before is not explored again.
"""

from collections.abc import Callable, Iterator
from typing import Any

import greenlet  # type: ignore[import-untyped]  # its stubs are a package that nothing else needs
import pytest

from supertokens_lambda._refresh import reuse
from supertokens_lambda._refresh.reuse import ReuseInterval
from supertokens_lambda._refresh.store import COMPLETED, IN_PROGRESS, Record
from supertokens_lambda._refresh.tokens import RefreshToken, Tokens

TOKEN = "the-refresh-token"
REFRESHES = 3
BUDGET = 2.0  # seconds of a refresh; a wait is one, so that few of them pass
LATER = -1  # the choice to let time pass


class FaultError(Exception):
    """A fault that the test injects."""


class World:
    """One run: the refreshes, the store and the core they share, and the clock that moves when all agree."""

    def __init__(self, scenario: "Scenario", choices: list[int], seen: set[object]) -> None:
        self._scenario = scenario
        self._choices = choices
        self._seen = seen
        self._is_over = False
        self.options: list[list[int]] = []
        self.now = 0.0
        self.records: dict[str, tuple[Record, int, int]] = {}
        self.children = 0
        self.delivered: dict[int, Tokens] = {}
        self.failed: dict[int, BaseException] = {}
        self.faults = 0
        self._owner = 0  # the child whose tokens the completed record holds
        self._steps = [0] * REFRESHES
        self._before = [""] * REFRESHES
        self._got = [0] * REFRESHES
        self._wakes: dict[int, float] = {}
        self._running = [greenlet.greenlet(self._refresh) for _ in range(REFRESHES)]
        self._scheduler = greenlet.getcurrent()

    def run(self) -> bool:
        """Run to the end; False where the rest was explored before."""
        while ready := self._ready():
            if len(self.options) >= len(self._choices) and not self._is_new():
                self._is_over = True
                for refresh in self._running:
                    refresh.throw()
                return False
            options = [*ready]
            asleep = [
                wake for number, wake in self._wakes.items() if wake > self.now and not self._running[number].dead
            ]
            if asleep and self._may_pass_time():
                options.append(LATER)
            choice = self._choose(options)
            if choice == LATER:
                self.now = min(asleep)
                continue
            self._running[choice].switch(choice)
        return True

    def stop(self, before: str, wakes_in: float = 0.0) -> None:
        """Stop before a step; what the scenario does to this refresh happens here."""
        if self._is_over:
            raise greenlet.GreenletExit
        number = self._number()
        self._before[number] = before
        self._steps[number] += 1
        self._wakes[number] = self.now + wakes_in
        if self._scenario.crashes_at == (number, self._steps[number]):
            raise greenlet.GreenletExit
        self._scheduler.switch()

    def _number(self) -> int:
        return self._running.index(greenlet.getcurrent())

    def _ready(self) -> list[int]:
        alive = [number for number, refresh in enumerate(self._running) if not refresh.dead]
        ready = [number for number in alive if self._wakes.get(number, 0.0) <= self.now]
        if alive and not ready:
            self.now = min(self._wakes[number] for number in alive)
            ready = [number for number in alive if self._wakes[number] <= self.now]
        return ready

    def _may_pass_time(self) -> bool:
        return self.now < BUDGET

    def _is_new(self) -> bool:
        # All refreshes are alike but for the one that the scenario is for.
        first, *others = (
            (
                self._before[number],
                self._got[number],
                self._steps[number] if self._scenario.counts_steps and number == 0 else 0,
                self._wakes.get(number),
                self._running[number].dead,
                self.delivered[number].access_token if number in self.delivered else "",
                number in self.failed,
            )
            for number in range(REFRESHES)
        )
        records = [(record.status, over, taken) for record, over, taken in self.records.values()]
        state = (self.now, first, *sorted(others, key=repr), self._owner, *records, self.faults)
        is_new = state not in self._seen
        self._seen.add(state)
        return is_new

    def _choose(self, options: list[int]) -> int:
        depth = len(self.options)
        self.options.append(options)
        return options[self._choices[depth] if depth < len(self._choices) else 0]

    def _refresh(self, number: int) -> None:
        interval = ReuseInterval(lambda: self, 10, self)  # type: ignore[arg-type]  # store and clock in one
        try:
            self.delivered[number], _ = interval.refresh(TOKEN, b"", self.now + BUDGET, self._rotate)
        except greenlet.GreenletExit:
            raise
        except FaultError as error:
            self.failed[number] = error

    # The core.
    def _rotate(self) -> Tokens:
        number = self._number()
        self.stop("core")
        self.children += 1
        child = self._got[number] = self.children
        if self._scenario.slow_core_for == number:
            self.stop("end of time", BUDGET)  # it answers, and nobody waits any longer
            raise FaultError
        if self._scenario.core_refuses == number:
            raise FaultError
        return Tokens(f"access-{child}", "front", RefreshToken(f"refresh-{child}", 0, 0), None, "h", "u", "u", "t", {})

    # The store, by the conditions of the table.
    def begin(self, key: str, *, now: float, expiration: int, in_progress_expiration: int) -> Record | None:
        self._store_call("begin")
        found = self.records.get(key)
        if found is not None:
            record, over, taken_over = found
            expired = over < int(now) or (record.status == IN_PROGRESS and taken_over < int(now * 1000))
            if not expired:
                return record
        self.records[key] = Record(IN_PROGRESS, None), expiration, in_progress_expiration
        self._lose_answer()
        return None

    def complete(self, key: str, *, expiration: int, data: str) -> None:
        self._store_call("complete")
        self.records[key] = Record(COMPLETED, data), expiration, 0
        self._owner = self._got[self._number()]
        self._lose_answer()

    def delete(self, key: str) -> None:
        self._store_call("delete")
        self.records.pop(key, None)
        self._lose_answer()

    def _store_call(self, name: str) -> None:
        self.stop(name)
        if self._scenario.store_fails_at == (self._number(), self._steps[self._number()]):
            self.faults += 1
            raise FaultError

    def _lose_answer(self) -> None:
        if self._scenario.loses_answer_at == (self._number(), self._steps[self._number()]):
            self.faults += 1
            raise FaultError

    # The clock.
    def time(self) -> float:
        return 1_000_000 + self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.stop("wait", seconds)


class Scenario:
    """What goes wrong, and with which refresh at which of its steps."""

    def __init__(self, **more: Any) -> None:
        self.crashes_at: tuple[int, int] | None = more.get("crashes_at")
        self.store_fails_at: tuple[int, int] | None = more.get("store_fails_at")
        self.loses_answer_at: tuple[int, int] | None = more.get("loses_answer_at")
        self.slow_core_for: int | None = more.get("slow_core_for")
        self.core_refuses: int | None = more.get("core_refuses")
        # Elsewhere it makes no difference how often a refresh has waited.
        self.counts_steps = bool(self.crashes_at or self.store_fails_at or self.loses_answer_at)


def runs(scenario: Scenario) -> Iterator[World]:
    """Run a scenario in every order: depth first, each run with the next choice that was not yet taken."""
    choices: list[int] = []
    seen: set[object] = set()
    while True:
        world = World(scenario, choices, seen)
        if world.run():
            yield world
        choices = choices + [0] * (len(world.options) - len(choices))
        while choices and choices[-1] + 1 >= len(world.options[len(choices) - 1]):
            choices.pop()
        if not choices:
            return
        choices[-1] += 1


def different(world: World) -> int:
    return len({tokens.access_token for tokens in world.delivered.values()})


@pytest.fixture(autouse=True)
def coarse_waits(monkeypatch) -> None:
    monkeypatch.setattr(reuse, "_WAITS", (1.0,))


@pytest.fixture
def explore(tally, caplog) -> Callable[[Scenario], list[World]]:
    caplog.set_level("CRITICAL", "supertokens_lambda")  # each fault is logged, a hundred thousand times

    def all_of(scenario: Scenario) -> list[World]:
        found = list(runs(scenario))
        tally("orders of three refreshes explored", len(found))
        assert len(found) > 10
        return found

    return all_of


def test_all_get_the_tokens_of_one(explore):
    for world in explore(Scenario()):
        assert not world.failed
        # A refresh that is slower than its own budget may be overtaken; the core is asked once otherwise.
        if world.now < BUDGET:
            assert len(world.delivered) == REFRESHES
            assert (different(world), world.children) == (1, 1)


@pytest.mark.parametrize("step", range(1, 5))
def test_the_crash_of_one_costs_the_others_nothing(explore, step):
    for world in explore(Scenario(crashes_at=(0, step))):
        assert not world.failed
        assert {1, 2} <= world.delivered.keys()
        survivors = {world.delivered[number].access_token for number in (1, 2)}
        if world.now < BUDGET:
            assert len(survivors) == 1


def test_a_core_that_is_too_slow_for_one_is_asked_by_the_next(explore):
    for world in explore(Scenario(slow_core_for=0)):
        assert different(world) <= 2
        assert world.failed.keys() <= {0}


def test_a_refusal_is_not_kept(explore):
    for world in explore(Scenario(core_refuses=0)):
        assert world.failed.keys() <= {0}
        if world.now < BUDGET:
            assert different(world) == 1


@pytest.mark.parametrize("kind", ["store_fails_at", "loses_answer_at"])
@pytest.mark.parametrize("step", range(1, 5))
def test_a_fault_of_the_store_costs_one_protection_and_no_session(explore, kind, step):
    for world in explore(Scenario(**{kind: (0, step)})):
        assert not world.failed
        assert len(world.delivered) == REFRESHES
        if world.now < BUDGET:
            assert different(world) <= 1 + world.faults
