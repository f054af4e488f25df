"""A claimed job in a real store on a device of paper: JobRunner itself runs it, in milliseconds and without a network.

    with paper_job(tmp_path, monkeypatch, steps=(Played("readiness"), ...)) as job:
        job.run()
    assert job.ended.outcome is Outcome.UNTOUCHED

`steps` stand in for those of the same kinds; the others are the real ones, on the scripted driver.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import IMAGE, Scripted
from support.stores import some_batch, some_image

from swimctl.config.reading import Config, Credentials
from swimctl.config.settings import Settings
from swimctl.engine.jobs import JobRunner
from swimctl.engine.records import StoreRecord
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Job, JobOptions
from swimctl.sessions.redaction import Redaction
from swimctl.states import STEP_NAMES, JobStatus
from swimctl.steps import STEPS, JobContext, StepResult
from swimctl.steps.pausing import see_through
from swimctl.store import NewJob, Runner, Store

_REAL = dict(STEPS)


@dataclass
class Played:
    """A step that a test plays: what it does with its context, and how often it was run."""

    kind: str
    act: Callable[[JobContext], StepResult | None] = lambda _context: None
    runs: int = 0

    @property
    def job_status(self) -> JobStatus:
        return _REAL[self.kind].job_status

    @property
    def stop_before(self) -> bool:
        return _REAL[self.kind].stop_before

    def run(self, context: JobContext) -> StepResult:
        self.runs += 1
        return self.act(context) or StepResult(f"{self.kind} is well")


class NoPatience(threading.Event):
    """A stop that nobody may wait for: a job that waits fails its test at once."""

    def wait(self, timeout: float | None = None) -> bool:
        raise AssertionError(f"it waits {timeout} s")


@dataclass
class PaperJob:
    """A job that this process holds, and what runs it."""

    store: Store
    runner: Runner
    batch: Batch
    job: Job
    device: Scripted
    runs: JobRunner
    stop: threading.Event = field(default_factory=NoPatience)

    def remember(self, **memory: Any) -> None:
        """Have the job remember what an earlier process left."""
        for key, value in memory.items():
            self.store.remember(self.job.id, key.replace("_", " "), value)

    def run(self) -> Job:
        """Run what is left of the job, and give it as the store has it then."""
        parts = self.runs.go_through(self.batch, self.store.job(self.job.id), self.stop)
        see_through(parts, self.device.clock, self.stop)
        return self.now

    @property
    def now(self) -> Job:
        return self.store.job(self.job.id)

    def told(self, kind: str) -> list[str]:
        """List the job's events of a kind."""
        return [event.message for event in self.store.events(self.job.id) if event.kind == kind]


@contextmanager
def paper_job(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    steps: Sequence[Played] = (),
    kinds: Sequence[str] = tuple(STEP_NAMES),
    options: JobOptions | None = None,
    settings: Settings | None = None,
    device: Scripted | None = None,
    **batch: Any,
) -> Iterator[PaperJob]:
    """Claim a job with steps of these `kinds`; `batch` are fields of its batch."""
    device = device or Scripted(memory={"baseline": None})
    clock = device.clock
    settings = settings or Settings(jobs_dir=folder / "jobs")
    for step in steps:
        monkeypatch.setitem(STEPS, step.kind, step)
    with Store.open(folder / "swimctl.db", cast("Any", clock)) as store, store.register_runner() as runner:
        image = some_image(store, IMAGE.filename, size=IMAGE.size)
        made = some_batch("batch-0001", options=options or JobOptions(), **batch)
        ids = store.device_ids(["sw1"])
        (job,) = store.create_batch(made, [NewJob(ids["sw1"], "sw1", image.id, tuple(kinds))])
        claimed = store.claim(job.id, runner)
        assert claimed is not None
        for key, value in device.record.memory.items():
            if value is not None:
                store.remember(job.id, key, value)
        config = cast("Config", SimpleNamespace(settings=settings, path=folder / "config.yaml"))
        inventory = cast(
            "Inventory", SimpleNamespace(credentials=lambda _: Credentials(), device=lambda _: device.context.device)
        )
        runs = JobRunner(config, store, inventory, cast("Any", clock), runner)

        def context(of: Batch, one: Job, stop: threading.Event) -> JobContext:
            lease = store.lease(one.id, runner)
            record = StoreRecord(store, runner, one.id, Redaction(("secret",)), lease)
            return replace(
                device.context, job=one, image=image, options=of.options, settings=settings, record=record, stop=stop
            )

        monkeypatch.setattr(runs, "_context", context)
        monkeypatch.setattr(runs, "redaction", lambda _name: Redaction(("secret",)))
        yield PaperJob(store, runner, made, claimed, device, runs)
