"""A server with its runner: what it takes, what it leaves, and what a death costs. The lab's log is the witness."""

from __future__ import annotations

import re
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.processes import STEPS, assert_once, come_to, jobs, start, stop_in
from support.server_process import PASSWORD, serving, token_for
from support.upgrades import lab_folder, schedule

DEVICES = [f"sw{number}" for number in range(1, 9)]


@pytest.mark.prove
def test_killed_in_every_step(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=8, speed=200) as lab:
        token, ids = token_for(tmp_path), []
        for step in range(len(STEPS)):
            with serving(tmp_path, token=token) as served:
                ids = ids or served.trigger(*DEVICES)
                assert stop_in(tmp_path, served.process, step, 0.3), f"it ended before {STEPS[step]}"
            left = [job for job in jobs(tmp_path, *map(str, ids)) if job["status"] not in {"success", "failed"}]
            assert left
            begun = [job for job in left if job["started_at"]]  # on a busy machine the last ones may not have
            assert begun
            assert all("interrupted" in job["error"] for job in begun)
        with serving(tmp_path, token=token) as served:
            assert not [job["error"] for job in served.wait(ids) if job["status"] != "success"]
        assert_once(lab)


def test_sigterm_lets_devices_reach_a_safe_point(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2, speed=100) as lab:
        token = token_for(tmp_path)
        with serving(tmp_path, token=token) as served:
            ids = served.trigger("sw1")
            served.wait(ids, until=lambda job: job["current_step"] == "Activation")
            later = served.trigger("sw2", schedule_time=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
            served.process.send_signal(signal.SIGTERM)
            # It still tells how things are, and takes nothing new.
            status, answer = served.ask("/api/upgrade/trigger/", {"devices": ["sw2"]})
            while status == 201:  # the signal is on its way
                served.ask("/api/upgrade/cancel/", {"job_ids": answer["job_ids"]})
                status, answer = served.ask("/api/upgrade/trigger/", {"devices": ["sw2"]})
            assert (status, answer["error"]) == (503, "shutting down")
            assert served.ask("/api/health/")[0] == 503
            assert served.jobs(ids)[0]["status"] == "activating"
            said, _ = served.process.communicate(timeout=240)
            assert served.process.returncode == 0, said
        with serving(tmp_path, token=token) as served:
            (ended,) = served.wait(ids)
            assert (ended["status"], ended["error"]) == ("success", None)
            assert served.jobs(later)[0]["status"] == "scheduled"
            assert PASSWORD not in said
            assert token not in said
        assert [len(lab.reloads("sw1")), len(lab.reloads("sw2"))] == [1, 0]


@pytest.mark.prove
def test_two_servers_and_cron_on_one_store(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=8, speed=200) as lab:
        schedule(tmp_path, ahead=timedelta(0))  # all eight are due at once
        token = token_for(tmp_path)
        with serving(tmp_path, token=token) as one, serving(tmp_path, token=token) as two:
            cron = start(tmp_path, "run-scheduled")
            threads = [threading.Thread(target=each.trigger, args=DEVICES[:4]) for each in (one, two)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            ids = list(range(1, 17))
            assert {job["status"] for job in one.wait(ids)} == {"success"}
            said, _ = cron.communicate(timeout=240)
            assert cron.returncode == 0, said
        # The first job of each switch upgraded it; the others found it done.
        assert_once(lab)


def test_what_a_server_leaves_for_people(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2) as lab:
        # One that was too late for its time, and one of a terminal that was closed half-way.
        schedule(tmp_path, ahead=timedelta(hours=-2))
        assert stop_in(tmp_path, start(tmp_path, "upgrade", "sw1", "--yes"), 2, 0.0)
        (mine,) = jobs(tmp_path)
        with serving(tmp_path) as served:
            late = served.wait([1, 2])
            assert [job["status"] for job in late] == ["failed", "failed"]
            assert all("within 60 minutes of its time (schedule_grace)" in job["error"] for job in late)
            assert mine["id"] == 3
            assert f"swimctl resume {mine['id']}" in served.jobs([3])[0]["error"]
            status, answer = served.ask("/api/upgrade/trigger/", {"devices": ["sw1"]})
            assert (status, answer["error"]) == (409, "conflict")
            assert "swimctl resume 3" in answer["message"]
        assert lab.commands("sw2") == []


def test_without_a_runner_jobs_wait_for_another(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=1), serving(tmp_path, "--no-runner") as api:
        ids = api.trigger("sw1", activate_after_distribute=False)
        assert api.jobs(ids)[0]["status"] == "pending"
        before, _ = come_to(tmp_path)
        with serving(tmp_path, token=api.token) as runner:
            assert runner.wait(ids)[0]["status"] == "success"
        assert come_to(tmp_path)[0] > before
        assert {step["name"]: step["status"] for step in api.jobs(ids)[0]["steps"]} == {
            "Readiness Check": "success",
            "Distribution": "success",
            "Activation": "skipped",
            "Post-Checks": "skipped",
        }


@pytest.mark.prove
def test_what_was_interrupted_is_taken_up_where_nobody_would_be_surprised(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2, speed=200, settings={"schedule_grace": 2}) as lab:
        token, ids = token_for(tmp_path), []
        for name, step in (("sw1", 1), ("sw2", 2)):
            with serving(tmp_path, token=token) as served:
                ids += served.trigger(name)
                assert stop_in(tmp_path, served.process, step, 0.05)
            time.sleep(2.5)
        with serving(tmp_path, token=token) as served:
            # Nobody expects a switch to reload an hour later; but one that was told to activate waits for its commit.
            assert served.wait(ids[1:])[0]["status"] == "success"
            (left,) = served.jobs(ids[:1])
            assert (left["status"], left["interrupted"]) == ("distributing", True)
            assert len(lab.reloads("sw1")) == 0
            said = served.end()
        left = rf"job {ids[0]} on sw1 was interrupted \d minutes ago and is left: `swimctl resume {ids[0]}`"
        assert re.search(left, said)
        with start(tmp_path, "resume", str(ids[0])) as process:
            out, _ = process.communicate(timeout=240)
            assert process.returncode == 0, out
        assert_once(lab)


def test_a_job_that_was_reported_cancelled_never_starts(tmp_path: Path) -> None:
    names, cancelled, kept = DEVICES[:4], list[int](), list[int]()
    with lab_folder(tmp_path, devices=4, speed=300) as lab, serving(tmp_path) as served:
        for turn in range(12):  # the runner looks about once a second: each turn meets it somewhere else
            ids = served.trigger(*names, activate_after_distribute=False)
            time.sleep(0.12 * turn)
            status, answer = served.ask("/api/upgrade/cancel/", {"job_ids": ids})
            assert status in {200, 409}
            cancelled += answer["job_ids"]
            kept += [number for number in ids if number not in answer["job_ids"]]
        ended = {job["id"]: job["status"] for job in served.wait(cancelled + kept)}
        assert {ended[number] for number in cancelled} == {"cancelled"}
        assert {ended[number] for number in kept} == {"success"}
        for number in cancelled:
            _, answer = served.ask(f"/api/upgrade/jobs/{number}/events/")
            assert "claimed" not in [event["kind"] for event in answer["events"]]
        assert cancelled
        assert kept
        # The switches' own log: each job that started asked this once, and no other did.
        assert sum(line == "show romvar" for name in names for line in lab.commands(name)) == len(kept)
        assert [len(lab.reloads(name)) for name in names] == [0] * 4
