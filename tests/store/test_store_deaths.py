"""Processes that die while they hold jobs or write: nothing acknowledged is lost, and others see it at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from support.stores import at_once, opened, some_jobs, spawn, switches

from swimctl.states import JobStatus, StepStatus


def _claim_all(path: Path, ids: list[int]) -> list[int]:
    with opened(path) as store, store.register_runner() as runner:
        got = [job_id for job_id in ids if store.claim(job_id, runner) is not None]
        for job_id in got:
            store.move(job_id, runner, JobStatus.FAILED, "enough")
        return got


def _hold(answer: Connection, path: Path, batch_id: str) -> None:
    """Own a batch, run two of its jobs, start a program, and wait for the end."""
    store = opened(path)
    runner = store.register_runner()
    store.own_batch(batch_id, runner)
    ids = [job.id for job in store.jobs(batch_id=batch_id)]
    for job_id in ids[:2]:
        assert store.claim(job_id, runner) is not None
        store.step(job_id, runner, "readiness", StepStatus.SUCCESS)
        store.step(job_id, runner, "distribution", StepStatus.RUNNING, "copying")
    # A program started by the runner outlives it; it must not keep the runner's lock.
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    answer.send((os.getpid(), child.pid))
    threading.Event().wait()


@pytest.mark.parametrize("detached", [False, True])
def test_jobs_of_a_killed_process_show_at_once_and_are_taken_up(tmp_path: Path, detached: bool) -> None:
    path = tmp_path / "s.db"
    with opened(path) as making:
        jobs = some_jobs(making, switches(4), detached=detached)
        making.fail_waiting([jobs[3].id], "one that ended before")
        # The batch is the other process's alone: whoever made it must not count as its keeper.
    ids = [job.id for job in jobs]
    with opened(path) as store:
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_hold, args=(theirs, path, jobs[0].batch_id), daemon=True)
        process.start()
        pid, child = ours.recv()
        try:
            assert store.interrupted() == []
            with store.register_runner() as runner:
                assert [store.claim(job_id, runner) for job_id in ids] == [None] * 4
            os.kill(pid, signal.SIGKILL)
            process.join()
            found = {job.id: job for job in store.interrupted()}
        finally:
            os.kill(child, signal.SIGKILL)
        assert list(found) == (ids[:2] if detached else ids[:3])
        for job_id in ids[:2]:
            assert found[job_id].status is JobStatus.DISTRIBUTING
            assert found[job_id].current_step == "Distribution"
            error = found[job_id].error or ""
            assert f"process {pid}" in error
            assert "Distribution" in error
            assert f"`swimctl resume {job_id}`" in error
        if detached:
            assert [job.id for job in store.due(jobs[0].created_at)] == [ids[2]]  # anybody may run it
        else:
            assert f"`swimctl resume {ids[2]}`" in (found[ids[2]].error or "")
        [taken] = at_once((_claim_all, (path, ids)))
        assert taken == ids[:3]
        assert store.interrupted() == []


def _write_until_killed(answer: Connection, path: Path, job_id: int) -> None:
    with opened(path) as store:
        number = 0
        while True:
            store.record(job_id, "note", str(number))
            answer.send(number)  # only after the store has said that it is kept
            number += 1


@pytest.mark.parametrize("acknowledged", [1, 57, 200])
def test_a_writer_killed_in_mid_write_loses_nothing_acknowledged(tmp_path: Path, acknowledged: int) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        [job] = some_jobs(store, ["sw1"])
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_write_until_killed, args=(theirs, path, job.id), daemon=True)
    process.start()
    theirs.close()
    last = -1
    while last < acknowledged:
        last = ours.recv()
    process.kill()
    process.join()
    last = _drain(ours, last)
    with opened(path) as store:
        kept = [int(event.message) for event in store.events(job.id) if event.kind == "note"]
        assert kept == list(range(len(kept)))
        assert len(kept) > last
        assert store.check() == []
        store.record(job.id, "note", "and it goes on")


def _drain(answer: Connection, last: int) -> int:
    try:
        while answer.poll():
            last = answer.recv()
    except (EOFError, ConnectionError):
        pass  # the writer is dead: nothing more comes
    return last
