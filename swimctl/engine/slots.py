"""When an activation may start: the windows of its batch and of its device, freezes, and the end of the batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from swimctl.clock import Clock, between_looks, to_the_minute
from swimctl.config.calendars import Calendars
from swimctl.config.settings import Settings
from swimctl.config.windows import Go, Never, Shut, Wait
from swimctl.engine.job_store import JobStore
from swimctl.engine.turns import until_open
from swimctl.errors import StepFailed
from swimctl.models import Batch, Image, Policy, Usual
from swimctl.requests.usual import room_needed
from swimctl.steps import JobContext
from swimctl.steps.pausing import Parts, Pause
from swimctl.steps.send_once import was_sent
from swimctl.store import TOO_LATE
from swimctl.waiting import Waiting

# Real seconds between looks at the time while an activation waits for its window.
_LOOK_AGAIN = 1.0


class Slots:
    """The times in which a process may activate; `window_of` is the window of a device's own, if it has one."""

    def __init__(
        self,
        settings: Settings,
        store: JobStore,
        clock: Clock,
        calendars: Calendars,
        window_of: Callable[[str], str | None],
    ) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self._calendars, self._window_of = calendars, window_of
        self._usual: tuple[float, Usual] | None = None

    def of(self, batch: Batch, image: Image, device_name: str) -> Go | Wait | Never | Shut:
        """Return whether an activation of this device may start now, by what such devices took before."""
        policy, own = batch.policy, self._window_of(device_name)
        if policy.window is None and own is None and policy.until is None and not self._calendars.freeze:
            return Go()
        told = self._gate(policy, own, image, self._usual_lately())
        # Nobody starts, or never starts, by what was usual a moment ago: the first of its kind may just have shown it.
        return told if isinstance(told, Wait | Shut) else self._gate(policy, own, image, self._usual_now())

    def of_copy(self, batch: Batch) -> Go | Wait | Never | Shut:
        """Return whether a job that activates nothing may start now: in the window that its batch names.

        No freeze holds it up, and no window of its device. How long a copy takes, nobody knows before.
        """
        policy, none = batch.policy, timedelta(0)
        if policy.window is None:
            return Go()
        told = self._calendars.gate(self._clock.now(), none, policy.window, None, policy.zone, frozen=False)
        if isinstance(told, Wait) and policy.until is not None and policy.until <= told.at:
            opens, ends = to_the_minute(told.at), to_the_minute(policy.until)
            return Never(f"the window {policy.window} opens at {opens}, and its batch is to end by {ends}")
        return told

    def _gate(self, policy: Policy, own: str | None, image: Image, usual: Usual) -> Go | Wait | Never | Shut:
        unseen = 60 * self._settings.activation.usual_minutes / self._clock.speed
        needs = room_needed(usual, image.family, unseen)
        return self._calendars.gate(self._clock.now(), needs, policy.window, policy.until, policy.zone, own)

    def _usual_now(self) -> Usual:
        """Return what steps usually take; the store counts that in many jobs."""
        usual = self._store.usual_seconds()
        self._usual = self._clock.monotonic(), usual
        return usual

    def _usual_lately(self) -> Usual:
        """Return the same for all who look in the same moment."""
        known = self._usual
        if known is None or self._clock.monotonic() - known[0] >= between_looks(self._clock, _LOOK_AGAIN):
            return self._usual_now()
        return known[1]

    def require_time(self, batch: Batch, context: JobContext) -> None:
        """Raise StepFailed where the batch is over: no copy begins then, also of a job that activates nothing."""
        until = self._store.batch(batch.id).policy.until  # anew: somebody may have changed it
        if until is None or was_sent(context, "activate"):
            return
        if until <= self._clock.now():
            why = f"its batch was to end by {to_the_minute(until)}"
            context.record.remember(TOO_LATE, why)
            raise StepFailed(f"{why}; nothing was activated, and nothing more is copied; next: `swimctl retry --until`")

    def wait(self, batch: Batch, context: JobContext, checkpoint: Callable[[], object]) -> Parts[None]:
        """Wait until the activation may start; one that was sent before is seen through whatever the time.

        Raises StepFailed where it can never start, Stopped where a stop is asked for.
        """
        said: Waiting | None = None
        while not was_sent(context, "activate"):
            # Anew each time: somebody may have changed until when.
            now = self._store.batch(batch.id)
            slot = self.of(now, context.image, context.device.name)
            if isinstance(slot, Go):
                return
            if isinstance(slot, Never):
                context.record.remember(TOO_LATE, slot.why)
                again = "swimctl retry" if now.policy.until is None else "swimctl retry --until"
                raise StepFailed(f"{slot.why}; nothing was activated, the image is on the device; next: `{again}`")
            waiting = until_open(slot)
            if waiting != said:
                context.record.waits(waiting)
                said = waiting
            context.part()
            yield Pause(between_looks(self._clock, _LOOK_AGAIN), obeys=True)
            checkpoint()
