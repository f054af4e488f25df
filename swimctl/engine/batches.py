"""Run jobs: claim, go through the steps, record; by Nornir's threaded runner, one thread a device that talks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Self

from nornir.core.task import Result, Task

from swimctl.captures.recording import Capture
from swimctl.clock import Clock, Deadline, rfc3339
from swimctl.config.reading import Config
from swimctl.config.settings import Settings
from swimctl.config.windows import Never, Wait
from swimctl.engine.jobs import JobRunner
from swimctl.engine.lanes import Lanes
from swimctl.engine.poller import Poller
from swimctl.engine.turns import Hold, held, stopped, too_many, unfinished_before
from swimctl.engine.visits import Visits
from swimctl.errors import NotFound, StaleClaim, StoreError, SwimctlError, with_next
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Device, ExecutionMode, Image, Job, JobOptions, Outcome, Tally
from swimctl.notify.notifier import Notifier
from swimctl.platforms.facts import Running
from swimctl.states import FINAL, JobStatus
from swimctl.steps import POST_CHECKS
from swimctl.steps.first_look import FirstLook
from swimctl.steps.pausing import Parts, Pause, see_through
from swimctl.store import Store

# Real seconds between looks at a device that another process's job holds.
_TURN_POLL = 1.0
# Real seconds for the notifications that are still on their way at the end.
_LAST_WORDS = 5.0


@dataclass
class _Run:
    """What the jobs of one batch share while they run."""

    batch: Batch
    stop: threading.Event
    stopped: str | None = None  # why the line is stopped: once said, it holds
    told: bool = False  # that it is
    store_error: StoreError | None = None


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
        self._visits = Visits(config.settings, clock, self._jobs)
        self._poller = Poller(clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Deregister this runner; jobs that still run read as interrupted from now on."""
        self._runner.close()
        self._jobs.images.close()
        self._poller.close()
        self._notifier.close(_LAST_WORDS)

    def run(self, batch: Batch, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Run the jobs of a batch, wave by wave, until all ended or `stop` is set; the others stay waiting."""
        self._store.own_batch(batch.id, self._runner)
        run = _Run(batch, stop)
        self._notifier.batch_started(batch, jobs)
        known = {device.name for device in self._inventory.devices}
        lost = [job for job in jobs if job.device_name not in known]
        for job in lost:
            why = f"{job.device_name} is no longer in the inventory; next: `swimctl retry`"
            self._store.fail_waiting([job.id], why)
        if lost and batch.max_failures:
            run.stopped = f"{lost[0].device_name} failed and max_failures is {batch.max_failures}"
        waves = groupby(sorted(jobs, key=lambda job: (job.wave, job.id)), lambda job: job.wave)
        for number, group in waves:
            wave = [job for job in group if job.device_name in known]
            if stop.is_set() or not self._wave_may_start(run, number):
                break
            self._run_wave(run, wave)
        if batch.detached or batch.schedule_time is not None:
            # What waits behind them is anybody's again; in a terminal, it belongs to the person there.
            self._store.disown_batch(batch.id, self._runner)
        if run.store_error is not None:
            raise run.store_error
        self._notifier.batch_finished(batch, self._store.jobs(batch_id=batch.id))

    def _run_wave(self, run: _Run, jobs: Sequence[Job]) -> None:
        by_name = {job.device_name: job for job in jobs}
        if not by_name:
            return
        workers = 1 if run.batch.mode is ExecutionMode.SEQUENTIAL else run.batch.workers or self._settings.workers
        in_turn = self._settings.under_way or workers
        self._in_parts(run, [*by_name], workers, in_turn, lambda name: self._work(run, by_name[name]))

    def _in_parts(
        self, run: _Run, names: Sequence[str], workers: int, in_turn: int, work: Callable[[str], Parts[None]]
    ) -> None:
        """Go through each device's `work`, which must not raise; `in_turn` at most have begun and not ended."""
        if workers == 1 or len(names) == 1 or not self._inventory.threaded:
            # One device at a time, or each with a thread of its own: then a job waits where it is.
            self._on_each(names, workers, lambda name: see_through(work(name), self._clock, run.stop))
            return
        threads = names[:workers]
        watch = partial(self._poller.watch, stop=run.stop)
        lanes = Lanes(map(work, names), len(threads), in_turn, self._clock, watch)
        self._on_each(threads, workers, lambda _: lanes.work())

    def _on_each(self, names: Sequence[str], workers: int, work: Callable[[str], object]) -> None:
        """Call `work` for each device in Nornir's runner; it must not raise."""

        def task(task: Task) -> Result:
            # The one task handed to Nornir catches everything: what it lets out would lose the whole run's results.
            work(task.host.name)
            return Result(host=task.host)

        self._inventory.nornir(names, workers).run(task=task, on_failed=True)

    def _wave_may_start(self, run: _Run, number: int) -> bool:
        """Wait for the soak of the wave before, check its devices again, and return whether this one may start."""
        if number == 1 or run.stopped or self._store.wave_passed(run.batch.id, number - 1):
            return True
        standings = self._store.standings(run.batch.id)
        if unfinished_before(number, standings):
            return False  # `resume` ends those first
        run.stopped = stopped(run.batch, standings, number - 1)
        if run.stopped:
            return True  # so that each of its jobs says why
        before = [job for job in self._store.jobs(batch_id=run.batch.id) if job.wave == number - 1]
        if not self._soak(run, before):
            return False
        # One that was upgraded and failed is counted by max_failures: its complaint must not stop the line for itself.
        succeeded = [job for job in before if job.status is JobStatus.SUCCESS]
        ill = self._ill(run, [job for job in succeeded if job.outcome is Outcome.UPGRADED])
        if ill:
            run.stopped = f"wave {number - 1} is not healthy after its soak: {'; '.join(ill)}"
        else:
            self._store.pass_wave(run.batch.id, number - 1)
        return True

    def _soak(self, run: _Run, jobs: Sequence[Job]) -> bool:
        """Wait until the last of these jobs has ended so long ago; False: a stop was asked for."""
        ended = [job.finished_at for job in jobs if job.finished_at is not None and job.attempted]
        if not ended:
            return True
        over = Deadline(self._clock, run.batch.policy.soak, watch=True)
        gone = (self._clock.now() - max(ended)).total_seconds() * self._clock.speed
        while not run.stop.is_set():
            left = min(over.left, run.batch.policy.soak - gone)
            if left <= 0:
                return True
            self._clock.sleep(left, run.stop)
            gone += left
        return False

    def _ill(self, run: _Run, jobs: Sequence[Job]) -> list[str]:
        """Compare these devices with their baselines once more, and tell of each that is not as it must be."""
        by_name, lock = {job.device_name: job for job in jobs}, threading.Lock()
        # Each is ill until its look is through and recorded: one that could not be checked must not pass.
        found = {job.id: f"{job.device_name}: could not be checked" for job in jobs}

        def look(name: str) -> Parts[None]:
            job = by_name[name]
            try:
                complaint = yield from POST_CHECKS.look_again(self._jobs.afterwards(run.batch, job, run.stop))
            except Exception as error:  # noqa: BLE001 - a check that could not run has failed
                complaint = f"{type(error).__name__}: {error}" if not isinstance(error, SwimctlError) else str(error)
            complaint = self._jobs.redaction(name).text(complaint)
            self._store.record(job.id, "soaked", complaint or "all is as before")
            with lock:
                if complaint:
                    found[job.id] = f"{name}: {complaint}"
                else:
                    del found[job.id]

        if by_name:
            # All may be late at the same time: they wait together, and nothing is changed.
            workers = run.batch.workers or self._settings.workers
            self._in_parts(run, [*by_name], workers, len(by_name), look)
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

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        """Check a device as the readiness check of a job with these options would, changing nothing."""
        if image is None:
            raise NotFound(f"no image to check {device.name} against; set a golden image or name one with --image")
        look = self._visits.check(device, image, options)
        if look.running is not None:
            self._saw(device, look.running)
        return look

    def runs(self, device: Device) -> None:
        """Ask a device what it runs, and record it; see Visits."""
        self._saw(device, self._visits.runs(device))

    def _saw(self, device: Device, running: Running) -> None:
        self._store.saw(device.id, running.version, running.members, running.doubt)

    def record(self, device: Device) -> Capture:
        """Return what a device prints where an upgrade would ask it; see Visits."""
        return self._visits.record(device)

    def _work(self, run: _Run, job: Job) -> Parts[None]:
        """Run one job; never raises, so that one bad device is kept from the others."""
        try:
            claimed = yield from self._take_turn(run, job)
            if claimed is None:
                self._jobs.does_not_log_in(job.device_name)
                return
            yield from self._jobs.go_through(run.batch, claimed, run.stop)
            ended = self._store.job(job.id)
            if ended.status is JobStatus.FAILED:
                self._notifier.device_failed(run.batch, ended)
        except StaleClaim:
            return  # ended or taken by another process while we looked: its record is there
        except StoreError as error:
            run.stop.set()  # without its record nothing may go on
            run.store_error = run.store_error or error
        except Exception as error:  # noqa: BLE001 - a defect in one job must end that job with a reason, not the run
            why = f"swimctl failed: {type(error).__name__}: {error}; please report it"
            if not self._store.fail_waiting([job.id], why):
                self._jobs.end_by_defect(run.batch, job, why, run.stop)

    def _take_turn(self, run: _Run, job: Job) -> Parts[Job | None]:
        """Claim the job when its turn has come; None where it will not run here."""
        said = ""
        while not run.stop.is_set():
            hold = self._keeps(run, job)
            if hold is None:
                claimed = self._store.claim(job.id, self._runner, self._inventory.device(job.device_name).place)
                if claimed is not None:
                    return claimed
                if self._store.job(job.id).status in FINAL:
                    return None
                hold = self._blocked(job)
                if hold is None:
                    return None
                # What it waits for may wait for a login: this one must not count as under way meanwhile.
                self._jobs.does_not_log_in(job.device_name)
            elif self._store.job(job.id).status in FINAL:
                return None
            if hold.ends:
                why = with_next(f"not attempted: {hold.why}", SwimctlError, job.device_name)
                self._store.fail_waiting([job.id], why)
                if run.stopped and not run.told:
                    run.told = True
                    self._notifier.line_stopped(run.batch, run.stopped)
                return None
            if hold.why != said:
                self._store.record(job.id, "waiting", hold.why)
                said = hold.why
            yield Pause(_TURN_POLL * self._clock.speed, obeys=True, begun=job.attempted)
        return None

    def _keeps(self, run: _Run, job: Job) -> Hold | None:
        """Return what keeps a job from starting; where nothing does, its login counts as under way."""
        # A partner is asked last, over its network: only where nothing else keeps the job from starting.
        hold = self._hold(run, job) or self._blocked(job) or self._partner_down(run, job)
        if hold is not None or job.attempted:
            return hold
        not_tried = self._jobs.wait_to_log_in(job.device_name, run.stop)
        if not_tried is not None:
            return Hold(f"{not_tried.why}; {_again(run)}", ends=True)
        # That may have taken its time; what is decided by now counts.
        hold = self._hold(run, job) or self._blocked(job)
        if hold is not None:
            self._jobs.does_not_log_in(job.device_name)
        return hold

    def _hold(self, run: _Run, job: Job) -> Hold | None:
        """Return what of its own batch keeps a job from starting; one that was under way before goes on."""
        if job.attempted:
            return None
        batch, again = run.batch, _again(run)
        run.stopped = run.stopped or self._stopped(batch, job.wave)
        if run.stopped is None and (job.after or job.redundancy_group):
            hold = held(job, self._store.standings(batch.id, job))
            if hold is not None:
                return replace(hold, why=f"{hold.why}; {again}") if hold.ends else hold
        if run.stopped:
            return Hold(f"{run.stopped}; {again}", ends=True)
        if batch.needs_approval and self._store.batch(batch.id).approved_by is None:
            return Hold(f"its batch waits for somebody else's approval: `swimctl approve {batch.id[:8]}`")
        return self._outside(batch, job)

    def _stopped(self, batch: Batch, wave: int) -> str | None:
        """Return why no more jobs of the batch are started. All its jobs are read only where that is so."""
        if not batch.max_failures and batch.policy.max_failures_percent is None:
            return None
        tallies = self._store.tallies(batch.id)
        if any(too_many(batch, tally) for tally in (sum(tallies.values(), Tally()), tallies.get(wave, Tally()))):
            return stopped(batch, self._store.standings(batch.id), wave)
        return None

    def _partner_down(self, run: _Run, job: Job) -> Hold | None:
        """Return whether a device of its redundancy group, left untouched by a failed job, does not answer."""
        if job.attempted or job.redundancy_group is None:
            return None
        down = self._jobs.partner_down(run.batch, job, run.stop)
        return None if down is None else replace(down, why=f"{down.why}; {_again(run)}")

    def _outside(self, batch: Batch, job: Job) -> Hold | None:
        """Return whether it is not the time to start: outside the window, frozen, or too late."""
        activates = batch.options.activate and any(step.kind == "activation" for step in job.steps)
        if not activates or batch.policy.stage_now:
            return None
        slot = self._jobs.slot(batch, self._store.image(job.image_id))
        if isinstance(slot, Wait):
            return Hold(f"{slot.why}; it starts at {rfc3339(slot.at)}")
        if isinstance(slot, Never):
            return Hold(f"{slot.why}; next: `swimctl retry` with a longer --window", ends=True)
        return None

    def _blocked(self, job: Job) -> Hold | None:
        """Return which job of another batch is in the way."""
        place = self._inventory.device(job.device_name).place
        other = self._store.blocked_by(job.id, place)
        if other is None:
            return None
        # The store knows by whom; that it is this device under another name, the place shows.
        same = other.device_name != job.device_name and self._same_place(other, place)
        where = f"{other.device_name}, which is this device too ({place})" if same else other.device_name
        if other.interrupted:
            return Hold(f"job {other.id} on {where} was interrupted; next: `swimctl resume {other.id}`", ends=True)
        return Hold(f"job {other.id} runs on {where}; waiting for its end")

    def _same_place(self, other: Job, place: str) -> bool:
        try:
            return self._inventory.device(other.device_name).place == place
        except NotFound:
            return False


def _again(run: _Run) -> str:
    return f"next: `swimctl retry --batch {run.batch.id[:8]}`"
