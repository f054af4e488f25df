"""When a job's turn comes: what must be proved before it, and what must not be asked meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.upgrades import go, lab_folder, request, with_data

from swimctl.cli.context import Context
from swimctl.errors import StoreError
from swimctl.models import Outcome, Policy
from swimctl.states import JobStatus

SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED


def test_a_second_look_that_cannot_be_recorded_passes_no_wave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2) as lab, Context(tmp_path / "config.yaml").open() as opened:
        record = opened.store.record

        def fails(job_id: int, kind: str, *given: Any) -> Any:
            if kind == "soaked":
                raise StoreError("the disk is full for a moment")
            return record(job_id, kind, *given)

        monkeypatch.setattr(opened.store, "record", fails)
        done = go(opened, lab, Policy(waves=("1",)))
        assert done.jobs["sw1"].status is SUCCESS
        assert (done.jobs["sw2"].status, done.jobs["sw2"].attempted) == (FAILED, False)
        assert "wave 1 is not healthy after its soak: sw1: could not be checked" in (done.jobs["sw2"].error or "")
        assert lab.commands("sw2") == []


def test_a_defect_before_a_job_begins_ends_it_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    with lab_folder(tmp_path, ssh=False, devices=1) as lab, Context(tmp_path / "config.yaml").open() as opened:
        monkeypatch.setattr("swimctl.engine.slots.Slots.of", broken)
        job = go(opened, lab, Policy()).jobs["sw1"]
        assert (job.status, job.attempted, job.outcome) == (FAILED, False, Outcome.UNTOUCHED)
        assert "ZeroDivisionError: a defect" in (job.error or "")
        assert lab.commands("sw1") == []


@pytest.mark.prove
def test_a_partner_is_not_asked_while_another_batch_holds_the_device(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2, faults={"sw1": ["no-space"]}) as lab:
        with Context(tmp_path / "config.yaml").open() as opened:
            second_alone = opened.inventory.devices[1:]
            (other,) = opened.service.trigger(request(opened, devices=second_alone, detached=True)).jobs
        with_data(tmp_path, sw1={"redundancy_group": "pair"}, sw2={"redundancy_group": "pair"})
        with Context(tmp_path / "config.yaml").open() as opened:
            runner = opened.store.register_runner()
            assert opened.store.claim(other.id, runner)
            made = opened.service.trigger(request(opened))
            run = threading.Thread(target=opened.engine.run, args=(made.batch, made.jobs, threading.Event()))
            run.start()
            first, second = (job.id for job in made.jobs)
            while opened.store.job(first).status is not FAILED:
                time.sleep(0.05)
            before = sum(line == "show version" for line in lab.commands("sw1"))
            time.sleep(3.5)  # the second looks for its turn once a second
            assert sum(line == "show version" for line in lab.commands("sw1")) == before
            opened.store.move(other.id, runner, FAILED, "given up", Outcome.UNTOUCHED)
            run.join(240)
            runner.close()
            assert opened.store.job(second).status is SUCCESS
        assert sum(line == "show version" for line in lab.commands("sw1")) == before + 1, "asked once, at its turn"
