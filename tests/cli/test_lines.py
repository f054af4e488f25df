from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from swimctl.cli.lines import changes
from swimctl.models import Job, Outcome, Step
from swimctl.states import JobStatus, StepStatus

MakeJob = Callable[..., Job]


def told(before: Job, after: Job) -> list[str]:
    lines = list(changes([before], [after], after.created_at + timedelta(seconds=9)))
    assert all(line.split("  ")[1] == after.device_name for line in lines)
    return ["  ".join(line.split("  ")[2:]) for line in lines]


def test_nothing_changed_says_nothing(make_job: MakeJob) -> None:
    job = make_job(at="Distribution", said="copying")
    assert told(job, job) == []


def test_a_first_look_tells_how_a_job_stands(make_job: MakeJob) -> None:
    job = make_job()
    assert list(changes([], [job], job.created_at)) == [f"2031-03-04 01:00:00+00:00  {job.device_name}  pending"]


def test_step_message_and_status_are_one_line_each(make_job: MakeJob) -> None:
    waits = make_job()
    runs = replace(
        waits,
        status=JobStatus.DISTRIBUTING,
        steps=(Step("readiness", StepStatus.RUNNING, "", waits.created_at), *waits.steps[1:]),
    )
    assert told(waits, runs) == ["Readiness Check  running", "distributing"]
    says = replace(runs, steps=(replace(runs.steps[0], message="reading the device"), *runs.steps[1:]))
    assert told(runs, says) == ["Readiness Check  running: reading the device"]
    failed = replace(
        says,
        status=JobStatus.FAILED,
        error="no room",
        steps=(replace(says.steps[0], status=StepStatus.FAILED, message="no room"), *says.steps[1:]),
    )
    assert told(says, failed) == ["Readiness Check  failed: no room", "failed: no room"]


def test_a_job_whose_device_nobody_knows_is_never_told_as_failed(make_job: MakeJob) -> None:
    runs = make_job(at="Activation", status=JobStatus.ACTIVATING)
    ended = replace(runs, status=JobStatus.FAILED, outcome=Outcome.UNKNOWN, error="it did not come back")
    assert told(runs, ended)[-1] == "unknown: it did not come back"
    assert told(runs, replace(ended, outcome=Outcome.UNTOUCHED))[-1] == "failed: it did not come back"


def test_a_copy_is_told_in_quarters(make_job: MakeJob) -> None:
    job = make_job(at="Distribution", bytes_total=400_000_000)
    seen = [replace(job, bytes_done=done * 1_000_000) for done in (0, 50, 99, 100, 150, 199, 320, 400)]
    lines = [line for old, new in pairwise(seen) for line in told(old, new)]
    assert lines == [
        "Distribution  100.0 MB of 400.0 MB copied",
        "Distribution  320.0 MB of 400.0 MB copied",
    ]
