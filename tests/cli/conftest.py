from __future__ import annotations

import hashlib
import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from swimctl.accounts import passwords
from swimctl.cli.context import Opened
from swimctl.clock import SystemClock
from swimctl.config.flows import Flow
from swimctl.errors import SwimctlError
from swimctl.models import Batch, Device, ExecutionMode, Finding, Image, Job, JobOptions, Outcome, Step
from swimctl.states import STEP_NAMES, JobStatus, StepStatus
from swimctl.steps.first_look import FirstLook
from swimctl.store import NewJob, Store

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


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash in a millisecond what takes half a second of a processor; tests/accounts hash as swimctl does."""
    monkeypatch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64))


@pytest.fixture
def make_job() -> Callable[..., Job]:
    """Make jobs with running ids; `at` names the step that runs, the ones before it have succeeded."""
    ids = itertools.count(1)

    def make(name: str = "", *, at: str | None = None, said: str = "", began: float = 0, **given: object) -> Job:
        number = next(ids)
        steps = []
        before = at is not None
        for step, called in STEP_NAMES.items():
            if called == at:
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
            image_family="cat9k_iosxe",
        )
        return replace(job, **given)  # type: ignore[arg-type]  # tests give fields of Job

    return make


@dataclass
class Script:
    """What the devices' jobs come to: why they fail, what a check finds, what happens while one runs."""

    fates: dict[str, str] = field(default_factory=dict)
    findings: dict[str, list[Finding] | SwimctlError] = field(default_factory=dict)
    already: dict[str, str] = field(default_factory=dict)
    options: JobOptions | None = None
    while_running: Callable[[Job], None] = lambda _: None


@dataclass
class Engine:
    """Runs jobs in the real store by a script, without a device."""

    store: Store
    script: Script

    def __post_init__(self) -> None:
        self.runner = self.store.register_runner()

    def prepared(self) -> Engine:
        return self

    def close(self) -> None:
        self.runner.close()

    def run(self, batch: Batch, jobs: Sequence[Job], stop: threading.Event) -> None:
        self.store.own_batch(batch.id, self.runner)
        for job in jobs:
            if stop.is_set():
                return
            self._one(job, stop)

    def resume(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        for job in jobs:
            if not stop.is_set():
                self._one(job, stop)

    def run_due(self, stop: threading.Event) -> list[Job]:
        due = self.store.due(datetime.now(UTC))
        self.resume(due, stop)
        return due

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        assert image is not None
        self.script.options = options
        answer = self.script.findings.get(device.name, [])
        if isinstance(answer, SwimctlError):
            raise answer
        return FirstLook(tuple(answer), self.script.already.get(device.name, ""))

    def _one(self, job: Job, stop: threading.Event) -> None:
        claimed = self.store.claim(job.id, self.runner)
        if claimed is None:
            return
        kind = claimed.steps[0].kind
        self.store.step(job.id, self.runner, kind, StepStatus.RUNNING)
        self.store.say(job.id, self.runner, "reading the device")
        self.script.while_running(job)
        if stop.is_set():
            self.store.release(job.id, self.runner, "stopped at a safe point")
            return
        fate = self.script.fates.get(job.device_name, "")
        if fate:
            outcome = Outcome.UNKNOWN if fate.startswith("unknown") else Outcome.UNTOUCHED
            self.store.step(job.id, self.runner, kind, StepStatus.FAILED, fate)
            self.store.move(job.id, self.runner, JobStatus.FAILED, fate, outcome)
            return
        self.store.remember(job.id, "baseline", {"version": "17.09.05"})
        self.store.step(job.id, self.runner, kind, StepStatus.SUCCESS, "ready")
        self.store.move(job.id, self.runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)


@dataclass
class Place:
    """A working folder with three switches, an image and a store; `main` gets the engine above too."""

    folder: Path
    store: Store
    image: Image
    script: Script
    engine: Engine

    def batch(self, *names: str, **given: object) -> list[Job]:
        """Create a batch in the store, as `upgrade` would."""
        ids = self.store.device_ids(["sw1", "sw2", "sw3"])
        batch = replace(
            Batch(str(uuid.uuid4()), ExecutionMode.PARALLEL, 0, JobOptions(), datetime.now(UTC)),
            **given,  # type: ignore[arg-type]  # tests give fields of Batch
        )
        steps = Flow.of(batch.flow).kinds or tuple(STEP_NAMES)
        new = [NewJob(ids[name], name, self.image.id, steps) for name in names]
        return self.store.create_batch(batch, new)

    def ran(self, *names: str, **given: object) -> list[Job]:
        """Create a batch and run it."""
        jobs = self.batch(*names, **given)
        self.engine.run(self.store.batch(jobs[0].batch_id), jobs, threading.Event())
        return self.store.jobs(ids=[job.id for job in jobs])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text(
        "".join(
            f"sw{number}:\n  hostname: 127.0.0.1\n  port: {number}\n  platform: cisco_xe\n  groups: [{group}]\n"
            "  username: admin\n  password: not-a-real-one\n  data:\n    model: C9300-24T\n"
            for number, group in ((1, "access"), (2, "access"), (3, "core"))
        )
    )
    (tmp_path / "inventory" / "groups.yaml").write_text("access: {}\ncore: {}\n")
    (tmp_path / "config.yaml").write_text(
        "inventory:\n  plugin: SimpleInventory\n  options:\n    host_file: inventory/hosts.yaml\n"
        "    group_file: inventory/groups.yaml\nswimctl:\n  workers: 3\n"
    )
    file = tmp_path / "cat9k_iosxe.17.12.04.SPA.bin"
    file.write_bytes(b"an image" * 100)
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "swimctl.db", SystemClock()) as store:
        store.device_ids(["sw1", "sw2", "sw3"])
        image = store.add_image(
            path=file,
            filename=file.name,
            platform="cisco_xe",
            family="cat9k_iosxe",
            version="17.12.04",
            size=file.stat().st_size,
            sha512=hashlib.sha512(file.read_bytes()).hexdigest(),
            md5=hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest(),
        )
        store.set_golden(image.id)
        script = Script()
        engine = Engine(store, script)
        scripted = cached_property(lambda opened: Engine(opened.store, script))
        scripted.__set_name__(Opened, "engine")
        monkeypatch.setattr(Opened, "engine", scripted)
        yield Place(tmp_path, store, image, script, engine)
        engine.close()
