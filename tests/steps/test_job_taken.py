"""What a job may still do when it is somebody else's by now, or has ended: nothing that cannot be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from support.scripted_job import Played, paper_job

from swimctl.engine.records import RecordAfterwards
from swimctl.errors import StaleClaim
from swimctl.sessions.redaction import Redaction
from swimctl.states import STEP_NAMES, JobStatus
from swimctl.steps import JobContext
from swimctl.steps.send_once import send_once
from swimctl.store import Runner


def test_a_job_that_another_process_took_sends_nothing_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process was thought dead in the middle of a step, and goes on."""
    thieves: list[Runner] = []

    def activate(context: JobContext) -> None:
        job.runner.close()
        thieves.append(job.store.register_runner())
        assert job.store.claim(job.job.id, thieves[0]) is not None
        with context.driver() as driver:
            send_once(context, cast("Any", driver), "activate", lambda: cast("Any", driver).activate(context.image))

    steps = [Played("readiness"), Played("distribution"), Played("activation", activate), Played("post-checks")]
    with paper_job(tmp_path, monkeypatch, steps=steps) as job:
        with pytest.raises(StaleClaim, match="is held by process"):
            job.run()
        assert "activate" not in job.device.driver.asked
        assert job.told("sent") == []
        assert job.store.recall(job.job.id, "activate sent") is None
        assert job.now.status is JobStatus.ACTIVATING  # as the other one found it
        assert [step.runs for step in steps] == [1, 1, 1, 0]


def test_nothing_is_sent_for_a_job_that_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with paper_job(tmp_path, monkeypatch, steps=[Played(kind) for kind in STEP_NAMES]) as job:
        ended = job.run()
        record = RecordAfterwards(job.store, job.runner, ended.id, Redaction())
        with pytest.raises(StaleClaim, match=f"'reload' is not sent: job {ended.id} has ended"):
            record.permit("reload", "reload sent", {})
        assert job.told("sent") == []
