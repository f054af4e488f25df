"""swimctl resume: take up jobs whose process died or was stopped."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from swimctl.cli import output
from swimctl.cli.context import Opened, caller, of
from swimctl.cli.status import JobIds
from swimctl.errors import ConflictError, NotFound
from swimctl.models import Job
from swimctl.states import FINAL, JobStatus

app = typer.Typer()


@app.command()
def resume(ctx: typer.Context, *, job_ids: JobIds = None) -> None:
    """Continue jobs whose process died or was stopped. Without arguments: all of them.

    swimctl asks each device how far it got. It does nothing twice.
    """
    from swimctl.cli import running
    from swimctl.cli.follow import Kept

    context = of(ctx)
    with context.open() as opened:
        jobs = _choose(opened, job_ids or ())
        if not jobs:
            if context.json:
                output.print_json({"status": "success", "jobs": [], "resume": []})
            else:
                output.note("swimctl: no job waits to be resumed")
            return
        ids = [job.id for job in jobs]
        engine = opened.engine.prepared()
        opened.store.take_up(ids)
        opened.store.enter_audit(caller(), "resume", f"{len(ids)} jobs", {"jobs": ids})
        if not context.quiet:
            output.note(f"swimctl: resuming {len(jobs)} jobs: {', '.join(job.device_name for job in jobs)}")
            for sentence in filter(None, map(opened.service.left_armed, jobs)):
                output.note(f"swimctl: {sentence}")
        stop = running.run(context, opened, lambda event: engine.resume(jobs, event), Kept(opened.store, ids=ids))
        batches = ",".join(dict.fromkeys(job.batch_id for job in jobs))
        outcome = running.outcome_of(opened, batches, opened.store.jobs(ids=ids), (), stop)
        raise typer.Exit(running.print_result(context, outcome))


def _choose(opened: Opened, ids: Sequence[int]) -> list[Job]:
    """Find the interrupted jobs. Raises ConflictError where a named one is not, before anything is started."""
    if not ids:
        return opened.store.interrupted()
    jobs = opened.store.jobs(ids=ids)
    missing = sorted(set(ids) - {job.id for job in jobs})
    if missing:
        raise NotFound(f"no such job: {', '.join(map(str, missing))}; nothing was started; next: `swimctl job list`")
    refused = [f"job {job.id} {_why_not(job)}" for job in jobs if not job.interrupted]
    if refused:
        raise ConflictError(f"nothing was started: {'; '.join(refused)}")
    return jobs


def _why_not(job: Job) -> str:
    if job.status is JobStatus.FAILED:
        again = f"`swimctl retry --batch {job.batch_id[:8]}` asks its device what it is now, and continues from there"
        return f"has ended: {job.word}; {again}"
    if job.status in FINAL:
        return f"has ended: {job.word}"
    return f"is {job.status.value} and not interrupted; see `swimctl status {job.id}`"
