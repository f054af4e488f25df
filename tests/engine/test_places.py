"""Who has one of a worker's places: nobody that waits, and who comes back before who begins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from swimctl.clock import Clock
from swimctl.engine.places import Places
from swimctl.steps.pausing import Parts, Pause, shared, wanted


@dataclass
class Away:
    """A clock whose sleepers wake when they are told to."""

    speed: float = 1.0
    asleep: threading.Event = field(default_factory=threading.Event)
    back: threading.Event = field(default_factory=threading.Event)

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:  # noqa: ARG002 - as Clock wants it
        self.asleep.set()
        assert self.back.wait(60)


@dataclass
class Worker:
    """Places, and jobs in threads of their own; `log` is what they did, in order."""

    places: Places
    log: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def job(self, name: str, *pauses: Pause, at: Callable[[], object] = lambda: None) -> Parts[str]:
        """Note each part, and call `at` in the last one."""
        for number, pause in enumerate(pauses):
            self.log.append(f"{name}{number}")
            yield pause
        at()
        self.log.append(f"{name} ends")
        return name

    def start(self, parts: Parts[str], clock: Any = None) -> None:
        def run() -> None:
            self.log.append(self.places.see_through(parts, cast("Clock", clock or Away()), threading.Event()).upper())

        thread = threading.Thread(target=run)
        self.threads.append(thread)
        thread.start()

    def until(self, *, back: int = 0, new: int = 0) -> None:
        """Wait until so many wait for a place."""
        looks = threading.Event()
        for _ in range(2000):
            if (self.places._waiting[True], self.places._waiting[False]) == (back, new):
                return
            looks.wait(0.005)
        pytest.fail(f"{self.places._waiting} wait, not {back} and {new}")


@contextmanager
def worker(many: int) -> Iterator[Worker]:
    made = Worker(Places(many))
    yield made
    for thread in made.threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_job_that_waits_leaves_its_place_to_another_one() -> None:
    with worker(1) as one:
        away = Away()
        one.start(one.job("a", Pause(10)), away)
        assert away.asleep.wait(60)
        one.start(one.job("b"))
        one.threads[1].join(60)
        assert one.log == ["a0", "b ends", "B"]
        away.back.set()
    assert one.log == ["a0", "b ends", "B", "a ends", "A"]


@pytest.mark.parametrize(
    ("pause", "first"), [(Pause(10), "a"), (Pause(10, early=True), "c"), (Pause(10, begun=False), "c")]
)
def test_who_comes_back_goes_before_who_begins(pause: Pause, first: str) -> None:
    with worker(1) as one:
        away, busy, done = Away(), threading.Event(), threading.Event()
        one.start(one.job("a", pause), away)
        assert away.asleep.wait(60)
        one.start(one.job("b", at=lambda: (busy.set(), done.wait(60))))
        assert busy.wait(60)
        one.start(one.job("c"))
        one.until(new=1)
        away.back.set()
        one.until(**({"back": 1, "new": 1} if first == "a" else {"new": 2}))
        done.set()
    ends = [word for word in one.log if word.endswith(" ends") and word[0] != "b"]
    assert sorted(ends) == ["a ends", "c ends"]
    if first == "a":
        assert ends == ["a ends", "c ends"]


def test_a_quarter_of_the_places_is_kept_for_those_that_come_back() -> None:
    with worker(4) as one:
        away, done = Away(), threading.Event()
        one.start(one.job("a", Pause(10)), away)
        assert away.asleep.wait(60)
        for name in "bcde":
            one.start(one.job(name, at=lambda: done.wait(60)))
        one.until(new=1)
        assert one.places._free == 1
        away.back.set()
        one.threads[0].join(60)
        assert one.log == ["a0", "a ends", "A"]
        done.set()


def test_who_talks_is_told_whether_another_one_waits_for_its_place() -> None:
    with worker(1) as one:
        seen = list[tuple[bool, bool]]()

        def looks() -> None:
            seen.append((shared(), wanted()))
            one.start(one.job("b", Pause(0)), away)
            one.until(new=1)
            seen.append((shared(), wanted()))

        away = Away()
        away.back.set()
        one.start(one.job("a", at=looks))
        one.threads[0].join(60)
        assert seen == [(True, False), (True, False)], "nobody else may begin now, and nobody comes back"
        assert not shared()


def test_a_part_that_fails_leaves_its_place() -> None:
    def fails() -> Parts[str]:
        yield Pause(0)
        raise OSError("no")

    with worker(1) as one:
        away = Away()
        away.back.set()
        with pytest.raises(OSError, match="no"):
            one.places.see_through(fails(), cast("Clock", away), threading.Event())
        one.start(one.job("b"))
    assert one.log == ["b ends", "B"]


def test_who_only_looks_needs_no_place() -> None:
    with worker(1) as one:
        looked, let_go, awake = threading.Event(), threading.Event(), Away()
        awake.back.set()

        def fetches() -> Parts[str]:
            yield Pause(1, early=True, looks=True)
            looked.set()
            assert let_go.wait(60), "the one place is free while the first job looks"
            yield Pause(0, early=True)
            one.log.append("a goes on")
            return "a"

        one.start(fetches(), awake)
        assert looked.wait(60)
        one.start(one.job("b", at=let_go.set))
    assert sorted(one.log) == ["A", "B", "a goes on", "b ends"]
