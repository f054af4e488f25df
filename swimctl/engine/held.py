"""People are told that a device is held for them, and told again shortly before it goes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, TypeVar

from swimctl.clock import Clock
from swimctl.models import Batch, Job
from swimctl.notify.notifier import Notifier
from swimctl.steps.pausing import Parts
from swimctl.store import Store
from swimctl.waiting import WaitKind

# So long before its end, people are told once more.
REMINDERS: Final = (timedelta(minutes=15), timedelta(minutes=5))

T = TypeVar("T")


class HeldDevices:
    """Look, while a job waits, whether its device is held for a person; wherever the job runs."""

    def __init__(self, store: Store, notifier: Notifier, clock: Clock) -> None:
        self._store = store
        self._notifier = notifier
        self._clock = clock

    def told(self, batch: Batch, job: Job, parts: Parts[T]) -> Parts[T]:
        """Go through the parts of a job. A device is told of once, and once for each reminder that is left then."""
        if batch.options.on_failed_checks != "hold":
            return (yield from parts)
        reminders: list[timedelta] | None = None
        try:
            while True:
                try:
                    pause = next(parts)
                except StopIteration as end:
                    result: T = end.value
                    return result
                reminders = self._look(batch, job, reminders)
                yield pause
        finally:
            parts.close()

    def _look(self, batch: Batch, job: Job, reminders: list[timedelta] | None) -> list[timedelta] | None:
        """Return which reminders are still to come; None: nobody was told of the device."""
        waiting = self._store.job(job.id).waiting
        if waiting is None or waiting.kind is not WaitKind.HELD or waiting.until is None:
            return reminders
        left = waiting.until - self._clock.now()
        to_come = [each for each in (REMINDERS if reminders is None else reminders) if each < left]
        if reminders is None or len(to_come) < len(reminders):
            self._notifier.device_held(batch, job, waiting, left, again=reminders is not None)
        return to_come
