"""Campaigns on switches of the lab: the real scheduler, night after night, also past a death and a device that lies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.processes import assert_once, jobs, look, start, stop_in
from support.upgrades import at, lab_folder

from swimctl.campaigns.rule import Rule
from swimctl.campaigns.standing import Sight, State, Where
from swimctl.cli.context import Opened
from swimctl.engine.scheduler import Scheduler
from swimctl.inventory.selection import Selection
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.models import Caller, Outcome
from swimctl.states import JobStatus

ANNA = Caller("anna", "terminal")
DAY = timedelta(days=1)


def open_now() -> str:
    """Return a window that is open for some hours of each day, now among them."""
    return f"{datetime.now(UTC) - timedelta(hours=1):%H:%M}/12h@UTC"


def until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it does not come")


def a_night(opened: Opened, number: int) -> Sight:
    """Serve until that night of the campaign is over, and some looks longer; return how it stands then."""
    stop, ticks = threading.Event(), [0]
    nights = opened.campaigns.nights()
    tick = nights.tick

    def counted() -> None:
        tick()
        ticks[0] += 1

    nights.tick = counted  # type: ignore[method-assign]
    serving = Scheduler(opened.engine, opened.store, opened.clock, 3600, nights)
    thread = threading.Thread(target=serving.run, args=(stop,))
    thread.start()
    try:
        until(lambda: [one.ended_at is not None for one in opened.store.nights(1)] == [True] * number)
        before = ticks[0]
        until(lambda: ticks[0] > before + 2)
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    return opened.campaigns.sight("access")


def where(sight: Sight) -> dict[str, list[str]]:
    return {one.value: [each.device.name for each in sight.those(one)] for one in Where if sight.those(one)}


@pytest.mark.prove
def test_a_server_upgrades_night_after_night_and_gives_up_on_a_switch_that_lies(tmp_path: Path) -> None:
    lies = {"sw2": ["does-nothing"]}
    with lab_folder(tmp_path, ssh=False, devices=4, faults=lies) as lab:
        with at(tmp_path, timedelta(0)) as opened:
            opened.campaigns.create("access", Rule(Selection(all=True), open_now(), most=2), ANNA)
            sight = a_night(opened, 1)
        assert where(sight) == {"there": ["sw1"], "behind": ["sw3", "sw4", "sw2"]}
        assert sight.state is State.WAITING
        with at(tmp_path, DAY) as opened:
            assert where(a_night(opened, 2)) == {"there": ["sw1", "sw3", "sw4"], "behind": ["sw2"]}
        with at(tmp_path, 2 * DAY) as opened:
            sight = a_night(opened, 3)
        assert where(sight) == {"there": ["sw1", "sw3", "sw4"], "held back": ["sw2"]}
        assert sight.state is State.BLOCKED
        with at(tmp_path, 3 * DAY) as opened:
            opened.campaigns.nights().tick()
            assert len(opened.store.nights(1)) == 3
        assert [len(lab.reloads(name)) for name in sorted(lab.ports)] == [1, 0, 1, 1]


@pytest.mark.prove
@pytest.mark.parametrize("step", [0, 2], ids=["before the activation", "in the activation"])
def test_a_night_whose_process_was_killed_is_taken_up_and_nothing_is_sent_twice(tmp_path: Path, step: int) -> None:
    with lab_folder(tmp_path, ssh=False, at_rest=False, devices=2) as lab:
        assert look(tmp_path, "campaign", "create", "access", "--all", "--window", open_now(), "--workers", "1")[0] == 0
        assert stop_in(tmp_path, start(tmp_path, "campaign", "tonight"), step, 0.2)
        again = start(tmp_path, "campaign", "tonight")
        told = again.communicate(timeout=240)[0]
        assert (again.returncode, "night 1 was left, and goes on" in told) == (0, True), told
        assert [job["status"] for job in jobs(tmp_path)] == ["success", "success"]
        assert_once(lab)
        code, said = look(tmp_path, "campaign", "tonight", "access")
        assert (code, "nothing is behind: 2 devices: 2 there" in said) == (0, True), said


@pytest.mark.prove
def test_a_night_that_was_interrupted_a_day_ago_ends_as_left_over_when_a_server_starts_and_the_next_one_begins(
    tmp_path: Path,
) -> None:
    with lab_folder(tmp_path, ssh=False, at_rest=False, devices=2) as lab:
        assert look(tmp_path, "campaign", "create", "access", "--all", "--window", open_now(), "--workers", "1")[0] == 0
        assert stop_in(tmp_path, start(tmp_path, "campaign", "tonight"), 0, 0.2)
        with at(tmp_path, DAY) as opened:
            assert opened.campaigns.sight("access").state is State.INTERRUPTED
            sight = a_night(opened, 2)
            first, second = sight.nights
            assert (first.counts.left_over, first.counts.bad, second.counts.well) == (2, 0, 2)
            assert "was to end by" in (opened.store.jobs(batch_id=first.batch_id)[0].error or "")
            assert where(sight) == {"there": ["sw1", "sw2"]}
        assert_once(lab)


@pytest.mark.prove
def test_a_switch_that_turns_out_to_run_a_newer_release_is_left_as_it_is_and_halts_nothing(tmp_path: Path) -> None:
    fleet = [replace(one, version="17.15.01") if one.name == "sw1" else one for one in default_fleet(2, {})]
    with lab_folder(tmp_path, ssh=False, fleet=fleet) as lab:
        with at(tmp_path, timedelta(0)) as opened:
            rule = Rule(Selection(all=True), open_now(), max_failures=1, workers=1)
            opened.campaigns.create("access", rule, ANNA)
            sight = a_night(opened, 1)
            job = next(job for job in opened.store.jobs() if job.device_name == "sw1")
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED)
        assert job.steps[0].message == "runs 17.15.01, newer than 17.12.4: it is left as it is"
        assert where(sight) == {"there": ["sw2"], "newer": ["sw1"]}
        assert sight.state is State.FINISHED
        assert [len(lab.reloads(name)) for name in sorted(lab.ports)] == [0, 1]


@pytest.mark.prove
def test_two_crons_at_once_run_one_night(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, at_rest=False, devices=2) as lab:
        assert look(tmp_path, "campaign", "create", "access", "--all", "--window", open_now())[0] == 0
        both = [start(tmp_path, "campaign", "tonight") for _ in range(2)]
        told = [process.communicate(timeout=240)[0] for process in both]
        assert 0 in [process.returncode for process in both], told
        assert len(jobs(tmp_path)) == 2
        assert_once(lab)
