"""Run jobs in the foreground: the engine in a thread of its own, signals and drawing here, the outcome at the end."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from swimctl.cli import output
from swimctl.cli.context import Context, Opened
from swimctl.cli.follow import LOOK_EVERY, choose_view, follow, pace_of
from swimctl.cli.outcome import COLUMNS, BatchResult
from swimctl.errors import StoreError, StoreLost, StoreReplaced
from swimctl.models import Job
from swimctl.report.results import run_seconds
from swimctl.states import RUNNING

Work = Callable[[threading.Event], object]
Skipped = Sequence[tuple[str, str]]

# A terminal gets all rows only if they leave most of it free, as a row can have several lines; and of more devices than
# this it gets those that did not succeed, however large it is.
_ALL_ROWS = 20
_SHARE = 3
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """The stop that the first signal asks for. The second ends the process hard.

    A closed terminal (SIGHUP) counts as SIGTERM: devices must not be left half-way because a laptop was shut.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal: int | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the signals while jobs run; a signal that was ignored before (nohup) stays so."""
        before = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._handle)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None:
            # Nothing may hold this up: no clean-up, no lock. The store is safe at every moment.
            if output.is_terminal(sys.stderr):
                os.write(sys.stderr.fileno(), b"\x1b[?25h\n")  # rich has hidden the cursor
            os._exit(128 + self.signal)
        self.signal = signal.SIGTERM if number == signal.SIGHUP else number
        self.event.set()
        output.note(
            f"swimctl: {signal.Signals(number).name}: no more jobs are started; running jobs continue to a safe "
            "point, which may take minutes. A second signal ends this process at once. Devices finish what they were "
            "told to do, and `swimctl resume` asks them how far they got."
        )


def run(context: Context, opened: Opened, work: Work, read: Callable[[], Sequence[Job]]) -> Stop:
    """Run `work` in a thread while the jobs that `read` returns are shown. Return the stop, asked for or not.

    Raises what `work` raised; StoreLost where devices were under way then.
    """
    stop = Stop()
    done = threading.Event()
    raised: list[BaseException] = []

    def worker() -> None:
        try:
            work(stop.event)
        except BaseException as error:  # noqa: BLE001  raised again below, where it can be told of
            raised.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=worker, name="engine")
    view = choose_view(opened.store, quiet=context.quiet, pace=lambda: pace_of(opened))
    with stop.listening():
        thread.start()
        try:
            follow(read, view, opened.clock, lambda: done.wait(LOOK_EVERY))
        except StoreError as error:
            raised.append(error)
        finally:
            # Whatever becomes of the drawing, the jobs are not left.
            thread.join()
    if raised:
        raise _with_what_is_left(raised[0], read)
    return stop


def _with_what_is_left(error: BaseException, read: Callable[[], Sequence[Job]]) -> BaseException:
    """Return an error, and where the store failed, with the devices that nobody looks at any more."""
    if not isinstance(error, StoreError) or isinstance(error, StoreReplaced):  # that one says all of it itself
        return error
    try:
        left = ", ".join(f"{job.device_name} (job {job.id})" for job in read() if job.status in RUNNING)
    except StoreError:
        left = "devices that cannot be named, as the store cannot be read"
    if not left:
        return error
    return StoreLost(
        f"{error}; under way, and left to finish what they were told to do: {left}; next: `swimctl resume`, which asks "
        "them how far they got"
    )


def outcome_of(opened: Opened, batch_id: str, jobs: Sequence[Job], skipped: Skipped, stop: Stop | None) -> BatchResult:
    """Gather what came of these jobs from the store."""
    return BatchResult(
        batch_id=batch_id,
        jobs=tuple(jobs),
        seconds=run_seconds(jobs, opened.clock.now()),
        skipped=tuple(skipped),
        signal=None if stop is None else stop.signal,
        armed=tuple(filter(None, map(opened.service.left_armed, jobs))),
    )


def print_result(context: Context, outcome: BatchResult) -> int:
    """Print the outcome to standard output, and what to do about what is not well to standard error."""
    if context.json:
        output.print_json(outcome.document())
        return outcome.exit_code
    rows = outcome.rows()
    well = [row for row in rows if row[2] == "success"] if output.is_terminal(sys.stdout) else []
    if len(rows) > min(_ALL_ROWS, shutil.get_terminal_size().lines // _SHARE) and well:
        rows = [row for row in rows if row[2] != "success"]
        reports = ", ".join(f"`swimctl report --batch {batch_id}`" for batch_id in _batches(outcome))
        output.note(f"swimctl: {len(well)} succeeded and are not listed; {reports} lists all")
    if rows:
        output.print_table(COLUMNS, rows, roomy=("Target",))
    if not context.quiet:
        for line in advice(outcome):
            output.note(line)
    if output.is_terminal(sys.stdout):
        counts = "  ".join(f"{count} {word}" for word, count in outcome.counts.items() if count)
        output.print_line(f"Batch {outcome.batch_id}: {counts}  in {output.duration(outcome.seconds)}")
    else:
        output.print_line(outcome.summary_line())
    return outcome.exit_code


def _batches(outcome: BatchResult) -> list[str]:
    return list(dict.fromkeys(job.batch_id for job in outcome.jobs))


def advice(outcome: BatchResult) -> Iterator[str]:
    """Yield what to type next, where something is left to do."""
    if outcome.unfinished:
        names = ", ".join(f"{job.device_name} (job {job.id})" for job in outcome.unfinished)
        yield f"swimctl: waiting for `swimctl resume`: {names}"
        yield from (f"swimctl: {sentence}" for sentence in outcome.armed)
    if outcome.elsewhere:
        names = ", ".join(f"{job.device_name} (job {job.id})" for job in outcome.elsewhere)
        ids = " ".join(str(job.id) for job in outcome.elsewhere)
        yield f"swimctl: another process runs {names}; `swimctl status {ids} --watch` follows"
    if outcome.unknown:
        names = ", ".join(job.device_name for job in outcome.jobs if job.id in outcome.unknown)
        yield f"swimctl: in an unknown state, check the console: {names}"
    # Who follows jobs may follow those of several batches, and each is retried by itself.
    failed = Counter(job.batch_id for job in outcome.jobs if outcome.word(job) in {"failed", "not-attempted"})
    for batch_id, count in failed.items():
        yield f"swimctl: {count} did not succeed; `swimctl retry --batch {batch_id}` tries again"
