"""Waits of a job whose thread serves others, too: it leaves its session only where one of them needs the thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count, repeat
from typing import Any, TypeVar, cast

import pytest
from support.after_reload import back, keeping
from support.scripted_steps import AFTER, NEW, OLD, PaperClock, Scripted, activated, runs

from swimctl.config.settings import Settings
from swimctl.errors import StepFailed
from swimctl.platforms.facts import Running
from swimctl.steps import PostChecks
from swimctl.steps.pausing import WANTED, Parts, Pause, shared, wanted
from swimctl.steps.reload import wait_for_reload

T = TypeVar("T")
SETTLE, LOGIN = Settings().activation.settle, Settings().login
WORSE = replace(AFTER, interfaces_up=())


@contextmanager
def others(want: Callable[[], bool]) -> Iterator[None]:
    """Have other jobs share the thread, who want it when they say so."""
    token = WANTED.set(want)
    try:
        yield
    finally:
        WANTED.reset(token)


def never() -> bool:
    return False


def always() -> bool:
    return True


def up(clock: PaperClock) -> Running:
    """Return what a device says that has booted once, two minutes before it is asked."""
    return runs(NEW, NEW, uptime=120 + int(clock.seconds))


def noted(parts: Parts[T], pauses: list[Pause]) -> Parts[T]:
    """Go through these parts, and note their pauses."""
    while True:
        try:
            pauses.append(next(parts))
        except StopIteration as end:
            return cast("T", end.value)
        yield pauses[-1]


def back_from_boot(**script: Any) -> Scripted:
    return Scripted(memory=activated(), **script)


def wait(job: Scripted) -> tuple[Running, bool]:
    return job.through(wait_for_reload(job.context, job.record.memory["boot"], seen_down=True))


def test_a_thread_that_serves_one_job_is_wanted_by_nobody() -> None:
    assert not shared()
    assert not wanted()
    with others(always):
        assert shared()
        assert wanted()


def test_the_look_out_for_a_second_reload_keeps_its_session_while_nobody_needs_the_thread() -> None:
    job = back_from_boot(running=[up])
    with others(never):
        assert wait(job)[1] is True
    assert (job.opened, sum(job.watched), max(job.watched)) == (1, SETTLE, 1.0)
    assert job.waited == LOGIN.first_wait + SETTLE


def test_a_second_reload_ends_the_session_that_looks_out() -> None:
    job = back_from_boot(running=[up], ends=[False, True])
    with others(never):
        wait(job)
    assert job.opened == 2
    assert job.waited == 2 * LOGIN.first_wait + 2 + LOGIN.poll + SETTLE


@pytest.mark.parametrize("held", [0, 3])
def test_where_another_job_needs_the_thread_the_session_is_left_for_what_remains(held: int) -> None:
    job, asked = back_from_boot(running=[up]), chain(repeat(False, held), repeat(True))
    with others(lambda: next(asked)):
        now, reloaded = wait(job)
    assert (now.version, reloaded, job.opened) == (NEW, True, 2)
    assert job.watched == [1.0] * held
    assert job.waited == LOGIN.first_wait + SETTLE
    assert job.attempts == [1, 1]


def test_a_device_that_went_down_again_while_nobody_was_there_shows_it_by_its_uptime() -> None:
    """It boots in less than its settling time, is asked by the second look, and settles once more."""
    job = back_from_boot(running=[runs(NEW, NEW, uptime=500), lambda clock: runs(NEW, NEW, uptime=int(clock.seconds))])
    with others(always):
        now, reloaded = wait(job)
    assert (now.version, reloaded) == (NEW, True)
    assert job.told("up") == [f"runs {NEW} since a new boot"] * 2
    assert job.opened == 4


def test_a_device_without_an_uptime_is_watched_in_its_session() -> None:
    job = back_from_boot(running=[runs(NEW, NEW, uptime=None, restarted_at="2031-05-04T01:40:00")])
    job.record.memory["boot"]["restarted_at"] = "2031-04-01T00:00:00"
    with others(always):
        assert wait(job)[1] is True
    assert (job.opened, job.watched) == (1, [SETTLE])


def test_links_that_are_late_are_looked_at_once_a_minute_where_others_need_the_thread() -> None:
    def looked(want: Callable[[], bool]) -> tuple[Scripted, list[Pause]]:
        number, pauses = count(), list[Pause]()

        def late(_clock: PaperClock) -> Any:
            return WORSE if next(number) < 3 else AFTER

        job = keeping(snapshot=[late])
        with others(want):
            found = job.through(noted(PostChecks().in_parts(job.context), pauses))
        assert found.message.endswith("and all is as before")
        assert job.driver.times("commit") == 1
        return job, pauses

    job, pauses = looked(always)
    assert [pause.seconds for pause in pauses] == [60.0] * 3
    alone, none = looked(never)
    assert none == []
    assert job.opened == alone.opened + 3
    assert (job.waited - alone.waited) == 3 * (60.0 - LOGIN.poll)


def test_a_way_back_leaves_its_thread_while_the_device_is_away() -> None:
    job, pauses = back(snapshot=[WORSE], ports=[False, True]), list[Pause]()
    with pytest.raises(StepFailed, match="rolled back to"):
        job.through(noted(PostChecks().in_parts(job.context), pauses))
    assert (pauses[0].seconds, pauses[0].silent) == (LOGIN.poll, job.context.target)
    assert LOGIN.first_wait in [pause.seconds for pause in pauses]
    assert job.sent("abort")


def test_members_that_join_late_after_a_way_back_are_waited_for_without_a_thread() -> None:
    job, looks = back(snapshot=[WORSE]), count()
    (whole,) = job.driver._script["running"]

    def running(clock: PaperClock) -> Running:
        if job.sent("abort") and next(looks) < 4:
            return runs(OLD, uptime=60)
        return whole(clock)  # type: ignore[no-any-return]

    job.driver._script["running"] = [running]
    with pytest.raises(StepFailed, match="rolled back to"):
        job.through(PostChecks().in_parts(job.context))
    assert [words for words in job.record.said if words.startswith("waiting: 2 not there")] != []
