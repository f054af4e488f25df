"""Batches on a real store and engine whose jobs go through no steps: each ends as the test says.

with night(tmp_path, monkeypatch) as tonight:
    tonight.ends["sw1"] = BAD
    assert tonight.run(some_jobs(tonight.store, ["sw1", "sw2"])) == [BAD, GOOD]
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.stores import StandingClock, switches

from swimctl.config.reading import Config, Credentials
from swimctl.config.settings import Settings
from swimctl.engine import batches as engine_module
from swimctl.engine.batches import Engine
from swimctl.engine.jobs import JobRunner
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Device, Job, Outcome
from swimctl.sessions.redaction import Redaction
from swimctl.states import JobStatus
from swimctl.steps.pausing import Parts
from swimctl.store import Store
from swimctl.waiting import Waiting

GOOD, BAD = (JobStatus.SUCCESS, Outcome.UPGRADED), (JobStatus.FAILED, Outcome.ROLLED_BACK)
UNTOUCHED, WAITS = (JobStatus.FAILED, Outcome.UNTOUCHED), (JobStatus.PENDING, None)


class Looks(threading.Event):
    """A stop: who waits for it too often waits for ever. `meanwhile` is what happens while it is waited for."""

    def __init__(self, meanwhile: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.meanwhile, self.waits = meanwhile, list[float | None]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        if self.meanwhile is not None:
            self.meanwhile()
        if len(self.waits) > 5:
            self.set()
        return self.is_set()


@dataclass
class Told:
    """A notifier that keeps what it is told."""

    words: list[tuple[str, ...]] = field(default_factory=list)
    closed: float | None = None

    def batch_started(self, batch: Batch, jobs: Any) -> None:
        self.words.append(("started", batch.id, str(len(jobs))))

    def device_failed(self, batch: Batch, job: Job) -> None:
        assert job.status is JobStatus.FAILED, "it is told as the store has it"
        self.words.append(("failed", batch.id, job.device_name))

    def device_held(self, batch: Batch, job: Job, waiting: Waiting, left: timedelta, *, again: bool) -> None:
        word = "reminded" if again else "held"
        self.words.append((word, batch.id, job.device_name, waiting.on, f"{left.total_seconds():g}"))

    def line_stopped(self, batch: Batch, why: str) -> None:
        self.words.append(("stopped", batch.id, why))

    def batch_finished(self, batch: Batch, jobs: Any) -> None:
        self.words.append(("finished", batch.id, str(len(jobs))))

    def close(self, seconds: float) -> None:
        self.closed = seconds


@dataclass
class Night:
    """An engine and how each device's job ends: a status and an outcome, an exception, or what is called."""

    engine: Engine
    store: Store
    clock: StandingClock
    ends: dict[str, Any] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    workers: list[tuple[list[str], int]] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    stop: threading.Event = field(default_factory=Looks)
    windows: dict[str, str] = field(default_factory=dict)  # of devices, as the inventory has them

    def run(self, jobs: list[Job], **how: Any) -> list[tuple[JobStatus, Outcome | None]]:
        batch = self.store.batch(jobs[0].batch_id)
        self.engine.run(batch, how.get("only", jobs), self.stop)
        return self.now(jobs)

    def now(self, jobs: list[Job]) -> list[tuple[JobStatus, Outcome | None]]:
        return [(job.status, job.outcome) for job in (self.store.job(each.id) for each in jobs)]

    def error(self, job: Job) -> str:
        return self.store.job(job.id).error or ""

    def go_through(self, runs: JobRunner, batch: Batch, job: Job, stop: threading.Event) -> Parts[None]:
        yield from ()
        assert (batch.id, stop) == (job.batch_id, self.stop)
        self.ran.append(job.device_name)
        self.clock.forward(600)
        end = self.ends.get(job.device_name, GOOD)
        if isinstance(end, Exception):
            raise end
        status, outcome = end() if callable(end) else end
        self.store.move(job.id, runs._runner, JobStatus.ACTIVATING)
        self.store.move(job.id, runs._runner, status, "it failed" if status is JobStatus.FAILED else None, outcome)


def _device(name: str) -> Device:
    """Return a device at a place of its own."""
    return Device(1, name, "cisco_xe", f"{name}.example.net")


@contextmanager
def night(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Night]:
    clock = StandingClock()
    made: Night

    def nornir(of: list[str], workers: int) -> Any:
        made.workers.append((list(of), workers))

        def run(task: Callable[[Any], object], *, on_failed: bool) -> None:
            assert on_failed, "one that failed in a wave is asked again in the next"
            for name in of:
                task(SimpleNamespace(host=SimpleNamespace(name=name)))

        return SimpleNamespace(run=run)

    devices = [SimpleNamespace(name=name) for name in switches(9)]
    inventory = SimpleNamespace(
        devices=devices,
        nornir=nornir,
        threaded=False,
        workers=None,
        device=lambda name: replace(_device(name), window=made.windows.get(name)),
        credentials=lambda _device: Credentials(),
    )
    with Store.open(folder / "swimctl.db", cast("Any", clock)) as store:
        config = SimpleNamespace(settings=Settings(jobs_dir=folder / "jobs", **settings))
        with Engine(cast("Config", config), store, cast("Inventory", inventory), cast("Any", clock)) as engine:
            made = Night(engine, store, clock)
            monkeypatch.setattr(engine, "_notifier", made.told)
            monkeypatch.setattr(JobRunner, "go_through", lambda *of: made.go_through(*of))  # noqa: PLW0108 - a bound method would not get the runner
            monkeypatch.setattr(JobRunner, "redaction", lambda _runs, _name: Redaction(("secret",)))
            yield made
        assert made.told.closed == engine_module._LAST_WORDS
