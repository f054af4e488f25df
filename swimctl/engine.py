"""Run jobs: claim, go through the steps, record; by Nornir's threaded runner, one thread a device."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Self

from nornir.core.task import Result, Task

from swimctl.clock import Clock
from swimctl.config import Config
from swimctl.errors import NotFound, StaleClaim, Stopped, StoreError, SwimctlError
from swimctl.inventory import Inventory
from swimctl.models import Batch, Device, ExecutionMode, Finding, Image, Job, Outcome
from swimctl.platforms import driver_factory
from swimctl.sessions import Target, connect
from swimctl.settings import STEP_NAMES, Settings
from swimctl.states import FINAL, JobStatus, StepStatus
from swimctl.steps import STEPS, Context
from swimctl.steps.ending import outcome_of_failure
from swimctl.store import Runner, Store
from swimctl.transcript import Transcript

# Real seconds between looks at a device that another process's job holds.
_TURN_POLL = 1.0
_TRANSCRIPT = "transcript.log"


@dataclass
class _Run:
    """What the jobs of one batch share while they run: who may still start."""

    batch: Batch
    stop: threading.Event
    lock: threading.Lock = field(default_factory=threading.Lock)
    failures: int = 0
    first_failed: str = ""
    store_error: StoreError | None = None

    def failed(self, name: str) -> None:
        """Count a failure."""
        with self.lock:
            self.failures += 1
            self.first_failed = self.first_failed or name

    @property
    def line_stopped(self) -> bool:
        """Tell whether the batch may start no more jobs."""
        return bool(self.batch.max_failures) and self.failures >= self.batch.max_failures


@dataclass(frozen=True)
class _JobRecord:
    """A job's record in the store, for its steps."""

    store: Store
    runner: Runner
    job_id: int

    def say(self, message: str) -> None:
        self.store.say(self.job_id, self.runner, message)

    def progress(self, percent: int, bytes_done: int = 0, bytes_total: int = 0) -> None:
        self.store.progress(self.job_id, self.runner, percent, bytes_done=bytes_done, bytes_total=bytes_total)

    def event(self, kind: str, message: str, **data: Any) -> None:  # noqa: ANN401 - JSON
        self.store.record(self.job_id, kind, message, data)

    def remember(self, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
        self.store.remember(self.job_id, key, value)

    def recall(self, key: str) -> Any | None:  # noqa: ANN401 - JSON
        return self.store.recall(self.job_id, key)


class Engine:
    """Run and resume jobs for one process; use it as a context manager, so that its jobs are known to be left."""

    def __init__(self, config: Config, store: Store, inventory: Inventory, clock: Clock) -> None:
        self._config = config
        self._settings: Settings = config.settings
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._runner = store.register_runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up being a runner; jobs that still run read as interrupted from now on."""
        self._runner.close()

    def run(self, batch: Batch, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Run the jobs of a batch in its mode, until all ended or `stop` is set; what was not started stays waiting."""
        self._store.own_batch(batch.id, self._runner)
        run = _Run(batch, stop)
        self._count_earlier_failures(run, jobs)
        workers = 1 if batch.mode is ExecutionMode.SEQUENTIAL else batch.workers or self._settings.workers
        by_name = {job.device_name: job for job in jobs}
        missing = [name for name in by_name if not self._known(name)]
        for name in missing:
            self._store.fail_waiting(
                [by_name.pop(name).id], f"{name} is no longer in the inventory; next: `swimctl retry`"
            )
            run.failed(name)
        if not by_name:
            return
        nornir = self._inventory.nornir(list(by_name), workers)

        def work(task: Task) -> Result:
            # The one task handed to Nornir catches everything: what it lets out would lose the whole run's results.
            self._work(run, by_name[task.host.name])
            return Result(host=task.host)

        nornir.run(task=work, on_failed=True)
        if batch.detached or batch.schedule_time is not None:
            # What waits behind them is anybody's again; in a terminal, it belongs to the person there.
            self._store.disown_batch(batch.id, self._runner)
        if run.store_error is not None:
            raise run.store_error

    def resume(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Take up interrupted jobs, batch by batch, each in its own mode and order."""
        for batch_id, group in groupby(sorted(jobs, key=lambda job: (job.batch_id, job.id)), lambda job: job.batch_id):
            if stop.is_set():
                return
            with suppress(StaleClaim):  # another process was faster with this batch, and runs it
                self.run(self._store.batch(batch_id), list(group), stop)

    def run_due(self, stop: threading.Event) -> None:
        """Run what is due now, batch by batch."""
        self.resume(self.due(), stop)

    def due(self) -> list[Job]:
        """List what may run now, in the order of the batches; a job that is too late fails with the reason."""
        now = self._clock.now()
        due = self._store.due(now)
        late = [
            job
            for job in due
            if job.schedule_time and (now - job.schedule_time).total_seconds() > self._settings.schedule_grace
        ]
        grace = self._settings.schedule_grace / 60
        self._store.fail_waiting(
            [job.id for job in late],
            f"not started: nobody ran it within {grace:.0f} minutes of its time (schedule_grace); "
            "next: `swimctl retry`",
        )
        lost = {job.id for job in late}
        return [job for job in due if job.id not in lost]

    def check(self, device: Device, image: Image | None) -> list[Finding]:
        """Apply the readiness rules to a device, changing nothing; without an image, to what it runs."""
        if image is None:
            raise NotFound(f"no image to check {device.name} against; set a golden image or name one with --image")
        target = self._target(device)
        transcript = Transcript(
            self._settings.jobs_dir / "checks" / f"{device.name}.log", self._clock, _secrets(target)
        )
        with connect(target, self._clock, transcript, self._settings.deadlines.connect) as session:
            driver = driver_factory(device.platform)(session, self._settings)
            return driver.check(device, image, cleanup=False)

    def _known(self, name: str) -> bool:
        return any(device.name == name for device in self._inventory.devices)

    def _count_earlier_failures(self, run: _Run, jobs: Sequence[Job]) -> None:
        mine = {job.id for job in jobs}
        for job in self._store.jobs(batch_id=run.batch.id):
            if job.id not in mine and job.status is JobStatus.FAILED and job.attempted:
                run.failed(job.device_name)

    def _work(self, run: _Run, job: Job) -> None:
        """Run one job; never raises, so that one bad device is kept from the others."""
        try:
            claimed = self._take_turn(run, job)
            if claimed is None:
                return
            self._go_through(run, claimed)
        except StaleClaim:
            return  # ended or taken by another process while we looked: its record is there
        except StoreError as error:
            run.stop.set()  # without its record nothing may go on
            run.store_error = run.store_error or error
        except Exception as error:  # noqa: BLE001 - a defect in one job must end that job with a reason, not the run
            self._end_failed(run, job, f"swimctl failed: {type(error).__name__}: {error}; please report it")

    def _take_turn(self, run: _Run, job: Job) -> Job | None:
        """Claim the job, waiting while another process's job holds the device; None where it will not run here."""
        said = False
        while not run.stop.is_set():
            if run.line_stopped and not self._store.job(job.id).attempted:
                self._store.fail_waiting(
                    [job.id],
                    f"not attempted: {run.first_failed} failed and max_failures is {run.batch.max_failures}; "
                    f"next: `swimctl retry --batch {run.batch.id[:8]}`",
                )
                return None
            claimed = self._store.claim(job.id, self._runner)
            if claimed is not None:
                return claimed
            if self._store.job(job.id).status in FINAL:
                return None
            other = self._store.blocked_by(job.id)
            if other is None:
                return None
            if other.interrupted:
                self._store.fail_waiting(
                    [job.id],
                    f"not attempted: job {other.id} on {job.device_name} was interrupted; "
                    f"next: `swimctl resume {other.id}`",
                )
                run.failed(job.device_name)
                return None
            if not said:
                self._store.record(job.id, "waiting", f"job {other.id} runs on {job.device_name}; waiting for its end")
                said = True
            run.stop.wait(_TURN_POLL)
        return None

    def _go_through(self, run: _Run, job: Job) -> None:
        kinds = [kind for step in job.steps for kind, name in STEP_NAMES.items() if name == step.name]
        try:
            context = self._context(run, job)
        except SwimctlError as error:
            self._end_failed(run, job, str(error))
            return
        copying = [index for index, kind in enumerate(kinds) if STEPS[kind].job_status is JobStatus.DISTRIBUTING]
        for index, kind in enumerate(kinds):
            step, name = STEPS[kind], STEP_NAMES[kind]
            if job.steps[index].status is StepStatus.SUCCESS:
                continue  # proved before an interruption
            try:
                if step.stop_before:
                    context.checkpoint()
                if step.job_status is not self._store.job(job.id).status:
                    self._store.move(job.id, self._runner, step.job_status)
                self._store.step(job.id, self._runner, name, StepStatus.RUNNING)
                outcome = step.run(context)
            except Stopped as stopped:
                self._store.release(job.id, self._runner, "stopped at a safe point")
                context.transcript.note(str(stopped))
                return
            except SwimctlError as error:
                if isinstance(error, StaleClaim | StoreError):
                    raise
                self._fail(run, job, name, error, context)
                return
            self._store.step(job.id, self._runner, name, StepStatus.SUCCESS, outcome.message)
            self._store.progress(job.id, self._runner, 100 * (index + 1) // (len(kinds) + 1))
            if outcome.finished or (copying and index == copying[-1] and not run.batch.options.activate):
                break
        activated = self._store.recall(job.id, "activate sent") is not None
        self._store.move(
            job.id, self._runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED if activated else Outcome.UNTOUCHED
        )

    def _fail(self, run: _Run, job: Job, step: str, error: SwimctlError, context: Context) -> None:
        outcome, told = outcome_of_failure(context, error)
        text = f"{error}; {told}" if told else str(error)
        self._store.step(job.id, self._runner, step, StepStatus.FAILED, text)
        self._end_failed(run, job, text, outcome)

    def _end_failed(self, run: _Run, job: Job, error: str, outcome: Outcome | None = None) -> None:
        """Fail a job. Where nobody could ask the device, what was sent decides whether it may have changed."""
        if outcome is None:
            activated = self._store.recall(job.id, "activate sent") is not None
            outcome = Outcome.UNKNOWN if activated else Outcome.UNTOUCHED
        run.failed(job.device_name)
        self._store.move(job.id, self._runner, JobStatus.FAILED, error, outcome)

    def _context(self, run: _Run, job: Job) -> Context:
        device = self._inventory.device(job.device_name)
        target = self._target(device)
        folder = self._settings.jobs_dir / str(job.id)
        return Context(
            job=job,
            device=device,
            image=self._store.image(job.image_id),
            options=run.batch.options,
            settings=self._settings,
            clock=self._clock,
            target=target,
            make_driver=driver_factory(device.platform),
            record=_JobRecord(self._store, self._runner, job.id),
            folder=folder,
            transcript=Transcript(folder / _TRANSCRIPT, self._clock, _secrets(target)),
            stop=run.stop,
        )

    def _target(self, device: Device) -> Target:
        entry = self._inventory.credentials(device)
        return Target(
            name=device.name,
            address=device.address,
            port=device.port,
            platform=device.platform,
            username=entry.username or "",
            password=entry.password or "",
            enable_secret=entry.enable_secret,
            extras=self._inventory.connection_extras(device),
        )


def _secrets(target: Target) -> tuple[str, ...]:
    return tuple(secret for secret in (target.password, target.enable_secret) if secret)
