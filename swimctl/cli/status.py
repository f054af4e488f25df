"""swimctl status: jobs and their steps, once or followed."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import Context, Opened, of
from swimctl.cli.finding import Form, FormOption, OutcomeOption, SinceOption, StatusOption, TicketOption, wanted_of
from swimctl.cli.pulse import spent, standing
from swimctl.errors import NotFound, UsageError
from swimctl.models import Job, Pulse
from swimctl.report.results import seconds_between
from swimctl.requests.steering import stops_after
from swimctl.requests.telling import event_text, running_step
from swimctl.states import RUNNING

if TYPE_CHECKING:
    from swimctl.store import Wanted

app = typer.Typer()

JobIds = Annotated[
    list[int] | None,
    typer.Argument(metavar="JOB_ID", help="Ids of jobs.", show_default=False, autocompletion=completing.jobs),
]
Named = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="JOB_ID|DEVICE",
        help="Ids of jobs, or names of devices.",
        show_default=False,
        autocompletion=completing.jobs_and_devices,
    ),
]
# So many jobs of a search are looked at.
_MOST = 10_000
BatchOption = Annotated[
    str | None,
    typer.Option(
        "--batch",
        metavar="ID",
        help="The id of a batch, or its first 6 characters or more.",
        autocompletion=completing.batches,
    ),
]


@app.command()
def status(
    ctx: typer.Context,
    *,
    named: Named = None,
    batch: BatchOption = None,
    ticket: TicketOption = None,
    outcome: OutcomeOption = None,
    status_: StatusOption = None,
    since: SinceOption = None,
    form: FormOption = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Follow until no job runs or waits.")] = False,
) -> None:
    """Show jobs and their steps. Without arguments: the latest batch. Of a device: its latest job.

    Exit code 0. With --watch: the exit code of `swimctl upgrade`, or 0 if you leave before the end.

    With the extra `watch`, --watch has keys: filter, next failure, a job's events and transcript.
    """
    if watch and form:
        raise UsageError("give --watch or --output, not both; `--watch --json` prints the result as JSON")
    context = of(ctx)
    with context.open() as opened:
        job_ids = [int(one) for one in named or () if one.isdecimal()]
        devices = tuple(one for one in named or () if not one.isdecimal())
        if devices or ticket or outcome or status_ or since:
            if job_ids:
                raise UsageError("give ids of jobs, or what finds jobs, not both")
            wanted = wanted_of(
                opened, devices=devices, batch=batch, ticket=ticket, outcome=outcome, status=status_, since=since
            )
            jobs = _found(opened, wanted)
        else:
            jobs = opened.service.status(job_ids=job_ids or None, batch_id=batch)
        if watch and jobs:
            raise typer.Exit(_watch(context, opened, [job.id for job in jobs]))
        pulse, now = opened.store.pulse(jobs), opened.clock.now()
        if not (context.json or form):
            _tell_missing(jobs, job_ids)
        if not print_found(context, jobs, pulse, now, form, job_ids):
            some = opened.store.batches(limit=1)
            hint = "such jobs; `swimctl job list` shows those" if some else "jobs yet; `swimctl upgrade` makes some"
            output.note(f"swimctl: there are no {hint}")
        elif len(jobs) == 1 and not (context.json or form):
            output.print_line()
            print_steps(jobs[0], pulse, now)


def print_steps(job: Job, pulse: Pulse, now: datetime) -> None:
    """Print a table of one job's steps; the running one's time against what is usual for it."""
    runs = running_step(job)
    output.print_table(
        ("Step", "Status", "Began", "Time", "Message"),
        [
            (
                step.name,
                step.status.value,
                output.local_time(step.started_at),
                spent(job, step, pulse.usual, now)
                if step is runs
                else output.duration(seconds_between(step.started_at, step.finished_at)),
                step.message,
            )
            for step in job.steps
        ],
        roomy=("Began",),
    )


def print_found(
    context: Context,
    jobs: Sequence[Job],
    pulse: Pulse,
    now: datetime,
    form: Form | None = None,
    asked: Sequence[int] = (),
) -> bool:
    """Print jobs in the form that was asked for; return False where people would see nothing."""
    if form is Form.YAML:
        output.print_yaml(_document(jobs, pulse, asked))
    elif context.json or form is Form.JSON:
        output.print_json(_document(jobs, pulse, asked))
    elif jobs or form is Form.TSV:
        print_jobs(jobs, pulse, now, lines=form is Form.TSV)
    else:
        return False
    return True


def _found(opened: Opened, wanted: Wanted) -> list[Job]:
    """Return the jobs that fit, in id order: of named devices the latest one of each. NotFound: these have none."""
    jobs = opened.store.newest(wanted, _MOST)
    if wanted.devices:
        jobs = list({job.device_name: job for job in reversed(jobs)}.values())
        known = {job.device_name for job in jobs}
        missing = [name for name in dict.fromkeys(wanted.devices) if name not in known]
        if jobs and missing:
            output.note(f"swimctl: no such job of {', '.join(missing)}")
        if not jobs:
            raise NotFound(f"no such job of {', '.join(wanted.devices)}; see `swimctl job list`, `swimctl device list`")
    return sorted(jobs, key=lambda job: job.id)


def print_jobs(jobs: Sequence[Job], pulse: Pulse, now: datetime, *, lines: bool = False) -> None:
    """Print a table of jobs with what each is at."""
    output.print_table(
        ("Job", "Batch", "Device", "Status", "Progress", "Step", "Target", "What"),
        [
            (
                job.id,
                job.batch_id[:8],
                job.device_name,
                job.word,
                f"{job.progress}%",
                job.current_step,
                job.image_version,
                what_of(job, pulse, now),
            )
            for job in jobs
        ],
        roomy=("Batch", "Progress", "Target"),
        lines=lines,
    )


def what_of(job: Job, pulse: Pulse, now: datetime) -> str:
    """Return why a job failed, else when it is to start or how its step stands, else what the last step came to."""
    if job.error:
        return job.error
    if job.waiting is not None:
        return job.waiting.sentence(now)
    if job.status in RUNNING:
        stops = f"{stops_after(job)}; " if job.stop_by else ""
        return stops + standing(job, pulse, now)
    return next((step.message for step in reversed(job.steps) if step.message), "")


def _document(jobs: Sequence[Job], pulse: Pulse, asked: Sequence[int]) -> dict[str, object]:
    from swimctl.requests.documents import job_document

    found = {job.id for job in jobs}
    document: dict[str, object] = {"count": len(jobs), "jobs": [job_document(job, pulse) for job in jobs]}
    missing = sorted(set(asked) - found)
    return document | ({"missing": missing} if asked else {})


def _tell_missing(jobs: Sequence[Job], asked: Sequence[int]) -> None:
    missing = sorted(set(asked) - {job.id for job in jobs})
    if missing:
        output.note(f"swimctl: no such job: {', '.join(map(str, missing))}")


def _watch(context: Context, opened: Opened, ids: Sequence[int]) -> int:
    from swimctl.cli import running
    from swimctl.cli.follow import LOOK_EVERY, all_ended, choose_view, follow, pace_of

    def read() -> Sequence[Job]:
        return opened.store.jobs(ids=ids)

    pause = threading.Event()
    # What is followed is what was asked for, so it goes where results go, unless JSON will stand there.
    stream = sys.stderr if context.json else sys.stdout

    def over() -> bool:
        if all_ended(read()):
            return True
        pause.wait(LOOK_EVERY)
        return False

    if not (context.json or context.quiet) and _has_keys():
        _with_keys(opened, read)
        if not all_ended(read()):
            output.note("swimctl: the jobs go on; `swimctl status --watch` follows them again")
            return 0
    else:
        view = choose_view(opened.store, quiet=context.quiet, stream=stream, pace=lambda: pace_of(opened))
        follow(read, view, opened.clock, over)
    jobs = read()
    if not jobs:
        raise NotFound("the jobs are no longer in the store")
    batches = ",".join(dict.fromkeys(job.batch_id for job in jobs))
    return running.print_result(context, running.outcome_of(opened, batches, jobs, (), None))


def _has_keys() -> bool:
    """Return whether somebody can press keys here, and the extra `watch` is installed."""
    person = output.is_terminal(sys.stdout) and sys.stdin is not None and sys.stdin.isatty()
    return person and os.environ.get("TERM") != "dumb" and importlib.util.find_spec("textual") is not None


def _with_keys(opened: Opened, read: Callable[[], Sequence[Job]]) -> None:
    from swimctl.cli.follow import Head, all_ended, pace_of
    from swimctl.cli.watching import Source, Watcher

    usual = opened.store.usual_seconds()
    folder = opened.config.settings.jobs_dir
    source = Source(
        jobs=read,
        events=opened.store.events,
        transcript=lambda number: folder / str(number) / "transcript.log",
        head=Head(opened.store.batch, usual, pace_of(opened)),
        usual=usual,
        what=lambda job, now: what_of(job, Pulse(usual, {}), now),
        told=event_text,
        now=opened.clock.now,
    )
    watcher = Watcher(source, all_ended)
    watcher.run()
    if watcher.failed is not None:
        raise watcher.failed
