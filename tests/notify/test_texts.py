from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.notification_server import BATCH, FAILED, NOON, NOT_ATTEMPTED, SUCCESS, UNKNOWN, job

from swimctl.models import Batch, ExecutionMode, JobOptions, Outcome, Policy
from swimctl.notify import texts
from swimctl.states import JobStatus
from swimctl.waiting import Waiting, WaitKind


def test_the_start() -> None:
    batch = Batch(
        "5f0c2c1e-aaaa",
        ExecutionMode.SEQUENTIAL,
        0,
        JobOptions(activate=False),
        NOON,
        requested_by="ada",
        policy=Policy(ticket="CHG1"),
    )
    text = texts.started_text(batch, [job(), job()])
    assert text.title == "Batch 5f0c2c1e started: 2 devices"
    assert text.body.splitlines() == [
        "to 17.12.04 (2); sequential; workflow standard; nothing is activated; by ada; ticket CHG1",
        "Next: `swimctl status --batch 5f0c2c1e`",
    ]


def test_who_must_approve_reads_for_whom_for_what_and_how() -> None:
    batch = Batch(
        "5f0c2c1e-aaaa",
        ExecutionMode.PARALLEL,
        0,
        JobOptions(),
        NOON,
        requested_by="ada",
        policy=Policy(ticket="CHG1", comment="the lobby"),
        needs_approval=True,
    )
    text = texts.approval_text(batch, [job("bern-1"), job("bern-2")])
    assert text.title == "Batch 5f0c2c1e waits for approval: 2 devices"
    assert text.body.splitlines() == [
        "Asked for by ada, to 17.12.04 (2): bern-1, bern-2",
        "ticket CHG1; the lobby",
        "Next, for anybody else: `swimctl approve 5f0c2c1e`",
    ]


@pytest.mark.parametrize(("again", "last"), [(False, False), (False, True), (True, False)])
def test_a_device_that_is_held_reads_why_until_when_and_what_may_be_said(again: bool, last: bool) -> None:
    waiting, held = Waiting(WaitKind.HELD, "routes fell from 9 to 4", 1, NOON, "a1b2"), job("bern-1")
    text = texts.held_text(BATCH, held, waiting, timedelta(minutes=55), again=again, last=last)
    title = "bern-1 of batch 5f0c2c1e goes back in 55 min" if again else "bern-1 is held: 55 min left"
    assert (text.title, text.kind) == (title, "warning")
    device, why, end, after, *more = text.body.splitlines()
    assert device == "Device: bern-1, runs 17.12.04, not committed"
    assert why == "Not as before: routes fell from 9 to 4"
    assert end == "If nobody decides, it goes back in 55 min."
    for option in ("", " --keep --look a1b2 --reason TEXT", " --back"):
        assert f"`swimctl recheck {held.id}{option}`" in after
    nothing_to_keep = texts.held_text(BATCH, held, replace(waiting, look=""), timedelta(minutes=55))
    assert "--keep" not in nothing_to_keep.body
    assert more == (["Further devices that are held are not reported: `swimctl status --batch 5f0c2c1e`"] * last)


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_a_failed_device(outcome: Outcome | None) -> None:
    failed = job("bern-1", **{**FAILED, "outcome": outcome})
    text = texts.device_text(BATCH, failed)
    assert text.title.startswith("UNKNOWN") == (outcome is Outcome.UNKNOWN)
    assert "bern-1" in text.title
    device, error, now, after = text.body.splitlines()
    assert device == "Device: bern-1, to 17.12.04"
    assert error == "Error: no room"
    assert now.startswith(f"Device now: {outcome or 'not recorded'}")
    assert f"`swimctl job show {failed.id}`" in after
    assert ("console" in after) == (outcome is Outcome.UNKNOWN)


def test_what_a_device_said_becomes_one_short_line() -> None:
    text = texts.device_text(BATCH, job("sw\n1", **{**FAILED, "error": "a\r\n\x1b[2J\tb" + "x" * 5000}))
    assert "\n" not in text.title
    assert len(text.body) < 1000
    assert "Error: a [2J bxxx" in text.body


@pytest.mark.parametrize(
    ("kinds", "title", "kind", "after"),
    [
        ([SUCCESS, SUCCESS], "finished: 2 success", "success", "`swimctl report --batch 5f0c2c1e`"),
        ([SUCCESS, FAILED], "finished: 1 success, 1 failed", "failure", "then `swimctl retry --batch 5f0c2c1e`"),
        ([SUCCESS, NOT_ATTEMPTED], "finished: 1 success, 1 not attempted", "warning", "`swimctl retry"),
        ([UNKNOWN, FAILED], "finished: 1 failed, 1 unknown", "failure", "`swimctl retry --batch 5f0c2c1e`"),
        (
            [SUCCESS, {"status": JobStatus.CANCELLED}],
            "finished: 1 success, 1 cancelled",
            "warning",
            "`swimctl report",
        ),
        (
            [SUCCESS, {"status": JobStatus.ACTIVATING, "interrupted": True}, {}],
            "has not ended: 1 success, 1 interrupted, 1 waiting",
            "warning",
            "`swimctl resume`",
        ),
        ([SUCCESS, {}], "has not ended: 1 success, 1 waiting", "warning", "`swimctl status"),
        ([], "finished: 0 devices", "success", "`swimctl report"),
    ],
)
def test_the_end(kinds: list[dict[str, Any]], title: str, kind: str, after: str) -> None:
    text = texts.finished_text(BATCH, [job(**one) for one in kinds])
    unknown = UNKNOWN in kinds
    assert text.title == f"{'UNKNOWN: ' if unknown else ''}Batch 5f0c2c1e {title}"
    assert text.kind == kind
    assert text.body.splitlines()[-1].startswith("Next: ")
    assert after in text.body.splitlines()[-1]
    assert ("check the console" in text.body) == unknown


def test_the_summary_of_a_bad_night_stays_short() -> None:
    jobs = [job(f"unknown-{at}", **UNKNOWN) for at in range(3)] + [job(**FAILED) for _ in range(497)]
    text = texts.finished_text(BATCH, jobs)
    assert text.title == "UNKNOWN: Batch 5f0c2c1e finished: 497 failed, 3 unknown"
    assert "UNKNOWN, check the console: unknown-0, unknown-1, unknown-2\n" in text.body
    assert " and 477 more\n" in text.body
    assert len(text.body) < 2000
