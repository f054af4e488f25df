"""Plan, trigger, status, cancel, retry: what the command line and the REST API share.

The only place where a request becomes jobs. Nothing here talks to a device or runs a job.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from swimctl.clock import Clock
from swimctl.config.calendars import Calendars
from swimctl.config.reading import BUILTIN_WORKFLOWS, Config
from swimctl.config.workflows import read_flow
from swimctl.errors import ConflictError, ImageError, NotFound, UsageError
from swimctl.images.catalogue import find, why_unfit
from swimctl.images.compliance import Compliance, periods
from swimctl.images.goldens import choose
from swimctl.inventory.hosts import Inventory
from swimctl.models import Batch, Caller, Device, Image, Job
from swimctl.notify.notifier import Notifier
from swimctl.requests.compared import compared
from swimctl.requests.documents import Document, triggered_document
from swimctl.requests.looking_ahead import LookAhead
from swimctl.requests.looks import Checker, check_devices
from swimctl.requests.making import new_jobs
from swimctl.requests.pilots import kind_of, led, need_proof, require_staging
from swimctl.requests.plans import (
    Plan,
    PlanItem,
    UpgradeRequest,
    arranged,
    check,
    failures_of,
    plan_item,
    reasons_of,
    windowed,
    zoned,
)
from swimctl.requests.preview import Preview
from swimctl.requests.retrying import AS_BEFORE, Again, policy_again, tried_again, worth_retrying
from swimctl.requests.signed import SignedPlan, held_to, plan_of, require_same_rules, signed_document
from swimctl.requests.waiving import require_bound, signed_by
from swimctl.requests.workflows import WorkflowInfo
from swimctl.states import RUNNING, WAITING, JobStatus
from swimctl.store import IdempotencyKey, Kind, Store
from swimctl.store.seen import Seen
from swimctl.waivers import Waiver

FIRST_OWN_WORKFLOW: Final = 100
# Real seconds for the notification that somebody has to approve.
_LAST_WORDS: Final = 5.0
NOBODY: Final = Caller("", "terminal")


@dataclass(frozen=True, slots=True)
class Triggered:
    """What a request came to: the jobs in the order of the request, and the devices that got none."""

    batch: Batch
    jobs: tuple[Job, ...]
    skipped: tuple[PlanItem, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCancelled:
    """A job that could not be cancelled, and why."""

    id: int
    status: JobStatus
    message: str


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What a cancellation came to."""

    cancelled: tuple[int, ...]
    not_cancelled: tuple[NotCancelled, ...]


class Service:
    """Hold the rules of a request. `inventory` may be a function, so that status and cancel need no inventory."""

    def __init__(
        self, config: Config, store: Store, inventory: Inventory | Callable[[], Inventory], clock: Clock
    ) -> None:
        self._config = config
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._calendars = Calendars(config.settings)

    @property
    def jobs_dir(self) -> Path:
        """Return the folder with a folder of files for each job."""
        return self._config.settings.jobs_dir

    def workflows(self) -> list[WorkflowInfo]:
        """List the built-in workflows (ids from 1), then those of config.yaml in its order (ids from 100)."""
        own = self._config.settings.workflows
        numbered = [*enumerate(BUILTIN_WORKFLOWS.items(), 1), *enumerate(own.items(), FIRST_OWN_WORKFLOW)]
        return [
            WorkflowInfo(number, name, workflow.description, read_flow(workflow)[0])
            for number, (name, workflow) in numbered
        ]

    def workflow(self, ref: int | str) -> WorkflowInfo:
        """Find a workflow by id or name. Raises NotFound with the known ones."""
        known = self.workflows()
        for workflow in known:
            if ref in (workflow.name, workflow.id, str(workflow.id)):
                return workflow
        names = ", ".join(f"{workflow.id} ({workflow.name})" for workflow in known)
        raise NotFound(f"workflow {ref!r} does not exist; known are {names}")

    def plan(self, request: UpgradeRequest) -> Plan:
        """Choose an image for each device, each device once; creates nothing.

        Raises UsageError where the request itself is wrong, NotFound for an unknown image or workflow.
        """
        options = replace(request.options, workflow=self.workflow(request.options.workflow).name)
        request = replace(request, options=options, policy=zoned(request.policy))
        self._check(request)
        images = self._store.images()
        image = None if request.image is None else find(request.image, images)
        goldens = self._store.goldens()
        busy, now = self._busy(), self._clock.now()
        items = []
        for device in {device.id: device for device in request.devices}.values():
            problem = self._hosts.problem(device.name)
            if problem is not None:
                chosen: tuple[Image | None, str | None] = (None, problem)
            elif image is None:
                choice = choose(device, goldens, images, now)
                chosen = (choice.image, choice.refusal)
            else:
                chosen = (image, why_unfit(device, image))
            item = plan_item(device, *chosen, busy.get(device.id, ()), self._hosts.twins(device))
            items.append(self._windowed(item) if options.activate else item)
        return self._led(Plan(request, arranged(items, request, self._hosts.devices)))

    def preview(
        self,
        plan: Plan,
        checker: Checker | None,
        progress: Callable[[int], None] = lambda _: None,
        signed: SignedPlan | None = None,
    ) -> Preview:
        """Return a plan with what its devices say, and when its batch would end. Without a checker none is asked.

        A device that is otherwise than when the plan was signed gets no job.
        """
        settings, request = self._config.settings, plan.request
        asked = [(item.device, item.image) for item in plan.accepted]
        workers = request.workers or settings.workers
        answers = check_devices(checker, asked, request.options, workers, progress) if checker else None
        if signed is not None:
            plan = self._led(held_to(signed, plan, answers or ()))
        ahead = LookAhead(settings, self._store, self._clock, self._hosts.devices, self._calendars)
        preview = ahead.preview(plan, answers, self.workflow(request.options.workflow).flow)
        frozen = self._frozen(request)
        if not frozen:
            return preview
        return replace(preview, forecast=None, spare=None, guessed=(), frozen=frozen, opening=None)

    def signed_document(self, preview: Preview) -> Document:
        """Write a preview as a file that can be signed; see requests/signed.py."""
        flow = self.workflow(preview.plan.request.options.workflow).flow
        return signed_document(preview, self._hosts, self._config.settings, flow, self._clock.now())

    def signed_plan(self, signed: SignedPlan) -> Plan:
        """Plan what a file says; what has changed since of inventory and catalogue gets no job.

        ConflictError: the rules have changed. UsageError: its time has gone by.
        """
        flow = self.workflow(signed.request.options.workflow).flow
        require_same_rules(signed, self._config.settings, flow)
        plan = plan_of(signed, self._hosts, self._store.images(), self._busy())
        self._check(plan.request)
        return self._led(plan)

    def retry_plan(self, batch_id: str, waivers: Sequence[Waiver] = (), again: Again = AS_BEFORE) -> Plan:
        """Plan the jobs of a batch that failed or were not attempted once more, each with its image, mode and options.

        `waivers` are added to those of the batch. ConflictError: there is no such job, or its end or its window is over
        and `again` has no other. UsageError: they cannot be.
        """
        batch = self._store.batch(batch_id)
        jobs = self._store.jobs(batch_id=batch.id)
        policy = policy_again(batch, again, self._clock.now(), self._calendars.windows)
        images, busy = self._store.images(), self._busy()
        return self._led(tried_again(batch, jobs, self._hosts, images, busy, waivers, policy, self._windowed))

    def worth_retrying(self, plan: Plan, checker: Checker) -> Plan:
        """Return the plan of a retry without the devices whose job would fail again; the devices are asked."""
        workers = plan.request.workers or self._config.settings.workers
        jobs = self._store.jobs(batch_id=plan.retry_of)
        return self._led(worth_retrying(plan, jobs, checker, workers, self._hosts.devices))

    def compliance(self, devices: Sequence[Device], *, with_ends: bool = True) -> list[Compliance]:
        """Return of each device whether it runs its golden release, by what it was last seen to run.

        `with_ends`: and until when that is supported. ConfigError: the file that says so has a mistake.
        """
        settings, now = self._config.settings, self._clock.now()
        return compared(devices, self._store, settings, now, self._hosts.problem, with_ends=with_ends)

    def history(self, device: Device) -> list[Seen]:
        """Return what a device ran, one after the other, as far as it was seen."""
        return periods(self._store.sightings(device.id).get(device.id, []))

    def trigger(self, request: UpgradeRequest, by: Caller = NOBODY) -> Triggered:
        """Plan the request and create its jobs in one transaction."""
        return self.create(self.plan(request), by)

    def retry(
        self, batch_id: str, again: Again = AS_BEFORE, *, detached: bool = False, by: Caller = NOBODY
    ) -> Triggered:
        """Create a new batch of the jobs that failed or were not attempted."""
        plan = self.retry_plan(batch_id, again=again)
        return self.create(replace(plan, request=replace(plan.request, detached=detached)), by)

    def create(self, plan: Plan, by: Caller = NOBODY, idempotency: IdempotencyKey | None = None) -> Triggered:
        """Create the jobs of a plan. Raises ImageError or ConflictError where not one device can have a job.

        With `once`, AlreadyDone carries what the first request with this key was answered, as `triggered_document`
        writes it.
        """
        request, accepted, night = plan.request, plan.accepted, plan.night
        flow = self.workflow(request.options.workflow).flow
        if not accepted:
            conflict = all(item.conflict for item in plan.refused)
            reasons = "; ".join(reasons_of(plan.refused)) or "no devices were named"
            raise (ConflictError if conflict and plan.refused else ImageError)(f"no device can be upgraded: {reasons}")
        if frozen := self._frozen(request):
            raise ConflictError(frozen)
        require_bound(request.options.waivers)
        batch = Batch(
            id=str(uuid.uuid4()),
            mode=request.mode,
            max_failures=failures_of(request),
            options=signed_by(request.options, by.name),
            created_at=self._clock.now(),
            schedule_time=request.schedule_time,
            workers=request.workers,
            detached=request.detached,
            requested_by=by.name,
            policy=request.policy,
            needs_approval=self._config.settings.approval == "required" or bool(night and night.needs_approval),
            approved_by=night.approved_by if night else None,
            approved_at=night.approved_at if night else None,
            flow=flow.text(),
        )
        # Made before the jobs exist: a URL that cannot be used is the user's to mend first.
        waits = batch.needs_approval and batch.approved_by is None
        notifier = Notifier.of(self._config.settings) if waits else None
        unproved = () if request.policy.pilot else self._unproved(request, (item.kind for item in accepted))
        new = new_jobs(accepted, flow.kinds)

        def answer(jobs: Sequence[Job]) -> Document:
            return triggered_document(batch, jobs, [(item.device, item.refusal or "") for item in plan.refused])

        try:
            jobs = self._store.create_batch(
                batch, new, idempotency, answer, by, plan.retry_of, plan.signed, unproved, night
            )
            if notifier is not None:
                notifier.approval_needed(batch, jobs)
        finally:
            if notifier is not None:  # in a thread that the process waits for at its end: nobody else does
                threading.Thread(target=notifier.close, args=(_LAST_WORDS,), name="approval").start()
        return Triggered(batch, tuple(jobs), plan.refused)

    def status(self, *, job_ids: Sequence[int] | None = None, batch_id: str | None = None) -> list[Job]:
        """Read jobs in id order; without arguments those of the latest batch.

        Ids that do not exist are left out; raises NotFound where none of them exists.
        """
        if job_ids is None and batch_id is None:
            latest = self._store.batches(limit=1)
            return self._store.jobs(batch_id=latest[0].id) if latest else []
        batch = None if batch_id is None else self._store.batch(batch_id).id
        jobs = self._store.jobs(ids=job_ids, batch_id=batch)
        if not jobs and job_ids is not None:
            raise no_jobs(job_ids, batch)
        return jobs

    def cancel(
        self, job_ids: Sequence[int] | None = None, *, batch_id: str | None = None, by: Caller = NOBODY
    ) -> CancelResult:
        """Cancel what is pending or scheduled. Raises NotFound, before anything is done, naming all unknown ids."""
        if job_ids is None and batch_id is None:
            raise UsageError("name the jobs to cancel, or their batch")
        batch = None if batch_id is None else self._store.batch(batch_id).id
        jobs = self._store.jobs(ids=job_ids, batch_id=batch)
        missing = sorted(set(job_ids or ()) - {job.id for job in jobs})
        if missing:
            raise NotFound(f"{_jobs(missing)} not found{f' in batch {batch}' if batch else ''}; nothing was cancelled")
        cancelled = self._store.cancel([job.id for job in jobs if job.status in WAITING], by)
        rest = [job.id for job in jobs if job.id not in set(cancelled)]
        kept = self._store.jobs(ids=rest) if rest else []
        return CancelResult(
            tuple(cancelled), tuple(NotCancelled(job.id, job.status, self._why_not_cancelled(job)) for job in kept)
        )

    def left_armed(self, job: Job) -> str:
        """Return what the device of a job that runs, or was interrupted, does by itself; empty where nothing waits."""
        if job.status not in RUNNING:
            return ""
        from swimctl.steps.left_armed import left_armed  # the steps load netmiko, and most requests ask nothing of them

        return left_armed(lambda key: self._store.recall(job.id, key), self._clock, job.device_name)

    def _why_not_cancelled(self, job: Job) -> str:
        if job.status not in RUNNING:
            return f"job {job.id} has ended: {job.status}"
        if job.interrupted:
            why, following = "was interrupted", f"`swimctl resume {job.id}` continues it"
        else:
            why = "runs already; a running upgrade cannot be cancelled"
            following = f"`swimctl status {job.id} --watch` follows it"
        return "; ".join(filter(None, (f"job {job.id} {why}", self.left_armed(job), f"next: {following}")))

    def _check(self, request: UpgradeRequest) -> None:
        now = self._clock.now()
        check(request, now, lambda window: self._calendars.windows(window, now, request.policy.zone))

    def _windowed(self, item: PlanItem) -> PlanItem:
        now = self._clock.now()
        return windowed(item, now, lambda own: self._calendars.windows(own, now), self._hosts.where)

    @property
    def _hosts(self) -> Inventory:
        if not isinstance(self._inventory, Inventory):
            self._inventory = self._inventory()
        return self._inventory

    def _led(self, plan: Plan) -> Plan:
        """Return the plan with who goes alone as the first of a kind."""
        kinds = {
            item.device.name: kind_of(item.image, self._hosts.ground(item.device))
            for item in plan.accepted
            if item.image
        }
        alone = self._unproved(plan.request, kinds.values()) if plan.request.policy.pilot else ()
        found = replace(plan, items=led(plan.items, kinds, alone))
        require_staging(found)
        return found

    def _unproved(self, request: UpgradeRequest, kinds: Iterable[Kind | None]) -> frozenset[Kind]:
        """Return those of these kinds whose first device has to go alone."""
        steps = self.workflow(request.options.workflow).flow.steps
        asked = need_proof(filter(None, kinds), request, steps, self._config.settings.pilot)
        return self._store.unproved(asked) if asked else frozenset()

    def _frozen(self, request: UpgradeRequest) -> str:
        """Return why a request is refused that would stand still for days unsaid; empty where none is.

        A request with a window says that it waits; so do devices that all have one of their own.
        """
        if not request.options.activate:
            return ""
        at = request.schedule_time or self._clock.now()
        frozen = next((one for one in self._calendars.freezes(at) if one.hinders(at, timedelta(0))), None)
        waits = request.policy.window is not None or all(device.window for device in request.devices)
        if frozen is None or waits:
            return ""
        return (
            f"changes are frozen until {frozen.end.isoformat()}: {frozen.reason}; schedule it for later, or copy only "
            "(--no-activate)"
        )

    def _busy(self) -> dict[int, list[Job]]:
        """Find the jobs that devices wait for or are in."""
        busy: dict[int, list[Job]] = {}
        for job in self._store.unfinished():
            busy.setdefault(job.device_id, []).append(job)
        return busy


def no_jobs(ids: Sequence[int], batch: str | None) -> NotFound:
    """Return what is said of jobs of which none exists."""
    return NotFound(f"{_jobs(ids)} not found{f' in batch {batch}' if batch else ''}; see `swimctl job list`")


def _jobs(ids: Sequence[int]) -> str:
    return f"job{'s' if len(ids) > 1 else ''} {', '.join(map(str, ids))}"
