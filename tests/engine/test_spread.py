"""How many devices talk at once, and that it changes while they do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.stores import StandingClock

from swimctl.engine import spread as spread_module
from swimctl.engine.spread import Limits, Spread
from swimctl.steps.pausing import Parts

NAMES = [f"sw{number}" for number in range(1, 9)]


@dataclass
class Fleet:
    """Jobs that run until they are told to end; `most` is how many ever ran at once."""

    limits: Limits
    running: set[str] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    most: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    ends: Callable[[Fleet, str], bool] = lambda _fleet, _name: True

    def work(self, name: str) -> Parts[None]:
        with self.changed:
            self.running.add(name)
            self.ran.append(name)
            self.most = max(self.most, len(self.running))
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.ends(self, name), 60), f"{name} waits in vain: {self.running}"
            self.running.remove(name)
            self.changed.notify_all()
        yield from ()

    def steered(self, _limits: Limits) -> Limits:
        return self.limits


def nornir(names: Sequence[str], workers: int) -> Any:
    def run(task: Callable[[Any], object], *, on_failed: bool) -> None:
        assert on_failed
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(task, SimpleNamespace(host=SimpleNamespace(name=name))) for name in names]:
                done.result()

    return SimpleNamespace(run=run)


@pytest.fixture
def spread(monkeypatch: pytest.MonkeyPatch) -> Spread:
    monkeypatch.setattr(spread_module, "_LOOK", 0.01)
    inventory, poller = SimpleNamespace(threaded=True, nornir=nornir), SimpleNamespace(watch=print)
    return Spread(cast("Any", inventory), cast("Any", StandingClock()), cast("Any", poller), far=False)


def go(spread: Spread, fleet: Fleet, first: Limits) -> None:
    spread.go(NAMES, first, fleet.work, threading.Event(), fleet.steered)
    assert sorted(fleet.ran) == NAMES, "each ran once"


def test_more_begin_while_the_first_ones_are_busy(spread: Spread) -> None:
    fleet = Fleet(Limits(5, 5), ends=lambda fleet, _name: fleet.most == 5)
    go(spread, fleet, Limits(2, 2))
    assert fleet.most == 5


def test_with_fewer_those_that_run_go_on_and_the_others_wait(spread: Spread) -> None:
    fleet = Fleet(Limits(4, 4))
    after: list[int] = []

    def ends(fleet: Fleet, _name: str) -> bool:
        if len(fleet.ran) == 4 and fleet.most == 4:
            fleet.limits = Limits(1, 1)
        if len(fleet.ran) > 4:
            after.append(len(fleet.running))
        return fleet.most == 4 and steps.is_set()

    steps = threading.Event()
    fleet.ends = ends
    steered = fleet.steered

    def seen(limits: Limits) -> Limits:
        now = steered(limits)
        if limits == Limits(1, 1):  # they were lowered a look before
            steps.set()
            with fleet.changed:
                fleet.changed.notify_all()
        return now

    spread.go(NAMES, Limits(4, 4), fleet.work, threading.Event(), seen)
    assert sorted(fleet.ran) == NAMES
    assert fleet.most == 4
    assert set(after) <= {1, 2, 3}, "whoever begins after that, begins as others have ended"
    assert after[-1] == 1


def test_who_began_with_one_goes_on_with_more_when_that_one_has_ended(spread: Spread) -> None:
    fleet = Fleet(Limits(3, 3), ends=lambda fleet, _name: len(fleet.ran) == 1 or fleet.most == 3)
    go(spread, fleet, Limits(1, 1))
    assert fleet.ran[0] == "sw1"
    assert fleet.most == 3


def test_one_at_a_time_stays_so_where_nobody_changes_it(spread: Spread) -> None:
    fleet = Fleet(Limits(1, 1))
    go(spread, fleet, Limits(1, 1))
    assert (fleet.ran, fleet.most) == (NAMES, 1)
