"""Several processes with one store: one job a device at a time; the running is not touched, the cancelled never ran."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.processes import assert_once, jobs, start, stop_in
from support.upgrades import lab_folder


def wait_until(what: Callable[[], bool]) -> None:
    """Look until something is so."""
    end = time.monotonic() + 200
    while not what():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def by_id(folder: Path) -> dict[int, dict[str, Any]]:
    return {job["id"]: job for batch in range(1, 4) for job in jobs(folder, str(batch))}


@pytest.mark.prove
def test_three_processes_one_device(tmp_path: Path) -> None:
    # It boots so long that the others have begun before it ends, on a busy machine too.
    with lab_folder(tmp_path, speed=50, boot_seconds=2000) as lab:
        first = start(tmp_path, "upgrade", "sw1", "--yes")
        wait_until(lambda: lab.commands("sw1") != [])
        second = start(tmp_path, "upgrade", "sw1", "--yes")
        wait_until(lambda: len(jobs(tmp_path, "2")) == 1)
        third = start(tmp_path, "upgrade", "sw1", "--yes", "--json")
        wait_until(lambda: len(jobs(tmp_path, "3")) == 1)
        assert [by_id(tmp_path)[number]["status"] for number in (2, 3)] == ["pending", "pending"]

        running = start(tmp_path, "cancel", "1")
        told, _ = running.communicate(timeout=240)
        assert running.returncode == 3
        assert "job 1 runs already; a running upgrade cannot be cancelled" in told
        waiting = start(tmp_path, "cancel", "3")
        told, _ = waiting.communicate(timeout=240)
        assert (waiting.returncode, told.strip()) == (0, "job 3: cancelled")

        told, _ = third.communicate(timeout=240)
        assert third.returncode == 1, told
        for process in (first, second):
            told, _ = process.communicate(timeout=120)
            assert process.returncode == 0, told

        ended = by_id(tmp_path)
        assert [ended[number]["status"] for number in (1, 2, 3)] == ["success", "success", "cancelled"]
        assert ended[1]["finished_at"] <= ended[2]["started_at"]
        assert (ended[3]["started_at"], ended[3]["attempted"]) == (None, False)
        assert "already" in ended[2]["steps"][0]["message"]
        assert_once(lab)


def test_a_device_whose_job_was_interrupted_gets_no_other(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2) as lab:
        assert stop_in(tmp_path, start(tmp_path, "upgrade", "sw1", "--yes"), 2, 0.0)
        refused = start(tmp_path, "upgrade", "sw1", "--yes")
        told, _ = refused.communicate(timeout=240)
        assert refused.returncode == 3
        assert "continue it first with `swimctl resume 1`" in told
        other = start(tmp_path, "upgrade", "sw2", "--yes")
        resumed = start(tmp_path, "resume")
        for process in (other, resumed):
            told, _ = process.communicate(timeout=120)
            assert process.returncode == 0, told
        assert_once(lab)
