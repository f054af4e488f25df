"""swimctl recheck: say what becomes of a device that is held because it is not as before."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import Opened, caller, of
from swimctl.errors import ConflictError, UsageError
from swimctl.models import Job
from swimctl.waiting import HeldAnswer
from swimctl.waivers import HeldLook, Waiver

app = typer.Typer()

_TOLD = {
    HeldAnswer.LOOK: "the device is looked at again",
    HeldAnswer.KEEP: "the device is looked at again, and kept if nothing else is found",
    HeldAnswer.BACK: "the device goes back",
}


@app.command()
def recheck(
    ctx: typer.Context,
    job_id: Annotated[int, typer.Argument(metavar="ID", help="The job's id.", min=1, autocompletion=completing.jobs)],
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Accept exactly what was seen, look again, and commit. Needs --reason.")
    ] = False,
    look: Annotated[
        str,
        typer.Option(
            metavar="LOOK",
            help="What --keep accepts: the look that you saw, by `swimctl job show`. Without it you are asked.",
        ),
    ] = "",
    back: Annotated[bool, typer.Option("--back", help="Go back to the release before.")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the record.")] = "",
) -> None:
    """Have a device that is held after its post-checks looked at again: it is committed if all is as before.

    A device is held with `upgrade --on-failed-checks hold`. If something is still found, it is held again, until the
    same time. Exit code 3: the job is not held, what was found cannot be accepted, or somebody looked again since.
    """
    if keep and back:
        raise UsageError("give --keep or --back, not both")
    if look and not keep:
        raise UsageError("--look names what --keep accepts; give both")
    answer = HeldAnswer.KEEP if keep else HeldAnswer.BACK if back else HeldAnswer.LOOK
    context = of(ctx)
    with context.open() as opened:
        job = opened.store.job(job_id)
        if keep and not look and reason.strip() and output.can_ask() and not context.json:
            waivers = _asked(opened, job, reason)
        else:
            waivers = opened.store.answer_held(job_id, answer, caller(), reason, look)
        job = opened.store.job(job_id)
    if context.json:
        from swimctl.requests.documents import held_document

        output.print_json(held_document(job, answer, waivers))
        return
    for waiver in waivers:
        output.print_line(f"accepted: {waiver}")
    following = f"swimctl resume {job_id}" if job.interrupted else f"swimctl status {job_id} --watch"
    output.print_line(f"job {job_id} on {job.device_name}: {_TOLD[answer]}; next: `{following}`")


def _asked(opened: Opened, job: Job, reason: str) -> tuple[Waiver, ...]:
    """Show what was found, and keep the device on a yes; what a newer look found is shown, and asked for, too."""
    shown: HeldLook | None = None
    while True:
        seen = opened.store.held_look(job.id)
        if shown is not None:
            output.note(f"swimctl: {job.device_name} was looked at again meanwhile")
        if not seen.refused:
            for finding, what in seen.found:
                output.note(f"  {finding}: {what}")
            if not typer.confirm(f"Keep {job.device_name} with exactly this?", default=False, err=True):
                raise typer.Abort
        try:
            return opened.store.answer_held(job.id, HeldAnswer.KEEP, caller(), reason, seen.mark)
        except ConflictError:
            shown = seen
            if opened.store.held_look(job.id) == seen:
                raise
