"""A process that is killed loses no job, and whoever takes it up sends nothing twice. The lab's log is the witness."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from upgrading import TARGET, lab_folder

from swimctl.lab.fleet import LabFleet

PROGRAM = (sys.executable, "-c", "import sys; from swimctl.cli import main; sys.exit(main())")
KILLS = 20
STEPS = ("Readiness Check", "Distribution", "Activation", "Post-Checks")


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TZ": "UTC"},
    )


def jobs(folder: Path) -> list[dict[str, Any]]:
    """Ask `swimctl status` for all jobs."""
    with start(folder, "status", "--json") as process:
        out, _ = process.communicate(timeout=60)
    document: dict[str, Any] = json.loads(out)
    return list(document["jobs"])


def come_to(folder: Path) -> tuple[int, int]:
    """Count the events in the store, and number the furthest step that any job is in, from 0; nothing yet is -1."""
    if not (folder / "swimctl.db").exists():
        return 0, -1
    with closing(sqlite3.connect(f"file:{folder / 'swimctl.db'}?mode=ro", uri=True)) as store:
        try:
            (told,) = store.execute("select count(*) from events").fetchone()
            (step,) = store.execute("select max(position) from steps where status <> 'pending'").fetchone()
        except sqlite3.OperationalError:  # the tables are not there yet
            return 0, -1
    return int(told), -1 if step is None else int(step)


def stop_in(
    folder: Path, process: subprocess.Popen[str], step: int, seconds: float, how: signal.Signals = signal.SIGKILL
) -> bool:
    """Send a signal some seconds after the process did something and a job is in a step; False: it ended before."""
    end = time.monotonic() + 120
    (before, furthest), told = come_to(folder), 0
    while told <= before or furthest < step:
        assert time.monotonic() < end, "it stands still"
        if process.poll() is not None:
            return False
        time.sleep(0.01)
        told, furthest = come_to(folder)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
        process.communicate(timeout=60)
        return True
    return False


def assert_once(lab: LabFleet) -> None:
    """Every switch was activated once, reloaded once, committed once, and runs the target."""
    for name in lab.ports:
        switch = lab.switch(name)
        sent = [line for line in lab.commands(name) if line.startswith("install ")]
        by_verb = {
            verb: sum(line.split()[1] == verb for line in sent) for verb in ("add", "activate", "commit", "abort")
        }
        assert (name, by_verb) == (name, {"add": 1, "activate": 1, "commit": 1, "abort": 0})
        assert (name, len(lab.reloads(name))) == (name, 1)
        assert switch.install.running == switch.install.committed
        assert {switch.install.member_release(member).padded for member in switch.members} == {TARGET}


def test_killed_at_twenty_moments(tmp_path: Path) -> None:
    moments = random.Random(20)  # noqa: S311 moments, no secret
    with lab_folder(tmp_path, devices=10, speed=200) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "10")
        killed_in: set[str] = set()
        for kill in range(KILLS):
            step = kill * len(STEPS) // KILLS
            assert stop_in(tmp_path, process, step, moments.uniform(0, 1.0 if kill else 0.1)), process.communicate()[0]
            left = [job for job in jobs(tmp_path) if job["status"] not in {"success", "failed"}]
            assert all("interrupted" in job["error"] and f"swimctl resume {job['id']}" in job["error"] for job in left)
            killed_in |= {job["current_step"] for job in left}
            process = start(tmp_path, "resume")
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
        assert killed_in == set(STEPS)
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}
        assert_once(lab)


def test_ctrl_c_and_two_who_take_it_up(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=4, speed=200) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "4")
        assert stop_in(tmp_path, process, STEPS.index("Distribution"), 0.2, signal.SIGINT)
        assert process.returncode == 130
        left = jobs(tmp_path)
        assert all(f"swimctl resume {job['id']}" in job["error"] for job in left)
        both = [start(tmp_path, "resume") for _ in range(2)]
        said = [process.communicate(timeout=100)[0] for process in both]
        assert {process.returncode for process in both} <= {0, 1}, said  # 1: the other one had some of the jobs
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}
        assert_once(lab)
