"""swimctl recheck: say what becomes of a device that is held because it is not as before."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import completing, output
from swimctl.cli.context import caller, of
from swimctl.errors import UsageError
from swimctl.waiting import HeldAnswer

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
        bool, typer.Option("--keep", help="Accept exactly what was seen last, look again, and commit. Needs --reason.")
    ] = False,
    back: Annotated[bool, typer.Option("--back", help="Go back to the release before.")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the record.")] = "",
) -> None:
    """Have a device that is held after its post-checks looked at again: it is committed if all is as before.

    A device is held with `upgrade --on-failed-checks hold`. If something is still found, it is held again, until the
    same time. Exit code 3: the job is not held, or what was found cannot be accepted.
    """
    if keep and back:
        raise UsageError("give --keep or --back, not both")
    answer = HeldAnswer.KEEP if keep else HeldAnswer.BACK if back else HeldAnswer.LOOK
    context = of(ctx)
    with context.open() as opened:
        waivers = opened.store.answer_held(job_id, answer, caller(), reason)
        job = opened.store.job(job_id)
    if context.json:
        from swimctl.requests.documents import held_document

        output.print_json(held_document(job, answer, waivers))
        return
    for waiver in waivers:
        output.print_line(f"accepted: {waiver}")
    following = f"swimctl resume {job_id}" if job.interrupted else f"swimctl status {job_id} --watch"
    output.print_line(f"job {job_id} on {job.device_name}: {_TOLD[answer]}; next: `{following}`")
