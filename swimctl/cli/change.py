"""swimctl change: change the limits of a batch that runs."""

from __future__ import annotations

from typing import Annotated

import typer

from swimctl.cli import output, policy
from swimctl.cli.context import caller, of
from swimctl.cli.pause import BatchId
from swimctl.errors import UsageError
from swimctl.models import ExecutionMode
from swimctl.requests.documents import batch_document
from swimctl.requests.plans import require_later

app = typer.Typer()


@app.command()
def change(
    ctx: typer.Context,
    batch: BatchId,
    *,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=500, help="How many devices at the same time, from now on."),
    ] = None,
    max_failures: policy.MaxFailures = None,
    until: policy.Until = None,
) -> None:
    """Change the limits of a batch while it runs. Whichever process runs it obeys before the next job starts.

    Exit code 3: all its jobs have ended, or --workers for a sequential batch.
    """
    if workers is None and max_failures is None and until is None:
        raise UsageError("give what to change: --workers, --max-failures or --until")
    context = of(ctx)
    with context.open() as opened:
        how, failures = policy.policy_of(max_failures=max_failures, until=until, now=opened.clock.now())
        require_later(how.until, opened.clock.now())
        changed = opened.store.change(
            batch,
            caller(),
            workers=workers,
            max_failures=failures,
            max_failures_percent=how.max_failures_percent,
            until=how.until,
        )
    if context.json:
        output.print_json(batch_document(changed))
        return
    share = changed.policy.max_failures_percent
    stops = f"{share:g}%" if share is not None else str(changed.max_failures or "never")
    until_ = output.local_time(changed.policy.until) or "no limit"
    sequential = changed.mode is ExecutionMode.SEQUENTIAL
    many = 1 if sequential else changed.workers or opened.config.settings.workers
    output.print_line(f"batch {changed.id}: workers {many}, max-failures {stops}, until {until_}")
