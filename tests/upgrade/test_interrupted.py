"""A process that is killed loses no job, and whoever takes it up sends nothing twice. The lab's log is the witness."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest
from support.processes import STEPS, assert_once, jobs, start, stop_in
from support.upgrades import lab_folder

KILLS = 20


@pytest.mark.prove
def test_killed_at_twenty_moments(tmp_path: Path) -> None:
    moments = random.Random(20)  # noqa: S311 moments, no secret
    with lab_folder(tmp_path, devices=10, speed=80) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "10")
        killed_in: set[str] = set()
        for kill in range(KILLS):
            step = kill * len(STEPS) // KILLS
            first = kill * len(STEPS) % KILLS == 0  # at once: the step may be short, and must have been killed in
            assert stop_in(tmp_path, process, step, moments.uniform(0, 0.05 if first else 1.0)), process.communicate()[
                0
            ]
            left = [job for job in jobs(tmp_path) if job["status"] not in {"success", "failed"}]
            assert all("interrupted" in job["error"] and f"swimctl resume {job['id']}" in job["error"] for job in left)
            killed_in |= {job["current_step"] for job in left}
            process = start(tmp_path, "resume")
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
        assert killed_in == set(STEPS)
        assert {(job["status"], job["error"]) for job in jobs(tmp_path)} == {("success", None)}
        assert_once(lab)


def test_ctrl_c_and_two_who_take_it_up(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=4, speed=200) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "4")
        assert stop_in(tmp_path, process, STEPS.index("Distribution"), 0.2, signal.SIGINT)
        assert process.returncode == 130
        left = jobs(tmp_path)
        assert all(f"swimctl resume {job['id']}" in job["error"] for job in left)
        both = [start(tmp_path, "resume") for _ in range(2)]
        said = [process.communicate(timeout=240)[0] for process in both]
        assert {process.returncode for process in both} <= {0, 1}, said  # 1: the other one had some of the jobs
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}
        assert_once(lab)
