"""Somebody sets this machine's clock by an hour while upgrades run or wait: no wrong proof, none twice, none lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.processes import assert_once
from support.upgrades import Later, at, lab_folder, request

from swimctl.cli.context import Opened
from swimctl.clock import SystemClock
from swimctl.engine.scheduler import Scheduler
from swimctl.states import FINAL, JobStatus

HOUR = timedelta(hours=1)
EITHER_WAY = pytest.mark.parametrize("change", [HOUR, -HOUR], ids=["forward", "back"])


def wait_until(true: Callable[[], bool], seconds: float = 240) -> None:
    end = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        end.wait(0.02)
    raise AssertionError("it does not come")


def set_clock(opened: Opened, change: timedelta) -> None:
    clock = opened.clock
    assert isinstance(clock, Later)
    clock.ahead += change


@contextmanager
def scheduling(opened: Opened) -> Iterator[Scheduler]:
    """Run the scheduler of `serve` beside the test."""
    stop = threading.Event()
    scheduler = Scheduler(opened.engine, opened.store, opened.clock, opened.config.settings.schedule_grace)
    thread = threading.Thread(target=scheduler.run, args=(stop,))
    thread.start()
    try:
        yield scheduler
    finally:
        stop.set()
        thread.join(240)
        assert not thread.is_alive()


@EITHER_WAY
def test_the_mark_of_a_moment_is_not_moved_by_the_time_of_day(change: timedelta) -> None:
    clock = Later(60.0, timedelta(0))
    mark = clock.mark()
    clock.ahead += change
    assert 0 <= clock.since(mark) < 600
    # A mark of another boot of this machine, or of an older store, has the time of day alone.
    day_old = {"at": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    for mark in (day_old, {**day_old, "machine": "another boot", "ticks": 1.0}):
        assert SystemClock(2.0).since(mark) == pytest.approx(2 * 86_400, abs=60)


@pytest.mark.prove
@EITHER_WAY
@pytest.mark.usefixtures("impatient")
def test_while_a_device_reloads(tmp_path: Path, change: timedelta) -> None:
    # sw2 says SUCCESS and does nothing: with an hour more on the clock its old uptime must not look like a new boot.
    settings = {"activation": {"mode": "one-shot"}}
    with (
        lab_folder(
            tmp_path, ssh=False, at_rest=False, devices=2, faults={"sw2": ["does-nothing"]}, settings=settings
        ) as lab,
        at(tmp_path, timedelta(0)) as opened,
    ):
        made = opened.service.trigger(request(opened))
        run = threading.Thread(target=opened.engine.run, args=(made.batch, made.jobs, threading.Event()))
        run.start()
        try:
            wait_until(
                lambda: all(
                    any(event.message == "install activate" for event in opened.store.events(job.id))
                    for job in made.jobs
                )
            )
            set_clock(opened, change)
        finally:
            run.join(240)
        good, idle = opened.store.jobs()
        assert (good.status, good.error) == (JobStatus.SUCCESS, None)
        assert idle.status is JobStatus.FAILED
        assert (idle.error or "").startswith("sw2 did not reload")
        assert [len(lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 0]


@EITHER_WAY
def test_between_scheduled_jobs(tmp_path: Path, change: timedelta) -> None:
    with lab_folder(tmp_path, ssh=False, at_rest=False, devices=2) as lab, at(tmp_path, timedelta(0)) as opened:
        first, second = opened.inventory.devices
        now = opened.clock.now()
        one = opened.service.trigger(
            request(opened, devices=(first,), schedule_time=now + timedelta(seconds=1), detached=True)
        )
        with scheduling(opened):
            wait_until(lambda: opened.store.job(one.jobs[0].id).status in FINAL)
            two = opened.service.trigger(
                request(opened, devices=(second,), schedule_time=now + timedelta(minutes=30), detached=True)
            )
            set_clock(opened, change)
            if change < timedelta(0):  # its time is an hour and a half away now, and comes
                set_clock(opened, 2 * HOUR)
            wait_until(lambda: opened.store.job(two.jobs[0].id).status in FINAL)
        jobs = opened.store.jobs()
        assert [(job.status, job.error) for job in jobs] == [(JobStatus.SUCCESS, None)] * 2
        assert_once(lab)
