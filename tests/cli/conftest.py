from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from swimctl.models import Job, Step
from swimctl.settings import STEP_NAMES
from swimctl.states import JobStatus, StepStatus

START = datetime(2031, 3, 4, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "FORCE_COLOR", "SWIMCTL_CONFIG", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def make_job() -> Callable[..., Job]:
    """Make jobs with running ids; `at` names the step that runs, the ones before it have succeeded."""
    ids = itertools.count(1)

    def make(name: str = "", *, at: str | None = None, said: str = "", began: float = 0, **given: object) -> Job:
        number = next(ids)
        steps = []
        before = at is not None
        for step in STEP_NAMES.values():
            if step == at:
                started = START + timedelta(seconds=began)
                steps.append(Step(step, StepStatus.RUNNING, said, started))
                before = False
            elif before:
                done = START + timedelta(seconds=began)
                steps.append(Step(step, StepStatus.SUCCESS, "done", START, done))
            else:
                steps.append(Step(step))
        job = Job(
            id=number,
            batch_id="5f0c2c1e-0000-4000-8000-000000000001",
            device_id=number,
            device_name=name or f"access-{number:03d}",
            image_id=1,
            image_filename="cat9k_iosxe.17.12.04.SPA.bin",
            image_version="17.12.04",
            status=JobStatus.DISTRIBUTING if at else JobStatus.PENDING,
            progress=0,
            steps=tuple(steps),
            created_at=START,
            started_at=START if at else None,
            attempted=at is not None,
        )
        return replace(job, **given)  # type: ignore[arg-type]  # tests give fields of Job

    return make
