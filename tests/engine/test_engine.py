"""What a job waits for before its first step, and what one that was under way does not wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.stores import StandingClock, some_batch, some_jobs

from swimctl.config.reading import Config, Credentials
from swimctl.config.settings import Settings
from swimctl.engine.batches import Engine
from swimctl.engine.jobs import JobRunner
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Device, Job, Policy
from swimctl.steps.pausing import Parts
from swimctl.store import Store

CLOSED = Policy(window="20:00-23:00@UTC")  # the clock stands at noon


@dataclass
class Impatient(threading.Event):
    """A stop that is set as soon as anybody waits for it."""

    def __post_init__(self) -> None:
        super().__init__()

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.set()
        return True


@dataclass
class Ground:
    """An engine on a real store, whose jobs go through no steps: it notes which began."""

    engine: Engine
    store: Store
    began: list[int] = field(default_factory=list)

    def run(self, job: Job) -> None:
        self.engine.resume([self.store.job(job.id)], Impatient())


class _Inventory:
    workers = None
    devices = (SimpleNamespace(name="sw1"),)

    def device(self, name: str) -> Device:
        return Device(1, name, "cisco_xe", "192.0.2.1")

    def credentials(self, device: Device) -> Credentials:
        assert device
        return Credentials()

    def nornir(self, names: list[str], _workers: int) -> Any:
        def run(task: Callable[[Any], object], *, on_failed: bool) -> None:
            assert on_failed
            for name in names:
                task(SimpleNamespace(host=SimpleNamespace(name=name)))

        return SimpleNamespace(run=run)


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    clock = StandingClock()
    with Store.open(tmp_path / "swimctl.db", clock) as store:
        config = cast("Config", SimpleNamespace(settings=Settings(jobs_dir=tmp_path / "jobs")))
        with Engine(config, store, cast("Inventory", _Inventory()), clock) as engine:
            made = Ground(engine, store)

            def go_through(_runs: JobRunner, _batch: Batch, job: Job, _stop: threading.Event) -> Parts[None]:
                made.began.append(job.id)
                yield from ()

            monkeypatch.setattr(JobRunner, "go_through", go_through)
            yield made


def interrupted(ground: Ground, job: Job) -> None:
    """Have another process take the job, and die."""
    with ground.store.register_runner() as other:
        assert ground.store.claim(job.id, other) is not None


@pytest.mark.parametrize("batch", [{"needs_approval": True}, {"policy": CLOSED}], ids=["approval", "window"])
def test_a_job_that_was_under_way_waits_neither_for_an_approval_nor_for_a_window(
    ground: Ground, batch: dict[str, Any]
) -> None:
    assert some_batch("batch-0001", **batch)
    (job,) = some_jobs(ground.store, ["sw1"], **batch)
    interrupted(ground, job)
    ground.run(job)
    assert ground.began == [job.id]


@pytest.mark.parametrize("batch", [{"needs_approval": True}, {"policy": CLOSED}], ids=["approval", "window"])
def test_a_job_that_never_began_waits_for_both(ground: Ground, batch: dict[str, Any]) -> None:
    (job,) = some_jobs(ground.store, ["sw1"], **batch)
    ground.run(job)
    assert ground.began == []
    assert [event.kind for event in ground.store.events(job.id)][-1] == "waiting"
