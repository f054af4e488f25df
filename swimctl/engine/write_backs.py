"""Other systems are told of upgrades, by a thread of its own: no job waits for it, and nothing of it decides about one.

What is still to be told stands in the store. So whoever runs jobs next goes on with it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from swimctl.clock import Clock
from swimctl.config.reading import Config
from swimctl.errors import SwimctlError
from swimctl.models import Job
from swimctl.notify.source_of_truth import NotWritten, Target, Upgrade, WrittenBack, targets, write
from swimctl.steps.baseline import kept_baseline
from swimctl.store import Store

# Real time between two tries, the last one for all that follow; an upgrade that is older is told no more.
_AGAIN: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=6),
    timedelta(days=1),
)
_FOR: Final = timedelta(days=7)
# As long as one who died at it keeps others from it: longer than all of its requests may take.
_HELD: Final = timedelta(minutes=5)
# So many devices are told of at the same time: a slow answer holds only its own, and no server has to bear more.
_AT_A_TIME: Final = 4
# Real seconds between two looks for what is due again.
_LOOK_EVERY: Final = 20.0
log = logging.getLogger("swimctl.write_back")


class WriteBacks:
    """Tell what the settings name. Without any of it, this does nothing."""

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        send: Callable[[Target, Upgrade], WrittenBack] = write,
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._send = send
        self._changed = threading.Condition()
        self._wanted = self._busy = self._closed = False
        self._thread: threading.Thread | None = None

    def check(self) -> None:
        """Read the settings. ConfigError: a token is not to be had, before anything is started that needs it."""
        targets(self._config.settings, self._config.path.parent)

    def begin(self) -> None:
        """Start to tell what is still to be told, now and from time to time, until `close`; twice is allowed."""
        if not any(one.url for _, one in self._config.settings.write_back):
            return
        with self._changed:
            self._wanted = True
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="swimctl-write-back", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self, seconds: float) -> None:
        """Wait at most so many real seconds for what is under way; what is left is told by who runs jobs next."""
        with self._changed:
            if self._thread is not None:
                self._changed.wait_for(lambda: not (self._wanted or self._busy), timeout=seconds)
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed, timeout=_LOOK_EVERY)
                if self._closed:
                    return
                self._wanted, self._busy = False, True
            self._round()
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _round(self) -> None:
        """Write all that is due, some of it at the same time; never raises."""
        try:
            with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="swimctl-write-back") as pool:
                owed = [
                    pool.submit(self._tell, target, job_id)
                    for target in targets(self._config.settings, self._config.path.parent)
                    for job_id in self._store.owed(target.name, self._clock.now() - _FOR)
                ]
            # Of a device only the newest upgrade is owed, and the next round waits for this one: so no older one is
            # written behind a newer one.
            for each in owed:
                each.result()
        except SwimctlError as error:
            if not self._closed:  # after that the store is closed, too
                log.warning("what devices run was not written back: %s", error)
        except Exception as error:  # noqa: BLE001 - a defect here must not end the thread, nor reach a job
            log.warning("what devices run was not written back: %s; please report it", type(error).__name__)

    def _tell(self, target: Target, job_id: int) -> None:
        if self._closed:
            return
        tries = self._store.begin_write_back(job_id, target.name, self._clock.now() + _HELD)
        if tries is None:
            return
        try:
            done = self._send(target, self._upgrade(self._store.job(job_id)))
        except NotWritten as error:
            again = self._clock.now() + _AGAIN[min(tries, len(_AGAIN) - 1)]
            self._store.not_written_back(job_id, target.name, f"{target.title} was not told: {error}", again)
            return
        self._store.written_back(job_id, target.name, done.said, dict(done.ids))

    def _upgrade(self, job: Job) -> Upgrade:
        batch = self._store.batch(job.batch_id)
        before = kept_baseline(lambda key: self._store.recall(job.id, key))
        facts = [
            f"job {job.id} of batch {batch.id}",
            f"ticket {batch.policy.ticket}" if batch.policy.ticket else "",
            f"asked for by {batch.requested_by}" if batch.requested_by else "",
            f"approved by {batch.approved_by}" if batch.approved_by else "",
        ]
        was = f"from {before.version} " if before else ""
        story = f"swimctl upgraded it {was}to {job.image_version}: {', '.join(filter(None, facts))}"
        return Upgrade(job.device_name, job.image_version, story)
