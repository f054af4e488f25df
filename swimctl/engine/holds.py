"""What keeps one job of a batch from starting now, as store, inventory and other devices have it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from swimctl.config.windows import Never, Shut, Wait
from swimctl.engine.elsewhere import Elsewhere
from swimctl.engine.jobs import JobRunner
from swimctl.engine.turns import Hold, behind, failed_partners, held, stopped, too_many, until_open, waits
from swimctl.errors import NotFound, StoreError
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Job
from swimctl.store import Store, Tally
from swimctl.waiting import Waiting, WaitKind


@dataclass
class BatchRun:
    """What the jobs of one batch share while they run."""

    batch: Batch
    stop: threading.Event
    stopped: str | None = None  # why the line is stopped: once said, it holds
    left: set[int] = field(default_factory=set)  # jobs that were stopped here, for whoever resumes them
    told: set[str] = field(default_factory=set)  # what was notified of that
    store_error: StoreError | None = None
    said: dict[int, Waiting | None] = field(default_factory=dict)  # what each job was last said to wait for


class Holds:
    """What one process asks before each start."""

    def __init__(self, store: Store, inventory: Inventory, jobs: JobRunner, far: Elsewhere | None = None) -> None:
        self._store, self._inventory, self._jobs, self._far = store, inventory, jobs, far

    def say(self, run: BatchRun, job: Job, waiting: Waiting | None) -> None:
        """Record what a job waits for, once for as long as it is the same."""
        if run.said.get(job.id) != waiting:
            self._store.waits([job.id], waiting)
            run.said[job.id] = waiting

    def keeps(self, run: BatchRun, job: Job) -> Hold | None:
        """Return what keeps a job from starting; where nothing does, its login counts as under way."""
        # A partner is asked last, over its network: only where nothing else keeps the job from starting.
        hold = self._hold(run, job) or self.blocked(job) or self._partner_down(run, job)
        if hold is not None or job.attempted:
            return hold

        if self._far is not None:
            return self._far.hold(job)  # whether its account may be tried, its worker asks

        def waits_for(account: str) -> None:
            self.say(run, job, Waiting(WaitKind.ACCOUNT, account))

        not_tried = self._jobs.wait_to_log_in(job.device_name, run.stop, waits_for)
        if not_tried is not None:
            return Hold(f"{not_tried.why}; {_again(run)}")
        # That may have taken its time; what is decided by now counts.
        hold = self._hold(run, job) or self.blocked(job)
        if hold is not None:
            self._jobs.does_not_log_in(job.device_name)
        return hold

    def _hold(self, run: BatchRun, job: Job) -> Hold | None:
        """Return what of its own batch keeps a job from starting; one that was under way before goes on."""
        if job.attempted:
            return None
        # Anew each time: somebody may have paused it, approved it or changed its limits, in whichever process.
        batch = run.batch = self._store.batch(run.batch.id)
        again = _again(run)
        if batch.stopped_by is not None:
            return Hold(leaves=True)
        run.stopped = run.stopped or self._stopped(batch, job.wave)
        if run.stopped is None and (job.after or job.redundancy_group):
            hold = held(job, self._store.standings(batch.id, job))
            if hold is not None:
                return replace(hold, why=f"{hold.why}; {again}") if hold.ends else hold
        if run.stopped:
            return Hold(f"{run.stopped}; {again}", line=run.stopped)
        first = self.behind(job)
        if first is not None and first.line:
            return replace(first, why=f"{first.why}; {again}")
        if first is not None and not first.ends:
            return first
        # Whoever left the first one of another batch may resume it before this job could start.
        return self._not_now(batch) or self._outside(batch, job) or first

    def _not_now(self, batch: Batch) -> Hold | None:
        """Return whether a person keeps the whole batch from going on."""
        if batch.paused_by is not None:
            return waits(WaitKind.PAUSE, batch.id)
        if batch.needs_approval and batch.approved_by is None:
            return waits(WaitKind.APPROVAL, batch.id)
        return None

    def behind(self, job: Job) -> Hold | None:
        """Return whether a job waits for the first of its kind, in whichever batch."""
        return behind(self._store.goes_first(job.id))

    def _stopped(self, batch: Batch, wave: int) -> str | None:
        """Return why no more jobs of the batch are started. All its jobs are read only where that is so."""
        if not batch.max_failures and batch.policy.max_failures_percent is None:
            return None
        tallies = self._store.tallies(batch.id)
        if any(too_many(batch, tally) for tally in (sum(tallies.values(), Tally()), tallies.get(wave, Tally()))):
            return stopped(batch, self._store.standings(batch.id), wave)
        return None

    def _partner_down(self, run: BatchRun, job: Job) -> Hold | None:
        """Return whether a device of its redundancy group, left untouched by a failed job, does not answer."""
        if job.attempted or job.redundancy_group is None:
            return None
        for number in failed_partners(job, self._store.standings(run.batch.id, job)):
            partner = self._store.job(number)
            if silent := (self._far or self._jobs).silent(run.batch, partner, run.stop):
                who = f"{partner.device_name} of redundancy group {job.redundancy_group}"
                return Hold(f"{who} failed and {silent}; {_again(run)}")
        return None

    def _outside(self, batch: Batch, job: Job) -> Hold | None:
        """Return whether it is not the time to start: outside the window, frozen, or too late."""
        activates = batch.options.activate and any(step.kind == "activation" for step in job.steps)
        if batch.policy.stage_now:
            return None
        slots = self._jobs.slots
        image = self._store.image(job.image_id)
        slot = slots.of(batch, image, job.device_name) if activates else slots.of_copy(batch)
        if isinstance(slot, Wait | Shut):
            return Hold(waiting=until_open(slot))
        if isinstance(slot, Never):
            own = activates and self._inventory.device(job.device_name).window
            other = f", or another `window` of {job.device_name} in the inventory" if own else ""
            only_end = batch.policy.window is None and batch.policy.until is not None
            again = "`swimctl retry --until`" if only_end else "`swimctl retry` with a longer --window"
            return Hold(f"{slot.why}; next: {again}{other}")
        return None

    def blocked(self, job: Job) -> Hold | None:
        """Return which job of another batch is in the way."""
        place = self._inventory.device(job.device_name).place
        other = self._store.blocked_by(job.id, place)
        if other is None:
            return None
        # The store knows by whom; that it is this device under another name, the place shows.
        same = other.device_name != job.device_name and self._same_place(other, place)
        where = f"{other.device_name}, which is this device too ({place})" if same else other.device_name
        if other.interrupted:
            return Hold(f"job {other.id} on {where} was interrupted; next: `swimctl resume {other.id}`")
        if job.redundancy_group is not None and other.redundancy_group == job.redundancy_group and not same:
            return waits(WaitKind.PARTNER, f"{where} of redundancy group {job.redundancy_group}", other.id)
        return waits(WaitKind.DEVICE, where, other.id)

    def paused(self, run: BatchRun) -> Hold | None:
        """Return whether its batch was paused after `keeps` had read it; then the claim was refused."""
        return waits(WaitKind.PAUSE, run.batch.id) if self._store.batch(run.batch.id).paused_by is not None else None

    def _same_place(self, other: Job, place: str) -> bool:
        try:
            return self._inventory.device(other.device_name).place == place
        except NotFound:
            return False


def _again(run: BatchRun) -> str:
    return f"next: `swimctl retry --batch {run.batch.id[:8]}`"
