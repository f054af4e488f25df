from __future__ import annotations

import re
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from swimctl.cli import output
from swimctl.cli.context import Context
from swimctl.cli.outcome import BatchResult
from swimctl.cli.running import advice, print_result
from swimctl.models import Job
from swimctl.models import Outcome as DeviceOutcome
from swimctl.report.results import run_seconds
from swimctl.states import JobStatus

MakeJob = Callable[..., Job]
SUCCESS = {"status": JobStatus.SUCCESS, "attempted": True}
FAILED = {"status": JobStatus.FAILED, "attempted": True, "error": "no room"}
NOT_ATTEMPTED = {"status": JobStatus.FAILED, "error": "not attempted"}
UNKNOWN = {**FAILED, "outcome": DeviceOutcome.UNKNOWN}
CANCELLED = {"status": JobStatus.CANCELLED}
INTERRUPTED = {"status": JobStatus.ACTIVATING, "interrupted": True, "error": "interrupted"}


def outcome(make_job: MakeJob, *kinds: dict[str, object], **given: object) -> BatchResult:
    return BatchResult("5f0c2c1e", tuple(make_job(**kind) for kind in kinds), 3120, **given)


def test_the_last_line_is_for_machines(make_job: MakeJob) -> None:
    night = outcome(make_job, *[SUCCESS] * 41, FAILED, *[NOT_ATTEMPTED] * 3)
    assert night.summary_line() == "swimctl: batch=5f0c2c1e success=41 failed=1 unknown=0 not-attempted=3 duration=52m"


def test_what_is_rare_is_appended_to_the_last_line(make_job: MakeJob) -> None:
    line = outcome(make_job, SUCCESS, CANCELLED, INTERRUPTED, {}).summary_line()
    assert line.endswith("not-attempted=0 duration=52m cancelled=1 interrupted=1 waiting=1")


@pytest.mark.parametrize(
    ("kinds", "given", "code"),
    [
        ([SUCCESS, SUCCESS], {}, 0),
        ([SUCCESS, FAILED], {}, 1),
        ([SUCCESS, NOT_ATTEMPTED], {}, 1),
        ([SUCCESS, CANCELLED], {}, 1),
        ([SUCCESS], {"skipped": (("core", "no golden image"),)}, 1),
        ([SUCCESS, UNKNOWN], {}, 4),
        ([SUCCESS, INTERRUPTED], {"signal": signal.SIGINT}, 130),
        ([SUCCESS, {}], {"signal": signal.SIGTERM}, 143),
        ([SUCCESS, SUCCESS], {"signal": signal.SIGINT}, 0),
        ([SUCCESS, FAILED], {"signal": signal.SIGINT}, 1),
        ([SUCCESS, INTERRUPTED], {}, 1),
    ],
)
def test_exit_codes(make_job: MakeJob, kinds: list[dict[str, object]], given: dict[str, object], code: int) -> None:
    ended = outcome(make_job, *kinds, **given)
    assert ended.exit_code == code
    assert ended.document()["exit_code"] == code


def test_every_job_is_counted_once(make_job: MakeJob) -> None:
    ended = outcome(make_job, SUCCESS, FAILED, UNKNOWN, NOT_ATTEMPTED, CANCELLED, INTERRUPTED, {})
    assert ended.counts == {
        "success": 1,
        "failed": 1,
        "unknown": 1,
        "not-attempted": 1,
        "cancelled": 1,
        "interrupted": 1,
        "waiting": 1,
    }
    assert sum(ended.counts.values()) == len(ended.jobs)
    assert [row[2] for row in ended.rows()] == [
        "success",
        "failed",
        "unknown",
        "not-attempted",
        "cancelled",
        "interrupted",
        "waiting",
    ]


def test_advice_names_what_to_type(make_job: MakeJob) -> None:
    ended = outcome(make_job, FAILED, UNKNOWN, INTERRUPTED)
    said = "\n".join(advice(ended))
    assert "swimctl resume" in said
    assert "access-003 (job 3)" in said
    assert re.search(r"unknown state.*access-002", said)
    assert "swimctl retry --batch 5f0c2c1e" in said
    assert list(advice(outcome(make_job, SUCCESS))) == []


def test_a_job_that_another_process_runs_waits_for_no_resume(make_job: MakeJob) -> None:
    ended = outcome(make_job, SUCCESS, {"status": JobStatus.DISTRIBUTING}, INTERRUPTED)
    assert list(advice(ended))[:2] == [
        "swimctl: waiting for `swimctl resume`: access-003 (job 3)",
        "swimctl: another process runs access-002 (job 2); `swimctl status 2 --watch` follows",
    ]
    assert ended.document()["resume"] == [3]
    assert ended.exit_code == 1


def test_who_follows_jobs_of_several_batches_is_told_of_each_by_its_own_id(make_job: MakeJob) -> None:
    jobs = (
        make_job(**FAILED, batch_id="aaaaaaaa-1"),
        make_job(**NOT_ATTEMPTED, batch_id="bbbbbbbb-2"),
        make_job(**FAILED, batch_id="aaaaaaaa-1"),
        make_job(**SUCCESS, batch_id="cccccccc-3"),
    )
    told = BatchResult("aaaaaaaa-1,bbbbbbbb-2,cccccccc-3", jobs, 1)
    assert list(advice(told)) == [
        "swimctl: 2 did not succeed; `swimctl retry --batch aaaaaaaa-1` tries again",
        "swimctl: 1 did not succeed; `swimctl retry --batch bbbbbbbb-2` tries again",
    ]


def test_who_is_not_listed_stands_in_the_report_of_the_batch_that_was_followed(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "is_terminal", lambda _: True)
    told = outcome(make_job, *[SUCCESS] * 21)
    assert print_result(Context(Path("config.yaml")), told) == 0
    assert f"`swimctl report --batch {told.jobs[0].batch_id}`" in capsys.readouterr().err


def test_a_batch_lasts_from_its_first_start_to_its_last_end(make_job: MakeJob) -> None:
    begun = make_job(at="Activation")
    ended = replace(begun, status=JobStatus.SUCCESS, finished_at=begun.created_at + timedelta(seconds=50))
    now = begun.created_at + timedelta(seconds=70)
    assert run_seconds([make_job()], now) == 0
    assert run_seconds([ended, make_job()], now) == 50
    assert run_seconds([ended, begun], now) == 70
