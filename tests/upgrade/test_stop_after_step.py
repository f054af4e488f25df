"""A stop after the step, on switches of the lab: what each received is the witness, and `resume` goes on from there."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.processes import STEPS, assert_once, jobs, look, start, stop_in
from support.upgrades import lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.engine.scheduler import Scheduler
from swimctl.models import Caller, Job, Outcome
from swimctl.requests.steering import stop_after_step
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Store

ANNA = Caller("anna", "terminal")
DONE = (JobStatus.SUCCESS, Outcome.UPGRADED)


def when(monkeypatch: pytest.MonkeyPatch, job_id: int, kind: str, what: Callable[[], object]) -> None:
    """Do something at the moment when a job has entered a step."""
    enter = Store.step

    def step(store: Store, number: int, runner: object, of: str, status: StepStatus, message: str = "") -> None:
        enter(store, number, runner, of, status, message)  # type: ignore[arg-type]
        if (number, of, status) == (job_id, kind, StepStatus.RUNNING):
            what()

    monkeypatch.setattr(Store, "step", step)


def run(opened: Opened, made: list[Job]) -> list[Job]:
    opened.engine.run(opened.store.batch(made[0].batch_id), made, threading.Event())
    return opened.store.jobs(batch_id=made[0].batch_id)


def ended(job: Job) -> tuple[JobStatus, Outcome | None]:
    return job.status, job.outcome


def test_a_batch_stops_before_the_next_step_and_resume_continues_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab_folder(tmp_path, ssh=False, devices=3) as lab, Context(tmp_path / "config.yaml").open() as opened:
        made = list(opened.service.trigger(request(opened, workers=1)).jobs)
        batch = made[0].batch_id
        when(monkeypatch, made[1].id, "distribution", lambda: stop_after_step(opened.store, ANNA, batch_id=batch))
        first, second, third = run(opened, made)
        assert ended(first) == DONE
        assert [step.status.value for step in second.steps] == ["success", "success", "pending", "pending"]
        assert second.interrupted
        assert second.error == f"stopped between two steps by anna; `swimctl resume {second.id}` continues it"
        assert not third.attempted
        assert [line for line in lab.commands("sw2") if line.startswith("install")] == []
        assert lab.commands("sw3") == []
        opened.store.take_up([second.id])
        opened.engine.resume([second, third], threading.Event())
        assert [ended(job) for job in opened.store.jobs(batch_id=batch)] == [DONE] * 3
        assert_once(lab)


@pytest.mark.parametrize("kind", ["activation", "post-checks"])
def test_from_the_activation_on_a_job_goes_on_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2), Context(tmp_path / "config.yaml").open() as opened:
        made = list(opened.service.trigger(request(opened, workers=1)).jobs)
        said: list[object] = []

        def stop() -> None:
            stopping = stop_after_step(opened.store, ANNA, batch_id=made[0].batch_id)
            said.extend(job["stops_after"] for job in stopping.document()["jobs"])

        when(monkeypatch, made[0].id, kind, stop)
        first, second = run(opened, made)
        assert said == [None]
        assert ended(first) == DONE
        assert not second.attempted


def test_a_job_alone_stops_and_what_comes_after_it_stays_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of its kind stops: the others stay as they are, for whoever resumes, and nobody waits for ever."""
    settings = {"pilot": "all"}
    with (
        lab_folder(tmp_path, ssh=False, devices=3, settings=settings) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        made = list(opened.service.trigger(request(opened)).jobs)
        number = made[0].id
        when(monkeypatch, number, "readiness", lambda: stop_after_step(opened.store, ANNA, job_ids=[number]))
        first, *others = run(opened, made)
        assert [step.status.value for step in first.steps] == ["success", "pending", "pending", "pending"]
        assert [job.attempted for job in others] == [False, False]
        opened.engine.resume([first, *others], threading.Event())
        assert [ended(job) for job in opened.store.jobs(batch_id=first.batch_id)] == [DONE] * 3
        assert_once(lab)


def test_a_server_leaves_a_stopped_batch_alone_until_somebody_continues_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2) as lab, Context(tmp_path / "config.yaml").open() as opened:
        made = list(opened.service.trigger(request(opened, workers=1, detached=True)).jobs)
        batch = made[0].batch_id
        when(monkeypatch, made[0].id, "readiness", lambda: stop_after_step(opened.store, ANNA, batch_id=batch))
        looks = list[object]()
        due = opened.engine.due

        def watched() -> list[Job]:
            found = due()
            looks.append(found)
            return found

        monkeypatch.setattr(opened.engine, "due", watched)
        stop = threading.Event()
        serving = Scheduler(opened.engine, opened.store, opened.clock, 3600)
        thread = threading.Thread(target=serving.run, args=(stop,))
        thread.start()
        try:
            until(lambda: opened.store.job(made[0].id).interrupted)
            before = len(looks)
            until(lambda: len(looks) > before + 2)
            assert looks[-1] == []
            assert [job.interrupted for job in opened.store.jobs(batch_id=batch)] == [True, False]
            opened.store.go_on(batch, ANNA)
            until(lambda: all(ended(job) == DONE for job in opened.store.jobs(batch_id=batch)))
        finally:
            stop.set()
            thread.join(60)
        assert not thread.is_alive()
        assert_once(lab)


def until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it does not come")


@pytest.mark.prove
def test_a_stop_outlives_a_process_that_is_killed_before_it_obeys(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=2, speed=100) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "1")
        until(lambda: any(job["current_step"] == "Distribution" for job in jobs(tmp_path)))
        batch = jobs(tmp_path)[0]["batch_id"]
        code, said = look(tmp_path, "stop", "--after-step", "--batch", batch)
        assert code == 0, said
        assert stop_in(tmp_path, process, STEPS.index("Distribution"), 0, signal.SIGKILL)
        first, second = jobs(tmp_path)
        assert first["interrupted"]
        assert not second["attempted"]
        assert look(tmp_path, "run-scheduled")[0] == 0
        assert [job["status"] for job in jobs(tmp_path)] == [first["status"], second["status"]]
        out, _ = start(tmp_path, "resume").communicate(timeout=120)
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}, out
        assert_once(lab)
