"""`status --watch` with keys: what the list has and where the keys go; and the real program in a real terminal."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.processes import come_to, start
from support.screens import screen
from support.upgrades import lab_folder

pytest.importorskip("textual")

from swimctl.cli.watching import Source, Watcher, next_failure, rows_of
from swimctl.errors import StoreError
from swimctl.models import Job
from swimctl.states import JobStatus

MakeJob = Callable[..., Job]


def source(jobs: Sequence[Job], now: datetime) -> Source:
    return Source(
        jobs=lambda: jobs,
        events=lambda _job, _after: (),
        transcript=lambda number: Path(f"{number}.log"),
        head=lambda _jobs, _now: None,
        usual={},
        what=lambda job, _now: job.error or "",
        told=lambda event: event.message,
        now=lambda: now,
    )


def some_jobs(make_job: MakeJob) -> list[Job]:
    return [
        make_job("core-1", at="Post-Checks", status=JobStatus.SUCCESS, finished_at=None),
        make_job("hall-1", at="Readiness Check", status=JobStatus.FAILED, error="no room on flash-2"),
        make_job("hall-2", at="Distribution"),
        make_job("hall-3"),
        make_job("hall-4", at="Readiness Check", status=JobStatus.FAILED, error="its login was \x1b[31mrefused"),
    ]


def test_what_runs_comes_first_and_a_device_writes_nothing_of_its_own(make_job: MakeJob) -> None:
    jobs = some_jobs(make_job)
    rows = rows_of(jobs, source(jobs, jobs[0].created_at + timedelta(minutes=12)), "")
    assert rows[0].cells[:3] == ("hall-2", "distributing", "Distribution")
    assert {row.job for row in rows} == {job.id for job in jobs}
    assert "\x1b" not in "".join(cell for row in rows for cell in row.cells)


@pytest.mark.parametrize(
    ("wanted", "devices"),
    [
        ("hall", {"hall-1", "hall-2", "hall-3", "hall-4"}),
        ("FAILED hall", {"hall-1", "hall-4"}),
        ("room flash", {"hall-1"}),
        ("nowhere", set()),
        ("  ", {"core-1", "hall-1", "hall-2", "hall-3", "hall-4"}),
    ],
)
def test_each_word_of_the_filter_must_stand_in_the_line(make_job: MakeJob, wanted: str, devices: set[str]) -> None:
    jobs = some_jobs(make_job)
    rows = rows_of(jobs, source(jobs, jobs[0].created_at), wanted)
    assert {row.cells[0] for row in rows} == devices


def test_the_next_failure_comes_after_the_cursor_and_then_from_the_top(make_job: MakeJob) -> None:
    jobs = some_jobs(make_job)
    rows = rows_of(jobs, source(jobs, jobs[0].created_at), "")
    first, second = (place for place, row in enumerate(rows) if row.failed)
    assert [next_failure(rows, place) for place in (0, first, second)] == [first, second, first]
    assert next_failure([row for row in rows if not row.failed], 0) is None


@pytest.mark.parametrize("which", ["jobs", "events"])
def test_a_store_that_cannot_be_read_ends_it_without_a_traceback(make_job: MakeJob, which: str) -> None:
    jobs, gone = some_jobs(make_job), StoreError("the store was replaced")

    def broken(*_: int) -> Sequence[Any]:
        raise gone

    parts: dict[str, Any] = {which: broken}
    watcher = Watcher(replace(source(jobs, jobs[0].created_at), **parts), lambda _: False)

    async def play() -> None:
        async with watcher.run_test() as pilot:
            await pilot.press("enter")

    asyncio.run(play())
    assert watcher.failed is gone
    assert watcher.return_code == 0, "Textual itself saw no error"


@pytest.mark.parametrize("keys", [["q"], ["ctrl+c"], ["slash", "ctrl+c"], ["enter", "ctrl+c"]])
def test_a_person_leaves_as_every_program_is_left(make_job: MakeJob, keys: list[str]) -> None:
    jobs = some_jobs(make_job)
    watcher = Watcher(source(jobs, jobs[0].created_at), lambda _: False)

    async def play() -> None:
        async with watcher.run_test() as pilot:
            assert watcher.return_code is None
            await pilot.press(*keys)

    asyncio.run(play())
    assert (watcher.return_code, watcher.failed) == (0, None)


def test_a_person_filters_opens_a_job_and_leaves(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    with (
        lab_folder(tmp_path, devices=4, speed=5, faults={"sw3": ["refuse-login"]}),
        screen(tmp_path, 80, 24, environment) as terminal,
    ):
        upgrade = start(tmp_path, "upgrade", "--all", "--yes")
        try:
            while come_to(tmp_path)[1] < 1:
                assert upgrade.poll() is None
                time.sleep(0.05)
            terminal.type("swimctl status --watch")
            terminal.wait_for(r"Batch [0-9a-f]{8}.*17\.12\.4", 120)
            terminal.press("n")
            terminal.press("/")
            terminal.wait_for("words of a device", 120)
            terminal.press("sw2")
            terminal.wait_for(r"sw2 ", 120)
            terminal.gone(r"sw1 ", 120)
            terminal.press("\r")  # out of the filter
            terminal.wait_for("Events, transcript", 120)
            terminal.press("\r")  # into the job
            terminal.wait_for(r"sw2  job \d+  events", 120)
            terminal.wait_for(r"readiness|Readiness", 120)
            terminal.press("t")
            terminal.wait_for(r"show version|install|show ", 120)
            terminal.press("\x1b")
            terminal.wait_for(r"/4 done", 120)
            terminal.press("q")
            terminal.finish(120)
            assert "the jobs go on" in terminal.text
            assert "Traceback" not in terminal.text
        finally:
            upgrade.kill()
            upgrade.communicate()


def test_it_ends_by_itself_with_the_exit_code_of_the_upgrade(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    with (
        lab_folder(tmp_path, devices=2, faults={"sw2": ["refuse-login"]}),
        screen(tmp_path, 100, 30, environment) as terminal,
    ):
        upgrade = start(tmp_path, "upgrade", "--all", "--yes")
        while come_to(tmp_path)[0] < 1:
            assert upgrade.poll() is None
            time.sleep(0.05)
        terminal.type("swimctl status --watch; echo ended with $?")
        terminal.wait_for(r"ended with \d", 120)
        upgrade.communicate()
        assert "ended with 1" in terminal.text
        assert "1 success  1 failed" in terminal.text
