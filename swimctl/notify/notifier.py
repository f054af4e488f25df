"""Tell people who look at no terminal how a batch goes, through apprise; an upgrade never waits for it."""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from swimctl.config.settings import Settings
from swimctl.errors import ConfigError
from swimctl.models import Batch, Job
from swimctl.notify.texts import (
    MOST_DEVICE_TEXTS,
    Text,
    approval_text,
    device_text,
    finished_text,
    held_text,
    started_text,
    stopped_text,
)
from swimctl.waiting import Waiting

if TYPE_CHECKING:
    from apprise import Apprise

MOST_WAITING: Final = 200
# These log URLs, paths and headers, which hold tokens. What failed is said here, without them.
_TALKERS: Final = ("apprise", "urllib3", "requests_oauthlib", "oauthlib")
_SECOND_URL: Final = re.compile(r"\s\w+://")
log = logging.getLogger("swimctl.notify")


@dataclass(frozen=True, slots=True)
class Channel:
    """One configured URL, ready to be sent to; `place` counts from 1. The URL itself is never shown."""

    place: int
    service: str
    send: Callable[[Text], bool] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.place} ({self.service})"


class Notifier:
    """Send notifications in their order from a thread of its own; no method waits for it or raises, but `close`."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._channels = tuple(channels)
        self._changed = threading.Condition()
        self._waiting: deque[Callable[[], Text]] = deque()
        self._sending = False
        self._closed = False
        self._device_texts: Counter[str] = Counter()
        self._held_texts: defaultdict[str, set[int]] = defaultdict(set)
        if self._channels:
            threading.Thread(target=self._run, name="swimctl-notify", daemon=True).start()

    @classmethod
    def of(cls, settings: Settings) -> Notifier:
        """Make one from the settings; without a URL it does nothing. Raises ConfigError where one cannot be used."""
        return cls(channels(settings))

    def batch_started(self, batch: Batch, jobs: Sequence[Job]) -> None:
        """Notify that a batch begins."""
        self._put(partial(started_text, batch, tuple(jobs)))

    def approval_needed(self, batch: Batch, jobs: Sequence[Job]) -> None:
        """Notify that a batch waits for somebody's approval."""
        self._put(partial(approval_text, batch, tuple(jobs)))

    def device_failed(self, batch: Batch, job: Job) -> None:
        """Notify that a device failed, of each batch the first ten times; `job` is as the store has it after its
        end.
        """
        if not self._channels:
            return
        with self._changed:
            self._device_texts[batch.id] += 1
            count = self._device_texts[batch.id]
            if count <= MOST_DEVICE_TEXTS:  # under the same lock, so that the last one is queued last
                self._put(partial(device_text, batch, job, last=count == MOST_DEVICE_TEXTS))

    def device_held(self, batch: Batch, job: Job, waiting: Waiting, left: timedelta, *, again: bool) -> None:
        """Notify that a device is held for a person, or `again` that its time is nearly over; of each batch ten."""
        with self._changed:
            told = self._held_texts[batch.id]
            if not again and len(told) < MOST_DEVICE_TEXTS:
                told.add(job.id)
            if job.id in told:
                last = not again and len(told) == MOST_DEVICE_TEXTS
                self._put(partial(held_text, batch, job, waiting, left, again=again, last=last))

    def line_stopped(self, batch: Batch, why: str) -> None:
        """Notify that a batch starts no more devices."""
        self._put(partial(stopped_text, batch, why))

    def batch_finished(self, batch: Batch, jobs: Sequence[Job]) -> None:
        """Notify how a batch ended; `jobs` are as the store has them after their end."""
        with self._changed:
            self._device_texts.pop(batch.id, None)
            self._held_texts.pop(batch.id, None)
        self._put(partial(finished_text, batch, tuple(jobs)))

    def tell(self, text: Text) -> None:
        """Notify of what is no batch."""
        self._put(lambda: text)

    def close(self, seconds: float) -> None:
        """Wait at most so many real seconds until all is sent; the rest is given up, as is what comes later."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._sending, timeout=seconds)
            lost = 0 if self._closed else len(self._waiting) + self._sending
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        if lost:
            log.warning("%d notifications were not sent within %g s, and are dropped", lost, seconds)

    def _put(self, write: Callable[[], Text]) -> None:
        """Queue a text, which the thread writes too. Where the queue is full the oldest goes: summaries come last."""
        if not self._channels:
            return
        with self._changed:
            if self._closed:
                return
            full = len(self._waiting) >= MOST_WAITING
            if full:
                self._waiting.popleft()
            self._waiting.append(write)
            self._changed.notify_all()
        if full:
            log.warning("the oldest of %d waiting notifications is dropped: sending is too slow", MOST_WAITING)

    def _run(self) -> None:
        while (write := self._next()) is not None:
            self._send(write)

    def _next(self) -> Callable[[], Text] | None:
        with self._changed:
            self._sending = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._sending = True
            return self._waiting.popleft()

    def _send(self, write: Callable[[], Text]) -> None:
        try:
            text = write()
        except Exception as error:  # noqa: BLE001 - a defect here must not end the thread, and so all that follows
            log.warning("a notification could not be written: %s; please report it", type(error).__name__)
            return
        missed = [channel for channel in self._channels if not _sent(channel, text)]
        if missed:
            log.warning(
                "notification %r was not accepted by URL %s of swimctl.notify; next: `apprise -vv -b test URL`",
                text.title,
                ", ".join(map(str, missed)),
            )


def channels(settings: Settings) -> tuple[Channel, ...]:
    """Have apprise read the configured URLs. Raises ConfigError, which names a URL by its place alone."""
    if not settings.notify:
        return ()
    try:
        import apprise
    except ImportError:
        raise ConfigError(
            "swimctl.notify is set, but apprise is not installed; `pip install 'swimctl[notify]'`"
        ) from None
    for talker in _TALKERS:
        logging.getLogger(talker).setLevel(logging.CRITICAL + 1)
    # Otherwise apprise sends from threads that Python waits for at its end, however long a server takes.
    asset = apprise.AppriseAsset(
        app_id="swimctl", app_desc="swimctl", async_mode=False, service_timeout=0, storage_mode="memory"
    )
    made = []
    for place, url in enumerate(settings.notify, 1):
        text = url.get_secret_value()
        try:
            service = apprise.Apprise.instantiate(text, asset=asset)
        except Exception:  # noqa: BLE001 - whatever a plugin raises over a URL, its text may hold the URL
            service = None
        if service is None or _SECOND_URL.search(text):  # apprise would take a second one for the first one's path
            raise ConfigError(
                f"swimctl.notify: URL {place} of {len(settings.notify)} cannot be read by apprise (it is not "
                "shown here: it may have a secret); next: `apprise -vv -b test URL`"
            )
        made.append(Channel(place, str(service.service_name), partial(_notify, apprise.Apprise(service, asset=asset))))
    return tuple(made)


def _notify(sender: Apprise, text: Text) -> bool:
    from apprise import NotifyFormat, NotifyType

    return bool(sender.notify(text.body, text.title, NotifyType(text.kind), NotifyFormat.TEXT))


def _sent(channel: Channel, text: Text) -> bool:
    try:
        return channel.send(text)
    except Exception:  # noqa: BLE001 - as far as this batch goes, a plugin's defect is a notification not sent
        return False
