"""A plan for programs: tab-separated lines, one for each device and one for each thing that lacks, and a last line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from swimctl.cli import output
from swimctl.clock import rfc3339

if TYPE_CHECKING:
    from swimctl.requests.preview import Preview

_ROWS = ("Id", "Device", "Runs", "Gets", "Image", "Bytes", "From", "Wave", "After", "Verdict")
_TYPED = ("Device", "Command")
_STEPS = ("Step", "Does")
_LACKS = ("Device", "Rule", "Seen", "Needed", "Next", "Waive")
_WAIVED = ("Device", "Finding", "Seen", "Reason", "By", "Covers")


def lines(preview: Preview, *, commands: bool = False) -> str:
    """Return all lines."""
    rows = [
        (
            row.item.device.id,
            row.item.device.name,
            row.runs,
            row.gets,
            row.item.image.filename if row.item.image else "",
            row.to_copy if row.item.image else "",
            row.origin,
            row.item.wave if row.item.refusal is None else "",
            comes_after((*row.item.after, *filter(None, (row.item.follows,))), row.item.device.redundancy_group),
            "; ".join(filter(None, (row.verdict.value, row.note))),
        )
        for row in preview.rows
    ]
    lacks = [
        (row.item.device.name, lack.rule, lack.seen, lack.needed, lack.following, lack.waive)
        for row in preview.rows
        for lack in row.lacks
    ]
    typed = [(row.item.device.name, command) for row in preview.rows for command in row.commands] if commands else []
    idle = set(preview.idle_waivers)
    waived = [
        (one.device, one.finding, one.seen, one.reason, one.by, "nothing now" if one in idle else "")
        for one in preview.plan.request.options.waivers
    ]
    tables: tuple[tuple[Sequence[str], Sequence[Sequence[object]]], ...] = (
        (_ROWS, rows), (_LACKS, lacks), (_WAIVED, waived), (_STEPS, preview.steps), (_TYPED, typed)
    )  # fmt: skip
    return "".join([*(line for columns, found in tables if found for line in _tabbed(columns, found)), _last(preview)])


def comes_after(after: Sequence[str], group: str | None, most: int = 3) -> str:
    """Return what a device waits for."""
    more = len(after) - most
    names = ", ".join(after[:most]) + (f" and {more} more" if more > 0 else "")
    return "; ".join(part for part in (names, f"one of {group} at a time" if group else "") if part)


def _tabbed(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    yield "\t".join(column.lower() for column in columns) + "\n"
    for row in rows:
        yield "\t".join(" ".join(output.plain(str(cell)).split()) for cell in row) + "\n"


def _last(preview: Preview) -> str:
    counts = " ".join(f"{verdict.value.replace(' ', '-')}={number}" for verdict, number in preview.counts.items())
    told = preview.forecast
    ends = f" ends={rfc3339(told.ends)} fits={'yes' if preview.fits else 'no'}" if told else ""
    ends += " frozen=yes" if preview.frozen else ""
    return f"swimctl: plan {counts} bytes={preview.to_copy} wan={preview.over_wan}{ends}\n"
