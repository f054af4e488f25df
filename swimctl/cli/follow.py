"""Follow jobs: look into the store again and again, and draw what is seen until there is nothing left to wait for.

Whoever runs the jobs, this process or another, is seen in the same way: the store is the only meeting point.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from swimctl.cli import output
from swimctl.cli.lines import changes
from swimctl.cli.pulse import Overdue
from swimctl.clock import Clock
from swimctl.errors import NotFound
from swimctl.models import Batch, Job, Usual
from swimctl.states import FINAL, JobStatus

if TYPE_CHECKING:
    from rich.console import Console, ConsoleDimensions
    from rich.live import Live
    from rich.text import Text

    from swimctl.cli.context import Opened
    from swimctl.cli.head import Pace
    from swimctl.store import Store

LOOK_EVERY = 0.5
_RATE_SAMPLES = 20
_FORECAST_EVERY = 5.0  # real seconds


class View(Protocol):
    """What shows jobs while they change."""

    def show(self, jobs: Sequence[Job], now: datetime) -> None:
        """Show how the jobs stand."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Silence:
    """Show nothing; for `--quiet`."""

    def show(self, jobs: Sequence[Job], now: datetime) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Lines(Silence):
    """Show one line a change, and one where a step takes much longer than usual."""

    def __init__(self, stream: TextIO, usual: Usual) -> None:
        self._stream = stream
        self._overdue = Overdue(usual)
        self._before: Sequence[Job] = ()

    def show(self, jobs: Sequence[Job], now: datetime) -> None:
        """Write what differs from the last look."""
        for line in (*changes(self._before, jobs, now), *self._overdue.look(jobs, now)):
            output.write(self._stream, output.plain(line) + "\n")
        self._before = tuple(jobs)


class Head:
    """The head of a view, where all jobs are of one batch; its end is computed anew every few seconds."""

    def __init__(self, batch: Callable[[str], Batch], usual: Usual, pace: Pace) -> None:
        self._batch = batch
        self._usual = usual
        self._pace = pace
        self._ends: tuple[datetime, datetime | None] | None = None

    def __call__(self, jobs: Sequence[Job], now: datetime) -> Text | None:
        """Return the line, None where the jobs are of several batches."""
        from swimctl.cli import head

        ids = {job.batch_id for job in jobs}
        if len(ids) != 1:
            return None
        batch = self._batch(ids.pop())
        if self._ends is None or (now - self._ends[0]).total_seconds() >= _FORECAST_EVERY:
            self._ends = (now, head.ends_at(batch, jobs, self._usual, now, self._pace))
        return head.head_line(batch, jobs, self._ends[1], now, self._pace.windows)


class LiveView(Silence):
    """Draw the jobs in place on a terminal; failures are printed above and stay.

    The terminal's size is asked at every look, so that a resize holds.
    """

    def __init__(
        self, console: Console, usual: Usual, batch: Callable[[str], Batch] | None = None, pace: Pace | None = None
    ) -> None:
        from swimctl.cli.head import Pace

        self._console = console
        self._usual = usual
        self._head = None if batch is None else Head(batch, usual, pace or Pace())
        self._failures: list[Text] = []
        self._size = console.size
        self._rates = Rates()
        self._told: set[int] = set()
        self._live = self._new()

    def _new(self) -> Live:
        from rich.live import Live

        return Live(console=self._console, auto_refresh=False, transient=False, vertical_overflow="crop")

    def show(self, jobs: Sequence[Job], now: datetime) -> None:
        """Draw once."""
        from swimctl.cli import live

        size = self._console.size
        if size != self._size:
            self._redrawn(size)
        for job in jobs:
            if job.status is JobStatus.FAILED and job.id not in self._told:
                self._told.add(job.id)
                self._failures.append(live.failure_line(job))
                self._console.print(self._failures[-1])
        rates = self._rates.look(jobs, now)
        head = None if self._head is None else self._head(jobs, now)
        drawn = live.render(jobs, self._usual, now, size.height, size.width, rates=rates, head=head)
        self._live.update(drawn, refresh=True)

    def _redrawn(self, size: ConsoleDimensions) -> None:
        """Begin on an empty screen: a terminal of another width has broken the lines anew, and nobody knows how."""
        self._size = size
        self._live.stop()
        self._console.clear()
        for line in self._failures[-max(1, size.height // 4) :]:
            self._console.print(line)
        self._live = self._new()
        self._live.start()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the terminal may be gone
            self._live.stop()


class Rates:
    """Measure how fast copies go lately: over the last ten seconds or so, not since they began."""

    def __init__(self) -> None:
        self._seen: dict[int, deque[tuple[datetime, int]]] = {}

    def look(self, jobs: Iterable[Job], now: datetime) -> dict[int, float]:
        """Add one more sample. Return bytes per second for the jobs that have two samples."""
        rates = {}
        for job in jobs:
            if not job.bytes_total or job.status in FINAL:
                continue
            samples = self._seen.setdefault(job.id, deque(maxlen=_RATE_SAMPLES))
            if samples and job.bytes_done < samples[-1][1]:
                samples.clear()  # copied once more, from the start
            samples.append((now, job.bytes_done))
            seconds = (now - samples[0][0]).total_seconds()
            if seconds > 0:
                rates[job.id] = (job.bytes_done - samples[0][1]) / seconds
        return rates


def choose_view(
    store: Store, *, quiet: bool, stream: TextIO | None = None, pace: Callable[[], Pace] | None = None
) -> View:
    """Draw live on a terminal, else write plain lines; to standard error where no stream is given."""
    stream = stream or sys.stderr
    if quiet or stream is None:
        return Silence()
    if not output.is_terminal(stream):
        return Lines(stream, store.usual_seconds())
    from rich.console import Console

    batch = None if pace is None else store.batch
    return LiveView(Console(file=stream), store.usual_seconds(), batch, None if pace is None else pace())


def pace_of(opened: Opened) -> Pace:
    """Return how this installation runs its jobs, for the forecast of the live view."""
    from swimctl.cli.head import Pace
    from swimctl.config.calendars import Calendars

    settings = opened.config.settings
    return Pace(settings.under_way or settings.workers, settings.clock_speed, Calendars(settings).windows)


class Kept:
    """The jobs with these ids or of this batch, of which each look reads only those that have changed since the last.

    It is for those that this process runs: that another one, which ran some of them, has died is no change.
    """

    def __init__(self, store: Store, *, ids: Sequence[int] | None = None, batch_id: str | None = None) -> None:
        self._store = store
        self._ids = ids
        self._batch_id = batch_id
        self._number = 0
        self._jobs: dict[int, Job] = {}

    def __call__(self) -> Sequence[Job]:
        """Return all of them as they are now, in id order."""
        found = self._store.changed_since(ids=self._ids, batch_id=self._batch_id, since=self._number)
        self._number = found.number
        self._jobs |= {job.id: job for job in found.jobs}
        return [self._jobs[number] for number in sorted(self._jobs)]


def follow(
    read: Callable[[], Sequence[Job]],
    view: View,
    clock: Clock,
    wait: Callable[[], bool],
) -> None:
    """Show the jobs until `wait`, called between two looks, says that it is over; the last look comes after that.

    A view that breaks is left, with a line: what runs must not suffer from what draws.
    """
    with view:
        over = False
        while not over:
            over = wait()
            if type(view) is Silence:
                continue  # nobody sees what would be read
            try:
                view.show(read(), clock.now())
            except OSError:
                view = Silence()  # the terminal is gone


def all_ended(jobs: Iterable[Job]) -> bool:
    """Return whether nobody will change these jobs by itself any more: ended, or interrupted."""
    return all(job.status in FINAL or job.interrupted for job in jobs)


def latest_batch(store: Store) -> str:
    """Return the newest batch. Raises NotFound where there is none yet."""
    newest = store.batches(limit=1)
    if not newest:
        raise NotFound("the store has no batch yet; `swimctl upgrade` makes one")
    return newest[0].id
