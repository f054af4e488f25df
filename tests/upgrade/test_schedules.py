"""Jobs for later: due at their time, in their batch's order and mode, too late past the grace, once for all who ask."""

from __future__ import annotations

import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from support.processes import assert_once, jobs, start, stop_in
from support.upgrades import TONIGHT, at, lab_folder, schedule

from swimctl.models import ExecutionMode
from swimctl.states import JobStatus

SUCCESS, FAILED, SCHEDULED = JobStatus.SUCCESS, JobStatus.FAILED, JobStatus.SCHEDULED


def test_due_at_its_time_in_its_order(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2) as lab:
        schedule(tmp_path, ExecutionMode.SEQUENTIAL)
        with at(tmp_path, TONIGHT - timedelta(minutes=1)) as opened:
            opened.engine.run_due(threading.Event())
            assert {job.status for job in opened.store.jobs()} == {SCHEDULED}
        # An hour is within the grace.
        with at(tmp_path, TONIGHT + timedelta(minutes=59)) as opened:
            opened.engine.run_due(threading.Event())
            first, second = opened.store.jobs()
        assert (first.device_name, first.status, second.status) == ("sw1", SUCCESS, SUCCESS)
        assert first.finished_at is not None
        assert second.started_at is not None
        assert first.finished_at <= second.started_at
        assert_once(lab)


def test_too_late_is_not_run_at_noon(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2) as lab:
        schedule(tmp_path)
        with at(tmp_path, TONIGHT + timedelta(minutes=61)) as opened:
            opened.engine.run_due(threading.Event())
            for job in opened.store.jobs():
                assert (job.status, job.attempted) == (FAILED, False)
                assert job.error == (
                    "not started: nobody ran it within 60 minutes of its time (schedule_grace); next: `swimctl retry`"
                )
        assert [lab.commands(name) for name in lab.ports] == [[], []]


@pytest.mark.prove
def test_two_crons_at_once(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, at_rest=False, devices=4) as lab:
        # Made eight hours ago for now: the two processes run by the real clock.
        schedule(tmp_path, ahead=timedelta(0))
        both = [start(tmp_path, "run-scheduled") for _ in range(2)]
        told = [process.communicate(timeout=120)[0] for process in both]
        assert [process.returncode for process in both] == [0, 0], told
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}
        assert_once(lab)


@pytest.mark.prove
def test_the_order_holds_across_a_death(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, at_rest=False, devices=2) as lab:
        schedule(tmp_path, ExecutionMode.SEQUENTIAL, ahead=timedelta(0))
        assert stop_in(tmp_path, start(tmp_path, "run-scheduled"), 2, 0.2)
        first, second = jobs(tmp_path)
        assert (first["interrupted"], second["status"]) == (True, "scheduled")

        nothing = done(start(tmp_path, "run-scheduled", "--verbose"))
        assert f"swimctl resume {first['id']}" in nothing
        assert lab.commands("sw2") == []

        done(start(tmp_path, "resume"))
        assert lab.commands("sw2") == []
        done(start(tmp_path, "run-scheduled"))
        assert [job["status"] for job in jobs(tmp_path)] == ["success", "success"]
        assert_once(lab)


def done(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a process that must do well, and give what it printed."""
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0, told
    return told
