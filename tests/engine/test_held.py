"""A device that is held for a person is told of once, and again shortly before its time is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from support.batches import Told
from support.stores import NOON, StandingClock, some_jobs

from swimctl.engine.held import HeldDevices
from swimctl.models import JobOptions
from swimctl.steps.pausing import Parts, Pause
from swimctl.store import Runner, Store
from swimctl.waiting import Waiting, WaitKind

HELD = Waiting(WaitKind.HELD, "routes fell from 9 to 4", 1, NOON + timedelta(minutes=60), "a1b2")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Store, Runner, StandingClock]]:
    clock = StandingClock()
    with Store.open(tmp_path / "s.db", clock) as store, store.register_runner() as runner:
        yield store, runner, clock


def told(
    opened: tuple[Store, Runner, StandingClock], said: list[tuple[int, Waiting | None]], on_failed_checks: str = "hold"
) -> list[tuple[str, ...]]:
    """Run a job that says so at these minutes what it waits for, and return what people were told."""
    store, runner, clock = opened
    options = JobOptions(on_failed_checks=cast("Any", on_failed_checks))
    (job,) = some_jobs(store, ["sw1"], options=options)
    assert store.claim(job.id, runner) is not None
    store.step(job.id, runner, "post-checks", cast("Any", "running"))
    notifier = Told()

    def parts() -> Parts[str]:
        for minute, waiting in said:
            clock.at = NOON + timedelta(minutes=minute)
            store.say(job.id, runner, "at work", waiting)
            yield Pause(1)
        return "through"

    going = HeldDevices(store, cast("Any", notifier), cast("Any", clock)).told(store.batch(job.batch_id), job, parts())
    assert ends_with(going) == "through"
    return [(words[0], words[-1]) for words in notifier.words]


def ends_with(parts: Parts[str]) -> str:
    while True:
        try:
            next(parts)
        except StopIteration as end:
            return str(end.value)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ([0, 1, 44], [("held", "3600")]),
        ([0, 45, 46, 54, 55, 59], [("held", "3600"), ("reminded", "900"), ("reminded", "300")]),
        ([0, 57], [("held", "3600"), ("reminded", "180")]),  # both at once are one
        ([50, 51, 56], [("held", "600"), ("reminded", "240")]),  # so little is left that it is no reminder's time
    ],
)
def test_it_is_told_with_the_time_that_is_left_and_once_for_each_reminder(
    opened: tuple[Store, Runner, StandingClock], minutes: list[int], words: list[tuple[str, str]]
) -> None:
    assert told(opened, [(minute, HELD) for minute in minutes]) == words


def test_one_that_somebody_looked_at_again_is_not_told_of_anew(
    opened: tuple[Store, Runner, StandingClock],
) -> None:
    assert told(opened, [(0, None), (1, HELD), (2, None), (3, HELD), (46, HELD)]) == [
        ("held", "3540"),
        ("reminded", "840"),
    ]


def test_what_waits_for_something_else_or_is_held_for_nobody_is_not_told_of(
    opened: tuple[Store, Runner, StandingClock],
) -> None:
    other = Waiting(WaitKind.PERSON, "Board", 1, NOON + timedelta(minutes=60))
    assert told(opened, [(0, other), (50, other)]) == []


def test_where_nothing_is_held_nobody_looks(opened: tuple[Store, Runner, StandingClock]) -> None:
    assert told(opened, [(0, HELD)], "back") == []


def test_who_ends_it_early_ends_the_job_of_it(opened: tuple[Store, Runner, StandingClock]) -> None:
    store, _, clock = opened
    (job,) = some_jobs(store, ["sw1"], options=JobOptions(on_failed_checks="hold"))
    ended: list[str] = []

    def parts(end: Callable[[str], None]) -> Parts[None]:
        try:
            yield Pause(1)
        finally:
            end("closed")

    going = HeldDevices(store, cast("Any", Told()), cast("Any", clock)).told(
        store.batch(job.batch_id), job, parts(ended.append)
    )
    next(going)
    going.close()
    assert ended == ["closed"]
