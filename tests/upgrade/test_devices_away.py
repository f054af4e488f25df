"""More devices are under way than have a thread: they reload together, and every job ends as it must."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.processes import assert_once, jobs, start, stop_in
from support.upgrades import lab_folder, request

from swimctl.cli.context import Context
from swimctl.engine.lanes import Lanes
from swimctl.models import Outcome
from swimctl.states import JobStatus

WORKERS = 3
WIDE = {"under_way": 50}


def most_at_once(outages: Sequence[Sequence[tuple[float, float]]]) -> int:
    """Return how many devices were down at the same moment."""
    begins = [begin for of in outages for begin, _ in of]
    return max(sum(begin <= moment < end for of in outages for begin, end in of) for moment in begins)


def test_more_devices_reload_than_there_are_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads, names = set[int](), [f"sw{number}" for number in range(1, 9)]
    over = Lanes._over

    def counted(lanes: Lanes, *of: object, **how: object) -> None:
        threads.add(threading.get_ident())
        over(lanes, *of, **how)  # type: ignore[arg-type] # as they come

    monkeypatch.setattr(Lanes, "_over", counted)
    faults = {"sw2": ["never-returns"], "sw3": ["another-device:during"], "sw4": ["boots-old-image"]}
    with (
        lab_folder(tmp_path, devices=8, ssh=False, settings=WIDE, faults=faults) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        made = opened.service.trigger(request(opened, workers=WORKERS))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        ended = {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)}
        bad = {"sw2": Outcome.UNKNOWN, "sw3": Outcome.UNKNOWN, "sw4": Outcome.ROLLED_BACK}
        assert {name: job.outcome for name, job in ended.items()} == {
            name: bad.get(name, Outcome.UPGRADED) for name in names
        }, [job.error for job in ended.values()]
        assert len(threads) == WORKERS
        assert most_at_once([lab.outages(name) for name in names]) > WORKERS
        for name in names:
            assert sum(line.startswith("install activate") for line in lab.commands(name)) == 1


def test_as_many_as_workers_are_under_way_where_nobody_asks_for_more(tmp_path: Path) -> None:
    names = [f"sw{number}" for number in range(1, 6)]
    with lab_folder(tmp_path, devices=5, ssh=False) as lab, Context(tmp_path / "config.yaml").open() as opened:
        made = opened.service.trigger(request(opened, workers=2))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        assert {job.status for job in opened.store.jobs(batch_id=made.batch.id)} == {JobStatus.SUCCESS}
        assert most_at_once([lab.outages(name) for name in names]) <= 2


def test_a_stop_while_they_are_away_ends_those_and_begins_no_other(tmp_path: Path) -> None:
    """As ever: after its activation a job is seen through."""
    stop = threading.Event()
    with (
        lab_folder(tmp_path, devices=6, ssh=False, settings={"under_way": 3}) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        made = opened.service.trigger(request(opened, workers=2))

        def stop_it() -> None:
            while not any(lab.outages(f"sw{number}") for number in range(1, 7)):
                if stop.wait(0.02):
                    return
            stop.set()

        watcher = threading.Thread(target=stop_it)
        watcher.start()
        opened.engine.run(made.batch, made.jobs, stop)
        stop.set()
        watcher.join()
        ended = opened.store.jobs(batch_id=made.batch.id)
        for job in ended:
            activated = any(line.startswith("install activate") for line in lab.commands(job.device_name))
            assert (job.status is JobStatus.SUCCESS) is activated, (job.device_name, job.status, job.error)
        assert 1 <= sum(job.status is JobStatus.SUCCESS for job in ended) <= 3


def test_jobs_that_wait_for_their_turn_are_cancelled_and_hold_nobody(tmp_path: Path) -> None:
    with (
        lab_folder(tmp_path, devices=5, ssh=False, settings={"approval": "required"}) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        made = opened.service.trigger(request(opened, workers=2))
        engine = threading.Thread(target=opened.engine.run, args=(made.batch, made.jobs, threading.Event()))
        engine.start()
        told = [job.id for job in made.jobs]
        while told:  # all of them wait, on two threads
            told = [one for one in told if opened.store.events(one)[-1].kind != "waiting"]
        opened.service.cancel(batch_id=made.batch.id)
        engine.join(60)
        assert not engine.is_alive()
        assert {job.status for job in opened.store.jobs(batch_id=made.batch.id)} == {JobStatus.CANCELLED}
        assert not any(lab.commands(job.device_name) for job in made.jobs)


@pytest.mark.prove
def test_killed_while_they_are_away(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=6, speed=100, settings=WIDE) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "2")
        assert stop_in(tmp_path, process, 2, 0.5, signal.SIGKILL)
        process = start(tmp_path, "resume")
        out, _ = process.communicate(timeout=200)
        assert process.returncode == 0, out
        if any(job["status"] == "pending" for job in jobs(tmp_path)):  # who had not begun is no interrupted job
            out, _ = start(tmp_path, "resume").communicate(timeout=200)
        assert {(job["status"], job["error"]) for job in jobs(tmp_path)} == {("success", None)}, out
        assert_once(lab)


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_a_hundred_devices_that_never_return_need_few_threads(tmp_path: Path) -> None:
    devices, workers = 100, 10
    faults = {f"sw{number}": ["never-returns"] for number in range(1, devices + 1)}
    settings = {"under_way": 1000, "deadlines": {"down": 600, "up": 40_000, "ready": 600}}
    with lab_folder(tmp_path, devices=devices, speed=60, settings=settings, faults=faults) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", str(workers), "--quiet")
        most = 0
        while sum(not switch.reachable for switch in map(lab.switch, faults)) < devices:
            assert process.poll() is None
            most = max(most, len(os.listdir(f"/proc/{process.pid}/task")))  # noqa: PTH208 - only counted
            threading.Event().wait(0.1)
        assert {job["status"] for job in jobs(tmp_path)} == {"activating"}
        assert most <= 50
        process.kill()
        process.communicate()
