"""What a shell offers when somebody presses Tab: names that this installation has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from swimctl.cli.context import Opened
from swimctl.models import Job

Complete = Callable[[typer.Context, str], list[str]]

_MOST = 200


def _offering(names: Callable[[Opened], Iterable[str]]) -> Complete:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            with _opened(ctx) as opened:
                found = [name for name in names(opened) if name.startswith(incomplete)]
        except Exception:  # noqa: BLE001 - a shell that completes is no place for an error: it offers nothing
            return []
        return list(dict.fromkeys(found))[:_MOST]

    return complete


@contextmanager
def _opened(ctx: typer.Context) -> Iterator[Opened]:
    """Open the installation that the command line so far names; nothing is made by it."""
    path = Path(str(ctx.find_root().params.get("config") or "config.yaml"))
    with Opened(path) as opened:
        opened.__dict__["store"] = opened.present_store
        yield opened


def _checks(opened: Opened) -> list[str]:
    from swimctl.checks.rules import every_check

    return [check.name for check, _ in every_check(opened.config.settings.checks)]


devices = _offering(lambda opened: [device.name for device in opened.inventory.devices])
groups = _offering(lambda opened: sorted({name for device in opened.inventory.devices for name in device.groups}))
images = _offering(lambda opened: [image.filename for image in opened.store.images()])
checks = _offering(_checks)
workflows = _offering(lambda opened: [workflow.name for workflow in opened.service.workflows()])
campaigns = _offering(lambda opened: [campaign.name for campaign in opened.store.campaigns()])
batches = _offering(lambda opened: [batch.id[:8] for batch in opened.store.batches(_MOST)])
jobs = _offering(lambda opened: [str(job.id) for job in _latest(opened)])
jobs_and_devices = _offering(
    lambda opened: [
        *(str(job.id) for job in _latest(opened)),
        *(device.name for device in opened.inventory.devices),
    ]
)


def faults(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001 - as the others; it needs no installation
    """Offer the lab's faults."""
    from swimctl.lab.faults import FAULTS

    switch, equals, begun = incomplete.partition("=")
    who = switch if equals else "all"
    return [f"{who}={name}" for name in FAULTS if f"{who}={name}".startswith(incomplete) or name.startswith(begun)]


def _latest(opened: Opened) -> list[Job]:
    from swimctl.store import Wanted

    return opened.store.newest(Wanted(), _MOST)
