"""Threads and processes that want the same jobs at the same moment, and a store that serves them all."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from support.stores import at_once, opened, some_jobs, spawn, switches

from swimctl.models import Outcome
from swimctl.states import JobStatus, StepStatus

MANY = 100


def _claim_in_step(path: Path, ids: list[int], step: Barrier) -> list[int]:
    """Claim each job at the moment when the other process wants it too: each job is a race of its own."""
    got = []
    with opened(path) as store, store.register_runner() as runner:
        for job_id in ids:
            step.wait(20)
            if store.claim(job_id, runner) is not None:
                got.append(job_id)
        step.wait(20)  # the other must not find a dead runner's job
        for job_id in got:
            store.move(job_id, runner, JobStatus.FAILED, "enough")
    return got


def _cancel_in_step(path: Path, ids: list[int], step: Barrier) -> list[int]:
    done = []
    with opened(path) as store:
        for job_id in ids:
            step.wait(20)
            done += store.cancel([job_id])
        step.wait(20)
    return done


def test_processes_that_claim_the_same_jobs_get_each_once(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        ids = [job.id for job in some_jobs(store, switches(MANY))]
        step = spawn.Barrier(2)
        first, second = at_once((_claim_in_step, (path, ids, step)), (_claim_in_step, (path, ids, step)))
        assert sorted(first + second) == ids
        assert {job.status for job in store.jobs(ids=ids)} == {JobStatus.FAILED}


def test_a_job_reported_cancelled_is_never_claimed_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        ids = [job.id for job in some_jobs(store, switches(MANY))]
        step = spawn.Barrier(2)
        claimed, cancelled = at_once((_claim_in_step, (path, ids, step)), (_cancel_in_step, (path, ids, step)))
        assert sorted(claimed + cancelled) == ids
        jobs = {job.id: job for job in store.jobs(ids=ids)}
        assert all(jobs[job_id].status is JobStatus.CANCELLED for job_id in cancelled)
        assert not any(jobs[job_id].attempted for job_id in cancelled)
        assert all(jobs[job_id].attempted for job_id in claimed)


def test_a_job_reported_cancelled_is_never_claimed_by_another_thread(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store, store.register_runner() as runner:
        ids = [job.id for job in some_jobs(store, switches(MANY))]
        start = threading.Barrier(8)

        def claim() -> list[int]:
            start.wait(10)
            return [job_id for job_id in ids if store.claim(job_id, runner) is not None]

        def cancel() -> list[int]:
            start.wait(10)
            return [done for job_id in reversed(ids) for done in store.cancel([job_id])]

        with ThreadPoolExecutor(8) as pool:
            claimers = [pool.submit(claim) for _ in range(4)]
            cancellers = [pool.submit(cancel) for _ in range(4)]
            claimed = [job_id for future in claimers for job_id in future.result()]
            cancelled = [job_id for future in cancellers for job_id in future.result()]
        # Each job once, also among threads that share one runner.
        assert sorted(claimed + cancelled) == ids


def _work_through(path: Path, ids: list[int]) -> int:
    """Run whatever can be claimed with a few threads until all is done; each claim is noted in the journal."""
    done = Counter[str]()
    with opened(path) as store, store.register_runner() as runner:

        def work(mine: list[int]) -> None:
            left = list(mine)
            while left:
                job_id = left.pop(0)
                if store.claim(job_id, runner) is not None:
                    store.record(job_id, "took", "")
                    store.record(job_id, "leaves", "")
                    store.move(job_id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
                    done["jobs"] += 1
                elif store.job(job_id).status in {JobStatus.PENDING, JobStatus.DISTRIBUTING}:
                    left.append(job_id)

        with ThreadPoolExecutor(3) as pool:
            for future in [pool.submit(work, ids[start:] + ids[:start]) for start in (0, 7, 19)]:
                future.result()
    return done["jobs"]


def test_a_device_never_has_two_running_jobs(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    devices = switches(4) * 10
    with opened(path) as store:
        jobs = some_jobs(store, devices)
        ids = [job.id for job in jobs]
        counts = at_once((_work_through, (path, ids)), (_work_through, (path, ids)))
        assert sum(counts) == len(ids)
        assert {job.status for job in store.jobs(ids=ids)} == {JobStatus.SUCCESS}
        device_of = {job.id: job.device_id for job in jobs}
        busy: dict[int, int] = {}
        for event in store.batch_events("batch-0001"):
            device = device_of[event.job_id]
            if event.kind == "took":
                assert device not in busy, f"jobs {busy[device]} and {event.job_id} ran on device {device} at once"
                busy[device] = event.job_id
            elif event.kind == "leaves":
                assert busy.pop(device) == event.job_id
        assert not busy


def _give_names(path: Path, names: list[str]) -> dict[str, int]:
    with opened(path) as store:
        return {name: store.device_ids([name])[name] for name in names}


def test_processes_that_name_the_same_devices_agree_on_ids(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    opened(path).close()
    names = switches(100)
    first, second = at_once((_give_names, (path, names)), (_give_names, (path, names[::-1])))
    assert first == second
    assert sorted(first.values()) == list(range(1, 101))


def _register_often(path: Path, times: int) -> int:
    """Register again and again; each registration sweeps the dead. Counts the runners that others saw as dead."""
    lost = 0
    with opened(path) as store, opened(path) as watching:
        for number in range(times):
            [job] = some_jobs(store, [f"dev{os.getpid()}-{number}"], f"batch-{os.getpid()}-{number}")
            runner = store.register_runner()
            assert store.claim(job.id, runner) is not None
            lost += watching.job(job.id).interrupted
            store.move(job.id, runner, JobStatus.FAILED, "enough")
            runner.close()
    return lost


@pytest.mark.prove
def test_no_living_runner_is_swept_away_by_one_that_registers(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    opened(path).close()
    assert at_once(*[(_register_often, (path, 25))] * 3) == [0, 0, 0]


def test_a_hundred_threads_write_and_read_one_store(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store, store.register_runner() as runner:
        ids = [job.id for job in some_jobs(store, switches(100))]
        start = threading.Barrier(100)

        def go_through(job_id: int) -> None:
            start.wait(30)
            assert store.claim(job_id, runner) is not None
            store.step(job_id, runner, "distribution", StepStatus.RUNNING)
            store.progress(job_id, runner, 40)
            assert store.job(job_id).progress == 40
            store.step(job_id, runner, "distribution", StepStatus.SUCCESS)
            store.move(job_id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)

        _in_threads(go_through, ids)
        assert {job.status for job in store.jobs(ids=ids)} == {JobStatus.SUCCESS}
        numbers = [event.id for event in store.batch_events("batch-0001")]
        assert numbers == sorted(set(numbers))


def _in_threads(function: Callable[[int], None], values: list[int]) -> None:
    with ThreadPoolExecutor(len(values)) as pool:
        for future in [pool.submit(function, value) for value in values]:
            future.result()


def test_a_runner_closed_twice_closes_no_file_of_another(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        runner = store.register_runner()
        runner.close()
        handles = [os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT) for _ in range(5)]  # take the freed numbers
        runner.close()
        for handle in handles:
            os.close(handle)  # EBADF where the second close took one of them
