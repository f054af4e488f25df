"""When a job's turn comes: what must be proved before it, and what must not be asked meanwhile."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.upgrades import at, go, lab_folder, request, with_data

from swimctl.cli.context import Context
from swimctl.errors import StoreError
from swimctl.images.turns import Turns
from swimctl.models import JobOptions, Outcome, Policy
from swimctl.states import JobStatus
from swimctl.store import TOO_LATE

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


def test_who_waits_for_its_copy_until_its_batch_has_ended_begins_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"distribution": {"copies_per_site": 1, "minimum_rate": 0.001}}
    with lab_folder(tmp_path, ssh=False, devices=2, transfer=1000, settings=settings) as lab:
        with_data(tmp_path, sw1={"site": "ber"}, sw2={"site": "ber"})
        with at(tmp_path, timedelta(0)) as opened:
            take = Turns.take

            def taken(turns: Turns) -> bool:
                if not (its := take(turns)):
                    opened.clock.ahead = timedelta(hours=2)  # type: ignore[attr-defined]
                return its

            monkeypatch.setattr(Turns, "take", taken)
            until = opened.clock.now() + timedelta(hours=1)
            done = go(opened, lab, Policy(until=until), options=JobOptions(activate=False))
            late, copied = sorted(done.jobs.values(), key=lambda job: job.status is SUCCESS)
            why = opened.store.recall(late.id, TOO_LATE)
        assert (late.status, late.outcome, late.bytes_done) == (FAILED, Outcome.UNTOUCHED, 0)
        assert "its batch was to end by" in str(why)
        assert "nothing more is copied; next: `swimctl retry --until`" in (late.error or "")
        assert (copied.status, copied.bytes_done) == (SUCCESS, copied.bytes_total)
