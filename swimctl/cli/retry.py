"""swimctl retry: a new batch of the jobs that failed or were not attempted."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import completing, output, policy
from swimctl.cli.context import Context, Opened, of
from swimctl.cli.plan import Asks, looked_at, require_new, show, with_bound_waivers, write_plan
from swimctl.cli.upgrade import NoInputOption, YesOption, carry_out, confirm, signed_preview
from swimctl.cli.wanted import DetachOption, ReasonOption, WaiveOption, waivers_of
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.models import Device, Image, JobOptions
    from swimctl.requests.plans import Plan
    from swimctl.steps.first_look import FirstLook

app = typer.Typer()


@app.command()
def retry(
    ctx: typer.Context,
    *,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch", metavar="ID", help="The batch whose jobs to try again.", autocompletion=completing.batches
        ),
    ] = None,
    all_jobs: Annotated[
        bool, typer.Option("--all", help="Also those that would fail again. Without it, the devices are asked first.")
    ] = False,
    no_pilot: policy.NoPilot = False,
    until: policy.Until = None,
    window: policy.WindowOption = None,
    waive: WaiveOption = None,
    reason: ReasonOption = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan to a new file, and start nothing.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Run a plan of `retry --out`, and nothing that has changed since."),
    ] = None,
    detach: DetachOption = False,
    yes: YesOption = False,
    no_input: NoInputOption = False,
) -> None:
    """Make a new batch from the failed and not attempted jobs of a batch, and run it with the same options.

    It asks the devices first. A job that would fail again of its readiness check is left out, with the reason. On a
    terminal it asks you. Without a terminal it starts.
    """
    context = of(ctx)
    require_new(out)
    if (batch is None) is (plan is None):
        raise UsageError("give --batch ID, or --plan FILE" + (", not both" if batch else ""))
    with context.open() as opened:
        if plan is not None:
            given = {
                "--all": all_jobs,
                "--no-pilot": no_pilot,
                "--until": until,
                "--window": window,
                "--waive": waive,
                "--reason": reason,
                "--out": out,
                "--detach": detach,
            }
            typed = [name for name, value in given.items() if value]
            preview = signed_preview(context, opened, plan, typed, retry=True)
            if no_input or output.can_ask():
                confirm(context, opened, preview.plan, yes=yes, no_input=no_input, preview=preview)
            raise typer.Exit(carry_out(context, opened, preview.plan))
        from swimctl.requests.retrying import Again

        said, _ = policy.policy_of(until=until, window=window, now=opened.clock.now())
        again = Again(False if no_pilot else None, said.until, said.window)
        found = opened.service.retry_plan(str(batch), waivers_of(waive or (), reason), again)
        planned = with_bound_waivers(opened, found)
        planned = replace(planned, request=replace(planned.request, detached=detach))
        asks = _AskedOnce(opened)
        if not all_jobs:
            planned = _worth_it(context, opened, planned, asks)
        if out is not None:
            preview = looked_at(context, opened, planned, checker=asks)
            write_plan(opened, preview, out)
            raise typer.Exit(show(context, preview))
        if no_input or output.can_ask():
            asks_me = bool(planned.accepted) and not (yes or no_input)
            seen = looked_at(context, opened, planned, checker=asks) if asks_me else None
            confirm(context, opened, planned, yes=yes, no_input=no_input, preview=seen)
        raise typer.Exit(carry_out(context, opened, planned))


def _worth_it(context: Context, opened: Opened, plan: Plan, asks: _AskedOnce) -> Plan:
    count = len(plan.accepted)
    if count and not context.quiet:
        output.note(f"asking {output.devices(count)} what would fail again, changing nothing …")
    return opened.service.worth_retrying(plan, asks)


class _AskedOnce(Asks):
    """Ask each device once: what is worth a retry, and what the plan shows, is one look."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._looks: dict[int, FirstLook] = {}
        self._kept = threading.Lock()

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        """Return a device's first look, the one of before where there is one."""
        with self._kept:
            known = self._looks.get(device.id)
        if known is None:
            known = super().check(device, image, options)
            with self._kept:
                self._looks[device.id] = known
        return known
