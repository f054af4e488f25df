"""When a batch ends, as the plan says it before, is within 15 % of when it does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.time_at_rest import ClockAtRest
from support.upgrades import go, lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.models import Policy
from swimctl.states import JobStatus


class Shown(ClockAtRest):
    """Shows the time of the lab, in which this process's work takes none: so does what the store keeps of it."""

    def now(self) -> datetime:
        return datetime(2031, 3, 4, tzinfo=UTC) + timedelta(seconds=self.at_rest.monotonic())


def opened_in_lab_time(folder: Path) -> Opened:
    opened = Context(folder / "config.yaml").open()
    assert isinstance(opened.clock, ClockAtRest)
    opened.__dict__["clock"] = Shown(opened.clock.at_rest, opened.clock.speed)
    return opened


@pytest.mark.prove
def test_the_forecast_is_within_fifteen_per_cent(tmp_path: Path) -> None:
    policy = Policy(waves=("1", "100%"), soak=300.0)
    with lab_folder(tmp_path, devices=12, ssh=False, speed=150.0) as lab, opened_in_lab_time(tmp_path) as opened:
        devices = opened.inventory.devices  # of the last six, each model is among the first four
        before = go(opened, lab, Policy(), devices=devices[:4])
        assert {job.status for job in before.jobs.values()} == {JobStatus.SUCCESS}
        plan = opened.service.plan(request(opened, devices=devices[6:], policy=policy, workers=2))
        preview = opened.service.preview(plan, opened.engine)
        told = preview.forecast
        assert told is not None
        assert (preview.guessed, told.unfit) == ((), {})
        made = opened.service.create(plan)
        opened.engine.run(made.batch, made.jobs, threading.Event())
        jobs = opened.store.jobs(batch_id=made.batch.id)
        assert {job.status for job in jobs} == {JobStatus.SUCCESS}
        took = max(job.finished_at for job in jobs if job.finished_at) - made.batch.created_at
        assert abs((told.ends - told.starts) / took - 1) < 0.15, f"forecast {told.ends - told.starts}, took {took}"
