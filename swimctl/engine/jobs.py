"""Run one claimed job through its steps, and record how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from swimctl.advice import with_next
from swimctl.checks.rules import Check, checks_for
from swimctl.clock import Clock
from swimctl.config.calendars import Calendars
from swimctl.config.reading import Config
from swimctl.config.settings import Settings
from swimctl.engine.closing import (
    ENDED,
    Closing,
    Ending,
    left_open,
    no_such_step,
    not_as_it_was,
    unproved,
    was_worked_on,
)
from swimctl.engine.job_store import JobStore
from swimctl.engine.records import RecordAfterwards, StoreRecord
from swimctl.engine.slots import Slots
from swimctl.engine.turns import left_by
from swimctl.engine.visits import secrets
from swimctl.errors import (
    CommandRefused,
    StaleClaim,
    Stopped,
    StoreError,
    SwimctlError,
    UnparsableOutput,
)
from swimctl.images.server import ImageServer
from swimctl.images.turns import SiteTurns
from swimctl.inventory.hosts import Inventory
from swimctl.models import FAILED_BY, Batch, Device, Job, Outcome
from swimctl.platforms import driver_factory
from swimctl.sessions.logins import DeviceLogins, NotTried, answers
from swimctl.sessions.netconf import Models
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target, target_of
from swimctl.sessions.transcript import Transcript
from swimctl.states import JobStatus, StepStatus, step_name
from swimctl.steps import POST_CHECKS, STEPS, JobContext, JobRecord
from swimctl.steps.base import InParts
from swimctl.steps.ending import nobody_could_ask, outcome_of_failure, what_it_is
from swimctl.steps.left_armed import left_armed
from swimctl.steps.own.hold import HoldStep
from swimctl.steps.pausing import Parts
from swimctl.steps.reach import Images
from swimctl.steps.send_once import was_sent
from swimctl.store import Runner

_TRANSCRIPT = "transcript.log"


@dataclass(frozen=True, slots=True)
class Serving:
    """What all jobs of a process share where they copy images."""

    images: ImageServer
    sites: SiteTurns

    @classmethod
    def of(cls, settings: Settings) -> Serving:
        """Make it as the settings say."""
        return cls(ImageServer(settings.image_server), SiteTurns(settings.distribution.copies_per_site))


class JobRunner:
    """What runs the jobs that one runner has claimed."""

    def __init__(
        self,
        config: Config,
        store: JobStore,
        inventory: Inventory,
        clock: Clock,
        runner: Runner,
        serving: Serving | None = None,
        calendars: Calendars | None = None,
        window_of: Callable[[str], str | None] | None = None,
    ) -> None:
        serving = serving or Serving.of(config.settings)
        self._settings: Settings = config.settings
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._runner = runner
        own = window_of or (lambda name: inventory.device(name).window)
        self.slots = Slots(config.settings, store, clock, calendars or Calendars(config.settings), own)
        self._config = config
        self.images, self._sites = serving.images, serving.sites
        self.logins = DeviceLogins(store, config.settings.login, inventory.credentials)

    def go_through(self, batch: Batch, job: Job, stop: threading.Event) -> Parts[None]:
        """Run the steps that are not proved yet, and record the end; a stop leaves the job at a safe point.

        Raises StaleClaim and StoreError: without its record nothing may go on.
        """
        self.images.forget(job.device_name)  # a ticket of an earlier job opens nothing for this one
        try:
            context = self._context(batch, job, stop)
        except SwimctlError as error:
            self.end_failed(job, str(error), cause=type(error))
            return
        closing = self._closing(batch, context)
        if closing.begun is not None:  # all else has ended, and only what comes at each end is left
            self._close(job, context, closing.begun)
            return
        kinds = [step.kind for step in job.steps if step.kind not in closing.kinds]
        if unknown := [kind for kind in kinds if kind not in closing.steps]:
            self._fail(job, None, no_such_step(unknown), context)
            return
        with context.one_session():
            if not (yield from self._steps(batch, job, kinds, closing, context)):
                return
        self._end_well(job, context)

    def _steps(self, batch: Batch, job: Job, kinds: list[str], closing: Closing, context: JobContext) -> Parts[bool]:
        """Run the steps in one session for as long as that lasts; return whether all went well."""
        copying = [kind for kind in kinds if kind in STEPS and STEPS[kind].job_status is JobStatus.DISTRIBUTING]
        # What stands between the copy and the activation belongs to it: a silence is not to begin hours before.
        behind = kinds.index(copying[-1]) + 1 if copying else 0
        gated = kinds[behind : kinds.index("activation")] if "activation" in kinds else []
        for index, kind in enumerate(kinds):
            step = closing.steps[kind]
            if job.steps[index].status in ENDED:
                continue  # proved before an interruption
            try:
                if step.stop_before:
                    self._checkpoint(job, context)
                if kind in copying and kind != "readiness":
                    self.slots.require_time(batch, context)
                if kind == "activation" or (kind in gated and not isinstance(step, HoldStep)):
                    yield from self.slots.wait(batch, context, partial(self._checkpoint, job, context))
                if step.job_status is not self._store.job(job.id).status:
                    self._store.move(job.id, self._runner, step.job_status)
                self._store.step(job.id, self._runner, kind, StepStatus.RUNNING)
                context.transcript.note(f"step: {step_name(kind)}")
                outcome = (yield from step.in_parts(context)) if isinstance(step, InParts) else step.run(context)
            except Stopped as stopped:
                context.part()
                who = self._store.stop_asked(job.id)
                self._store.release(job.id, self._runner, left_by(who))
                context.transcript.note(str(stopped))
                return False
            except SwimctlError as error:
                if isinstance(error, StaleClaim | StoreError):
                    raise
                context.part()
                if kind in closing.may_fail:
                    self._store.step(job.id, self._runner, kind, StepStatus.SKIPPED, closing.forgiven(error))
                    continue
                self._fail(job, kind, error, context)
                return False
            message = context.redaction.text(outcome.message)
            self._store.step(job.id, self._runner, kind, StepStatus.SUCCESS, message)
            self._store.progress(job.id, self._runner, 100 * (index + 1) // (len(kinds) + 1))
            if outcome.finished or (copying and kind == copying[-1] and not batch.options.activate):
                break
        return True

    def _end_well(self, job: Job, context: JobContext) -> None:
        """Record a success, or the failure that it is where nothing proved what an activation did."""
        proved = any(
            step.kind == POST_CHECKS.kind and step.status is StepStatus.SUCCESS
            for step in self._store.job(job.id).steps
        )
        if was_sent(context, "activate") and not proved:
            self._fail(job, None, unproved(), context)
            return
        outcome = Outcome.UPGRADED
        if not proved and was_worked_on(self._store.job(job.id)):
            outcome, told = what_it_is(context)
            if outcome is not Outcome.UNTOUCHED:
                self._record_failure(job, None, not_as_it_was(), context, outcome, told)
                return
        elif not proved:
            outcome = Outcome.UNTOUCHED  # its readiness check has just asked it
        self._close(job, context, Ending(outcome))

    def _closing(self, batch: Batch, context: JobContext) -> Closing:
        return Closing(self._store, self._runner, batch, context, lambda: self._config.path.parent)

    def _close(self, job: Job, context: JobContext, ending: Ending) -> None:
        """Run what comes at each end of a job, and record that end."""
        if any(step.kind not in STEPS for step in job.steps):
            ending = self._closing(self._store.batch(job.batch_id), context).run(ending)
        if ending.error:
            self.end_failed(job, ending.error, ending.outcome)
        else:
            self._store.move(job.id, self._runner, JobStatus.SUCCESS, outcome=ending.outcome)

    def _checkpoint(self, job: Job, context: JobContext) -> None:
        """Leave here if this process is to stop, or somebody wants this job to stop between two steps. Stopped."""
        context.checkpoint()
        if who := self._store.stop_asked(job.id):
            raise Stopped(f"{left_by(who)}; `swimctl resume {job.id}` continues it")

    def _fail(self, job: Job, step: str | None, error: SwimctlError, context: JobContext) -> None:
        """Fail a job in a step, or in none of them, once the device was asked what it is now."""
        outcome, told = outcome_of_failure(context, error)
        self._record_failure(job, step, error, context, outcome, told)

    def _record_failure(
        self, job: Job, step: str | None, error: SwimctlError, context: JobContext, outcome: Outcome, told: str
    ) -> None:
        said = with_next(f"{error}; {told}" if told else str(error), type(error), job.device_name)
        text = context.redaction.text(said)
        context.record.remember(FAILED_BY, error.code)
        if step is not None:
            self._store.step(job.id, self._runner, step, StepStatus.FAILED, text)
        self._close(job, context, Ending(outcome, text))

    def end_failed(
        self, job: Job, error: str, outcome: Outcome | None = None, *, cause: type[SwimctlError] = SwimctlError
    ) -> None:
        """Fail a job. Where nobody could ask the device, what was sent decides whether it may have changed.

        Its message says what to do next: where `error` does not, what such a `cause` has for it.
        """
        if outcome is None:

            def recall(key: str) -> Any | None:  # noqa: ANN401 - JSON
                return self._store.recall(job.id, key)

            outcome = nobody_could_ask(recall)
            armed = left_armed(recall, self._clock, job.device_name)
            error = "; ".join(filter(None, (error, armed, left_open(self._store, job))))
        said = self.redaction(job.device_name).text(with_next(error, cause, job.device_name))
        self._store.move(job.id, self._runner, JobStatus.FAILED, said, outcome)

    def end_by_defect(self, batch: Batch, job: Job, error: str, stop: threading.Event) -> None:
        """Fail a job in which swimctl itself failed, once the device was asked what it is now, where that works."""
        try:
            context = self._context(batch, job, stop)
            outcome, told = outcome_of_failure(context, SwimctlError(error))
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - the defect may strike here again: then nobody could ask
            self.end_failed(job, error)
            return
        self._record_failure(job, None, SwimctlError(error), context, outcome, told)

    def redaction(self, device_name: str) -> Redaction:
        """Return what masks a device's secrets; raises nothing, as it serves where something failed already."""
        try:
            return Redaction(self.secrets_of(self.target(self._inventory.device(device_name))))
        except SwimctlError:
            return Redaction()

    def _context(self, batch: Batch, job: Job, stop: threading.Event, *, ended: bool = False) -> JobContext:
        device = self._inventory.device(job.device_name)
        target, images = self.target(device), self.images_of(device)
        folder, redaction = self._settings.jobs_dir / str(job.id), Redaction(self.secrets_of(target))
        transcript = Transcript(folder / _TRANSCRIPT, self._clock, redaction)
        # Before anything else: whoever worked at this job until now may send nothing any more.
        lease = 0 if ended else self._store.lease(job.id, self._runner)
        record = (RecordAfterwards if ended else StoreRecord)(self._store, self._runner, job.id, redaction, lease)
        return JobContext(
            job=job,
            device=device,
            image=self._store.image(job.image_id),
            options=batch.options,
            settings=self._settings,
            clock=self._clock,
            target=target,
            make_driver=driver_factory(device.platform),
            record=record,
            folder=folder,
            transcript=transcript,
            stop=stop,
            models=self._models(device, target, transcript, record),
            logins=self.logins,
            images=images,
            sites=self._sites,
            in_time=partial(self.slots.require_time, batch),
            checks=partial(self.checks_of, device),
        )

    def checks_of(self, device: Device) -> tuple[Check, ...]:
        """Return the checks by rules of a device, by its settings and by what the inventory says of it."""
        return checks_for(self._settings.checks, device, self._inventory)

    def images_of(self, device: Device, whose: str = "") -> Images:
        """Return where a device may fetch its image, with a ticket where it is to; see Images. InventoryError."""
        images = Images(self.images, self._inventory.copy_policy(device), whose)
        if images.policy.relay is not None or "swimctl" in images.ways(self._settings):
            self.images.ticket(whose or device.name)  # before any record is begun, so that none shows it
        return images

    def secrets_of(self, target: Target) -> tuple[str, ...]:
        """Return what no record of a device may show: its ticket and the passwords of its image sources, too."""
        try:
            sources = self._inventory.copy_policy(self._inventory.device(target.name)).secrets
        except SwimctlError:
            sources = ()  # no password of a list that cannot be read was ever sent
        return (*secrets(target), *self.images.tickets(target.name), *sources)

    def _models(self, device: Device, target: Target, transcript: Transcript, record: JobRecord) -> Models | None:
        if self._settings.evidence.netconf == "off":
            return None

        def tell(sentence: str) -> None:
            record.event("models", sentence)

        seconds = self._settings.deadlines.command
        return Models(target, self._clock, transcript, seconds, tell, partial(self.logins.login, device, by="NETCONF"))

    def afterwards(self, batch: Batch, job: Job, stop: threading.Event) -> JobContext:
        """Return what a check needs that comes after the job's end."""
        return self._context(batch, job, stop, ended=True)

    def complaint(self, batch: Batch, job: Job, stop: threading.Event) -> Parts[str]:
        """Return what is not as it must be some time after a job has ended well; empty where all is."""
        try:
            found = yield from POST_CHECKS.look_again(self.afterwards(batch, job, stop))
        except Exception as error:  # noqa: BLE001 - a check that could not run has failed
            found = f"{type(error).__name__}: {error}" if not isinstance(error, SwimctlError) else str(error)
        return self.redaction(job.device_name).text(found)

    def silent(self, batch: Batch, partner: Job, stop: threading.Event) -> str:
        """Return why a device may be down whose job failed before anything was changed; empty where it answers."""
        try:
            with self.afterwards(batch, partner, stop).driver() as driver:
                driver.running()
        except StoreError:
            raise
        except SwimctlError as error:
            unread = isinstance(error, CommandRefused | UnparsableOutput)
            what = "what it runs cannot be read" if unread else "does not answer"
            return f"{what}: {self.redaction(partner.device_name).text(str(error))}"
        return ""

    def wait_to_log_in(
        self, device_name: str, stop: threading.Event, waits: Callable[[str], object]
    ) -> NotTried | None:
        """Wait until a job may begin with its login; see DeviceLogins. Where nobody can tell, the job says why.

        `waits` is told the name of the account, if there is something to wait for.
        """
        try:
            device = self._inventory.device(device_name)
            return self.logins.wait_for_turn(
                device, lambda: answers(self.target(device), self._clock, self._settings), stop, waits=waits
            )
        except StoreError:
            raise
        except SwimctlError:
            return None

    def does_not_log_in(self, device_name: str) -> None:
        """Undo what `wait_to_log_in` counted: the job does not begin here."""
        with suppress(StoreError, SwimctlError):
            self.logins.leave(self._inventory.device(device_name))

    def target(self, device: Device) -> Target:
        """Return how a device is entered."""
        return target_of(self._inventory, self._settings, device)
