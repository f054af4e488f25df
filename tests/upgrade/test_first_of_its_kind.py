"""The first of its kind goes alone on real switches of the lab: what they received, and when, is the witness."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from support.processes import STEPS, assert_once, jobs, start, stop_in
from support.upgrades import go, lab_folder, request

from swimctl.cli import main
from swimctl.cli.context import Context, Opened
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome, Policy
from swimctl.states import JobStatus

SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED
# A lab is its own kind of site: there, nobody goes alone unless this is asked for.
ALONE = {"pilot": "all"}


def span(job: Job) -> tuple[datetime, datetime]:
    assert job.started_at is not None
    assert job.finished_at is not None
    return job.started_at, job.finished_at


def test_in_a_lab_all_start_at_once_and_prove_nothing_for_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lab_folder(tmp_path, ssh=False, devices=3) as lab, Context(tmp_path / "config.yaml").open() as opened:
        done = go(opened, lab, Policy())
        assert max(span(job)[0] for job in done.jobs.values()) < min(span(job)[1] for job in done.jobs.values())
        (proof,) = opened.store.proved()
        assert (proof.kind.ground, proof.devices) == ("lab", 3)
        assert proof.longest_outage is not None
        assert proof.longest_outage > 0
    assert main(["-c", str(tmp_path / "config.yaml"), "proved"]) == 0
    assert "cisco_xe\tcat9k_iosxe\t17.12\tlab\t3\t" in capsys.readouterr().out


@contextmanager
def alone(folder: Path, **lab_options: Any) -> Iterator[tuple[LabFleet, Opened]]:
    with (
        lab_folder(folder, ssh=False, devices=3, settings=ALONE, **lab_options) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        yield lab, opened


def test_the_rest_follows_when_the_first_one_is_upgraded(tmp_path: Path) -> None:
    with alone(tmp_path) as (lab, opened):
        done = go(opened, lab, Policy())
        first, *others = done.jobs.values()
        assert {(job.status, job.outcome) for job in done.jobs.values()} == {(SUCCESS, Outcome.UPGRADED)}
        assert all(span(job)[0] >= span(first)[1] for job in others)
        for job in others:
            said = [event.message for event in opened.store.events(job.id) if event.kind == "waiting"]
            who = "sw1 (cisco_xe cat9k_iosxe 17.12 in the lab)"
            assert f"{who} is the first of its kind and goes alone (job {first.id})" in said
        assert {item.pilot for item in opened.service.plan(request(opened)).items} == {""}


def test_if_the_first_one_fails_the_others_are_sent_nothing(tmp_path: Path) -> None:
    faults = {"sw1": ["install-fails"]}
    with alone(tmp_path, faults=faults) as (lab, opened):
        done = go(opened, lab, Policy())
        assert (done.jobs["sw1"].status, done.jobs["sw1"].outcome) == (FAILED, Outcome.UNTOUCHED)
        for name in ("sw2", "sw3"):
            job = done.jobs[name]
            assert (job.status, job.attempted, job.outcome) == (FAILED, False, Outcome.UNTOUCHED)
            assert (job.error or "").startswith(
                "not attempted: sw1 was the first of its kind (cisco_xe cat9k_iosxe 17.12 in the lab) and failed; "
                "next: `swimctl retry --batch "
            )
            assert lab.commands(name) == []


@pytest.mark.prove
@pytest.mark.parametrize("step", STEPS)
def test_killed_while_the_first_one_is_under_way(tmp_path: Path, step: str) -> None:
    """Whoever takes it up keeps the promise: nobody else starts before the first one is proved."""
    with lab_folder(tmp_path, devices=3, speed=100, settings=ALONE) as lab:
        process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "3")
        assert stop_in(tmp_path, process, STEPS.index(step), 0.1, signal.SIGKILL)
        assert [job["attempted"] for job in jobs(tmp_path)] == [True, False, False]
        assert lab.commands("sw2") == lab.commands("sw3") == []
        process = start(tmp_path, "resume")
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
        first, *others = sorted(jobs(tmp_path), key=lambda job: int(job["id"]))
        assert {job["status"] for job in (first, *others)} == {"success"}
        assert all(job["started_at"] >= first["finished_at"] for job in others)
        assert_once(lab)
