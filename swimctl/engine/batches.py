"""Run jobs: claim, go through the steps, record; by Nornir's threaded runner, one thread a device that talks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Self

from swimctl.advice import with_next
from swimctl.captures.recording import Capture
from swimctl.checks.asking import Taken
from swimctl.clock import Clock, Deadline, between_looks
from swimctl.config.reading import Config
from swimctl.config.settings import Settings
from swimctl.engine.elsewhere import elsewhere, settled
from swimctl.engine.held import HeldDevices
from swimctl.engine.holds import BatchRun, Holds
from swimctl.engine.jobs import JobRunner
from swimctl.engine.poller import Poller
from swimctl.engine.records import met
from swimctl.engine.sightings import Sightings
from swimctl.engine.spread import Limits, Spread
from swimctl.engine.turns import stopped, unfinished_before
from swimctl.engine.visits import Visits
from swimctl.engine.write_backs import WriteBacks
from swimctl.errors import NotFound, StaleClaim, StepFailed, StoreError, SwimctlError
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Device, ExecutionMode, Image, Job, JobOptions, Outcome
from swimctl.notify.notifier import Notifier
from swimctl.states import FINAL, WAITING, JobStatus
from swimctl.steps.first_look import FirstLook
from swimctl.steps.pausing import Parts, Pause
from swimctl.store import LINE_STOPPED, Store
from swimctl.waiting import Waiting, WaitKind

# Real seconds between looks at a device that another process's job holds.
_TURN_POLL = 1.0
# Real seconds for each that is still on its way at the end: notifications, and what other systems are told.
_LAST_WORDS = 5.0


class Engine:
    """Run and resume jobs for one process; use it as a context manager, so that its jobs are known to be left."""

    def __init__(self, config: Config, store: Store, inventory: Inventory, clock: Clock) -> None:
        self._settings: Settings = config.settings
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._notifier = Notifier.of(config.settings)  # before anything starts: its mistakes are the user's
        self._runner = store.register_runner()
        self._jobs = JobRunner(config, store, inventory, clock, self._runner)
        self._far = None if inventory.workers is None else elsewhere(config, store, inventory, clock, self._runner)
        self._visits = Visits(config.settings, clock, self._jobs)
        self._sightings = Sightings(store, inventory)
        self._holds = Holds(store, inventory, self._jobs, self._far)
        self._held = HeldDevices(store, self._notifier, clock)
        self._poller = Poller(clock)
        self._write_backs = WriteBacks(config, store, clock)
        self._spread = Spread(inventory, clock, self._poller, far=self._far is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepared(self) -> Self:
        """Return this engine, ready to run jobs. ConfigError: it cannot reach who is to run them."""
        self._write_backs.check()
        if self._far is not None:
            self._far.connect()
        self._write_backs.begin()  # what an earlier process left
        return self

    def close(self) -> None:
        """Deregister this runner; jobs that still run read as interrupted from now on."""
        self._runner.close()
        if self._far is not None:
            self._far.close()
        self._jobs.images.close()
        self._poller.close()
        self._write_backs.close(_LAST_WORDS)
        self._notifier.close(_LAST_WORDS)

    def run(self, batch: Batch, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Run the jobs of a batch, wave by wave, until all ended or `stop` is set; the others stay waiting."""
        self._store.own_batch(batch.id, self._runner)
        run = BatchRun(batch, stop)
        self._notifier.batch_started(batch, jobs)
        known = {device.name for device in self._inventory.devices}
        lost = [job for job in jobs if job.device_name not in known]
        for job in lost:
            why = f"{job.device_name} is no longer in the inventory; next: `swimctl retry`"
            self._store.fail_waiting([job.id], why)
        if lost and batch.max_failures:
            run.stopped = f"{lost[0].device_name} failed and max_failures is {batch.max_failures}"
        in_order = sorted(jobs, key=lambda job: (job.wave, job.id))
        self._say_waves(in_order)
        for number, group in groupby(in_order, lambda job: job.wave):
            wave = [job for job in group if job.device_name in known]
            if stop.is_set() or not self._wave_may_start(run, number):
                break
            run.batch = self._store.batch(batch.id)  # its workers may have been changed
            self._run_wave(run, wave)
        if batch.detached or batch.schedule_time is not None:
            # What waits behind them is anybody's again; in a terminal, it belongs to the person there.
            self._store.disown_batch(batch.id, self._runner)
        if run.store_error is not None:
            raise run.store_error
        self._notifier.batch_finished(batch, self._store.jobs(batch_id=batch.id))

    def _run_wave(self, run: BatchRun, jobs: Sequence[Job]) -> None:
        by_name = {job.device_name: job for job in jobs}
        if not by_name:
            return
        limits = self._limits(run.batch)
        self._say_turn(run, jobs, limits)
        steered = partial(self._steered, run, jobs)
        self._spread.go([*by_name], limits, lambda name: self._work(run, by_name[name]), run.stop, steered)

    def _limits(self, batch: Batch) -> Limits:
        workers = 1 if batch.mode is ExecutionMode.SEQUENTIAL else batch.workers or self._settings.workers
        return Limits(workers, self._settings.under_way or workers)

    def _steered(self, run: BatchRun, jobs: Sequence[Job], limits: Limits) -> Limits:
        """Return the limits as somebody may have changed them, and say so to those that nobody has looked at yet."""
        now = self._limits(self._store.batch(run.batch.id))
        if now != limits:
            self._say_turn(run, jobs, now)
        return now

    def _say_turn(self, run: BatchRun, jobs: Sequence[Job], limits: Limits) -> None:
        workers, in_turn = limits
        behind = [job.id for job in jobs[max(workers, in_turn if workers > 1 else 1) :] if job.id not in run.said]
        self._store.waits(behind, Waiting(WaitKind.TURN, _at_a_time(max(workers, in_turn))), tell=False)

    def _wave_may_start(self, run: BatchRun, number: int) -> bool:
        """Wait for the soak of the wave before, check its devices again, and return whether this one may start."""
        if number == 1 or run.stopped or self._store.wave_passed(run.batch.id, number - 1):
            return True
        standings = self._store.standings(run.batch.id)
        if unfinished_before(number, standings) or self._store.batch(run.batch.id).stopped_by is not None:
            return False  # `resume` ends those first
        run.stopped = stopped(run.batch, standings, number - 1)
        if run.stopped:
            return True  # so that each of its jobs says why
        before = [job for job in self._store.jobs(batch_id=run.batch.id) if job.wave == number - 1]
        waiting = [job.id for job in self._store.jobs(batch_id=run.batch.id) if job.wave == number]
        if not self._soak(run, before, waiting):
            return False
        if self._store.wave_passed(run.batch.id, number - 1):
            return True
        self._store.waits(waiting, Waiting(WaitKind.WAVE, f"one more look at wave {number - 1}"), tell=False)
        # One that was upgraded and failed is counted by max_failures: its complaint must not stop the line for itself.
        succeeded = [job for job in before if job.status is JobStatus.SUCCESS]
        ill = self._ill(run, [job for job in succeeded if job.outcome is Outcome.UPGRADED])
        if ill:
            run.stopped = f"wave {number - 1} is not healthy after its soak: {'; '.join(ill)}"
        else:
            self._store.pass_wave(run.batch.id, number - 1)
        return True

    def _say_waves(self, jobs: Sequence[Job]) -> None:
        """Record of those of later waves that these wait for the wave before."""
        for number, group in groupby(jobs, lambda job: job.wave):
            if number > 1:
                waiting = Waiting(WaitKind.WAVE, f"wave {number - 1}")
                self._store.waits([job.id for job in group], waiting, tell=False)

    def _soak(self, run: BatchRun, jobs: Sequence[Job], waiting: Sequence[int]) -> bool:
        """Wait until the last of these jobs has ended so long ago; False: a stop was asked for.

        Of the jobs that are `waiting` for it, it is recorded until when.
        """
        ended = [job.finished_at for job in jobs if job.finished_at is not None and job.attempted]
        if not ended:
            return True
        over = Deadline(self._clock, run.batch.policy.soak, watch=True)
        gone = (self._clock.now() - max(ended)).total_seconds() * self._clock.speed
        said = False
        while not run.stop.is_set():
            left = min(over.left, run.batch.policy.soak - gone)
            if left <= 0:
                return True
            if not said:
                until = self._clock.now() + timedelta(seconds=left / self._clock.speed)
                self._store.waits(waiting, Waiting(WaitKind.SOAK, f"wave {jobs[0].wave}", until=until))
                said = True
            step = min(left, between_looks(self._clock, _TURN_POLL))
            self._clock.sleep(step, run.stop)
            gone += step
            if self._store.wave_passed(run.batch.id, jobs[0].wave):
                return True  # somebody starts the next one by hand
            if self._store.batch(run.batch.id).stopped_by is not None:
                return False
        return False

    def _ill(self, run: BatchRun, jobs: Sequence[Job]) -> list[str]:
        """Compare these devices with their baselines once more, and tell of each that is not as it must be."""
        by_name, lock = {job.device_name: job for job in jobs}, threading.Lock()
        # Each is ill until its look is through and recorded: one that could not be checked must not pass.
        found = {job.id: f"{job.device_name}: could not be checked" for job in jobs}

        def look(name: str) -> Parts[None]:
            job = by_name[name]
            complaint = yield from (self._far or self._jobs).complaint(run.batch, job, run.stop)
            self._store.record(job.id, "soaked", complaint or "all is as before")
            with lock:
                if complaint:
                    found[job.id] = f"{name}: {complaint}"
                else:
                    del found[job.id]

        if by_name:
            # All may be late at the same time: they wait together, and nothing is changed.
            workers = run.batch.workers or self._settings.workers
            self._spread.go([*by_name], Limits(workers, len(by_name)), look, run.stop)
        return [found[number] for number in sorted(found)]

    def resume(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Continue interrupted jobs, batch by batch, each in its own mode and order."""
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
            if job.status in WAITING
            and job.schedule_time
            and (now - job.schedule_time).total_seconds() > self._settings.schedule_grace
        ]
        grace = self._settings.schedule_grace / 60
        self._store.fail_waiting(
            [job.id for job in late],
            f"not started: nobody ran it within {grace:.0f} minutes of its time (schedule_grace); "
            "next: `swimctl retry`",
        )
        lost = {job.id for job in late}
        return [job for job in due if job.id not in lost]

    def check(self, device: Device, image: Image | None, options: JobOptions, *, keep: bool = True) -> FirstLook:
        """Check a device as the readiness check of a job with these options would, changing nothing.

        `keep`: the store keeps what it was seen to run.
        """
        if image is None:
            raise NotFound(f"no image to check {device.name} against; set a golden image or name one with --image")
        look = self._visits.check(device, image, options, met(self._store.last_seen(device.id)))
        if keep and look.running is not None:
            serials = look.snapshot.serials if look.snapshot else ()
            with suppress(StepFailed):  # its readiness is what was asked for; `scan` says who answers
                self._sightings.record(device, look.running, serials, "plan")
        return look

    def runs(self, device: Device, *, replaced: bool = False) -> None:
        """Ask a device what it runs, and record it; see Visits and Sightings. StepFailed: it is not recorded."""
        self._sightings.require_settled(device)  # a look that begins in an activation may end behind it
        running, serials = self._visits.runs(device)
        self._sightings.record(device, running, serials, "scan", replaced=replaced)

    def ask(self, device: Device, names: Sequence[str] = ()) -> tuple[Taken, ...]:
        """Return what a device says for its checks by rules; changes nothing."""
        return self._visits.ask(device, names)

    def record(self, device: Device) -> Capture:
        """Return what a device prints where an upgrade would ask it; see Visits."""
        return self._visits.record(device)

    def _work(self, run: BatchRun, job: Job) -> Parts[None]:
        """Run one job; never raises, so that one bad device is kept from the others."""
        try:
            claimed = yield from self._take_turn(run, job)
            if claimed is None:
                self._jobs.does_not_log_in(job.device_name)
                return
            if job.attempted or self._far is not None:  # another process may have begun since `job` was read
                yield from settled(self._store, self._clock, claimed, self._far)
            going = (self._far or self._jobs).go_through(run.batch, claimed, run.stop)
            yield from self._held.told(run.batch, claimed, going)
            ended = self._store.job(job.id)
            if ended.interrupted and self._far is not None and self._nobody_resumes(run, ended):
                ended = yield from self._once_more(run, ended)
            if ended.interrupted:
                run.left.add(ended.id)
            if ended.status is JobStatus.FAILED:
                self._notifier.device_failed(run.batch, ended)
            elif ended.outcome is Outcome.UPGRADED:
                self._write_backs.begin()
        except StaleClaim:
            return  # ended or taken by another process while we looked: its record is there
        except StoreError as error:
            run.stop.set()  # without its record nothing may go on
            run.store_error = run.store_error or error
        except Exception as error:  # noqa: BLE001 - a defect in one job must end that job with a reason, not the run
            why = f"swimctl failed: {type(error).__name__}: {error}; please report it"
            if self._store.fail_waiting([job.id], why):
                return
            if self._far is None:
                self._jobs.end_by_defect(run.batch, job, why, run.stop)
                return
            with suppress(StaleClaim):
                self._far.leave(job, why)  # else this process would hold it for as long as it lives

    def _nobody_resumes(self, run: BatchRun, job: Job) -> bool:
        """Return whether no person waits for a batch; what a worker left is taken up then, as after a restart."""
        asked = run.stop.is_set() or bool(self._store.stop_asked(job.id))
        return not asked and (run.batch.detached or run.batch.schedule_time is not None)

    def _once_more(self, run: BatchRun, job: Job) -> Parts[Job]:
        """Return what became of a job that a worker left, with another one, which asks the device first.

        It is done once, as the job itself may be the reason.
        """
        claimed = self._store.claim(job.id, self._runner, self._inventory.device(job.device_name).place)
        if claimed is not None and self._far is not None:
            yield from settled(self._store, self._clock, claimed, self._far)
            yield from self._held.told(run.batch, claimed, self._far.go_through(run.batch, claimed, run.stop))
        return self._store.job(job.id)

    def _take_turn(self, run: BatchRun, job: Job) -> Parts[Job | None]:
        """Claim the job when its turn has come; None where it will not run here."""
        refused = False
        while not run.stop.is_set():
            hold = self._holds.keeps(run, job)
            if hold is None:
                claimed = self._store.claim(job.id, self._runner, self._inventory.device(job.device_name).place)
                if claimed is not None:
                    return claimed
                hold = self._holds.blocked(job) or self._holds.behind(job) or self._holds.paused(run)
                if self._store.job(job.id).status in FINAL or (hold is None and refused):
                    return None
                # A pause may have ended since: then it is tried once more.
                refused = hold is None
                # What it waits for may wait for a login: this one must not count as under way meanwhile.
                self._jobs.does_not_log_in(job.device_name)
                if hold is None:
                    continue
            elif self._store.job(job.id).status in FINAL:
                return None
            if hold.leaves or (hold.waiting is not None and hold.waiting.job in run.left):
                return None
            if hold.ends:
                why = with_next(f"not attempted: {hold.why}", SwimctlError, job.device_name)
                if hold.line and hold.line == run.stopped:
                    self._store.remember(job.id, LINE_STOPPED, hold.line)
                self._store.fail_waiting([job.id], why)
                if hold.line and hold.line not in run.told:
                    run.told.add(hold.line)
                    self._notifier.line_stopped(run.batch, hold.line)
                return None
            self._holds.say(run, job, hold.waiting)
            yield Pause(between_looks(self._clock, _TURN_POLL), obeys=True, begun=job.attempted)
        return None


def _at_a_time(many: int) -> str:
    return "one device" if many == 1 else f"{many} devices"
