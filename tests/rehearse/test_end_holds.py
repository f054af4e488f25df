"""When a batch ends, as its rehearsal says it before, is within 15 % of when it does; so is what becomes of it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.time_at_rest import ClockAtRest
from support.upgrades import go, lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.cli.plan import Asks
from swimctl.models import Policy
from swimctl.rehearse.home import home
from swimctl.rehearse.learning import learn
from swimctl.rehearse.night import Played, Script, play
from swimctl.rehearse.report import report_of
from swimctl.requests.preview import Preview
from swimctl.states import JobStatus

FAULTS = {"sw9": ["install-fails"], "sw11": ["boots-old-image"]}


class Shown(ClockAtRest):
    """Shows the time of the lab, in which this process's work takes none: so does what the store keeps of it."""

    def now(self) -> datetime:
        return datetime(2031, 3, 4, tzinfo=UTC) + timedelta(seconds=self.at_rest.monotonic())


def played(opened: Opened, preview: Preview, *faults: str) -> Played:
    learned = {}
    for row in preview.rows:
        device = row.item.device
        told = opened.engine.record(device).recorded
        learned[device.name] = learn(
            device.name, device.platform, {one.command: one.text for one in told if not one.failure}
        )
    with home() as folder:
        script = Script(preview, learned, faults)
        return play(script, opened.config.settings, opened.store, opened.inventory, folder, opened.clock.now())


@pytest.mark.prove
def test_the_end_is_within_fifteen_per_cent(tmp_path: Path) -> None:
    policy = Policy(waves=("1", "100%"), soak=300.0)
    with (
        lab_folder(tmp_path, devices=12, ssh=False, speed=150.0, faults=FAULTS) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        assert isinstance(opened.clock, ClockAtRest)
        opened.__dict__["clock"] = Shown(opened.clock.at_rest, opened.clock.speed)
        devices = opened.inventory.devices  # of the last six, each model is among the first four
        go(opened, lab, Policy(), devices=devices[:4])
        plan = opened.service.plan(request(opened, devices=devices[6:], policy=policy, workers=2, max_failures=3))
        preview = opened.service.preview(plan, Asks(opened))
        told = report_of(played(opened, preview, *(f"{name}={fault}" for name, [fault] in FAULTS.items())))
        made = opened.service.create(plan)
        opened.engine.run(made.batch, made.jobs, threading.Event())
        jobs = opened.store.jobs(batch_id=made.batch.id)
        assert told.outcomes == {job.device_name: job.outcome.value for job in jobs if job.outcome}
        assert {job.device_name for job in jobs if job.status is JobStatus.FAILED} == FAULTS.keys()
        assert {one.device for one in told.problems} == FAULTS.keys()
        took = max(job.finished_at for job in jobs if job.finished_at) - made.batch.created_at
        said = told.ends - told.starts
        assert abs(said / took - 1) < 0.15, f"the rehearsal {said}, the batch {took}"
        print(f"the rehearsal {said}, the batch {took}")
