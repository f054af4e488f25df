"""Options that name jobs by what people know of them, and the form in which they are printed."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli.context import Opened
from swimctl.errors import UsageError
from swimctl.models import Outcome
from swimctl.states import JobStatus

if TYPE_CHECKING:
    from swimctl.store import Wanted


class Form(StrEnum):
    """How a result is printed: as a document, or as tab-separated lines, on a terminal too."""

    JSON = "json"
    TSV = "tsv"
    YAML = "yaml"


_PANEL = "Which jobs"

TicketOption = Annotated[
    str | None,
    typer.Option("--ticket", metavar="TEXT", help="Only of batches with this ticket.", rich_help_panel=_PANEL),
]
OutcomeOption = Annotated[
    Outcome | None, typer.Option("--outcome", help="Only with this outcome.", rich_help_panel=_PANEL)
]
StatusOption = Annotated[
    JobStatus | None, typer.Option("--status", help="Only with this status.", rich_help_panel=_PANEL)
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        help="Only of batches made since then: 12h, 7d, or 2030-05-04T02:00+02:00.",
        rich_help_panel=_PANEL,
    ),
]
FormOption = Annotated[Form | None, typer.Option("--output", "-o", help="Print it in this form.")]


def wanted_of(
    opened: Opened,
    *,
    devices: tuple[str, ...] = (),
    batch: str | None = None,
    ticket: str | None = None,
    outcome: Outcome | None = None,
    status: JobStatus | None = None,
    since: str | None = None,
) -> Wanted:
    """Read the options. UsageError: a time that is none. NotFound: no such batch."""
    from swimctl.store import Wanted

    return Wanted(
        devices=devices,
        batch_id=None if batch is None else opened.store.batch(batch).id,
        ticket=ticket,
        outcome=outcome,
        status=status,
        since=None if since is None else read_since(since, opened.clock.now()),
    )


def read_since(text: str, now: datetime) -> datetime:
    """Read a moment, or how long ago it was. UsageError."""
    from swimctl.times.durations import read_duration
    from swimctl.times.moments import is_iso

    if is_iso(text):
        return datetime.fromisoformat(text.strip(" "))
    try:
        return now.astimezone(UTC) - read_duration(text)
    except UsageError as error:
        raise UsageError(
            f"--since {error}; or give a time with its offset, as 2030-05-04T02:00+02:00, or a time ago: 30m, 12h, 7d"
        ) from None
