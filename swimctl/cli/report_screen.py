"""A report on a terminal: the outcome first, then what needs somebody, then all others, within a screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from swimctl.cli import output
from swimctl.report.results import SUCCESS, remark, seconds_between
from swimctl.report.sentences import headline, releases_of, subline
from swimctl.report.words import length, one_line, word

if TYPE_CHECKING:
    from rich.text import Text

    from swimctl.report.facts import DeviceRecord, Record

# So many that succeeded have a line in any case; so many names are given of those that have none.
_SOME: Final = 4
_NAMES: Final = 12
_REASON: Final = 3  # lines of it
_LOW: Final = 24  # a terminal that is lower scrolls
_WIDE: Final = 100
_STYLES: Final = {"success": "green", "failed": "bold red", "unknown": "bold red", "interrupted": "bold yellow"}


def print_report(record: Record) -> None:
    """Print it to standard output."""
    from rich.console import Console

    console = Console(file=sys.stdout)
    with console.capture() as capture:
        for line in screen(record, min(console.width, _WIDE), console.height):
            console.print(line, soft_wrap=True)
    output.write(sys.stdout, capture.get())


def screen(record: Record, width: int, height: int) -> list[Text]:
    """Return the lines of a screen; one line of it is left for the prompt. Pure."""
    from rich.text import Text

    bad = [one for one in record.worst_first if one.result != SUCCESS]
    good = [one for one in record.worst_first if one.result == SUCCESS]
    lines = [Text(headline(record), style="bold red" if bad else "bold green")]
    lines += [*_wrapped(subline(record), width), *_wrapped(", ".join(_people(record)), width), Text("")]
    end = [Text(""), *_wrapped(f"All of it: `swimctl report --batch {record.batch.id[:8]} --out report.html`", width)]
    left = max(height, _LOW) - 1 - len(lines) - len(end)
    # Those that did not succeed have all lines but some, as what went well is worth a look, too.
    told, rest = _told(bad, width, left - (min(len(good), _SOME) + 2 if good else 1))
    lines += told
    if rest:
        lines += [*_wrapped(f"and {len(rest)} more: {', '.join(_names(rest))}", width)][:1]
    if bad and good:
        lines.append(Text(""))
    left = max(height, _LOW) - 1 - len(lines) - len(end)
    listed = good if len(good) <= left else good[: max(0, left - 1)]
    lines += map(_head, listed)
    if len(good) > len(listed):
        gone = [one.away for one in good if one.away is not None]
        most = f", away for {length(max(gone))} at most" if gone else ""
        lines.append(Text(f"and {len(good) - len(listed)} more that succeeded{most}", style="dim"))
    return lines + end


def _told(bad: Sequence[DeviceRecord], width: int, left: int) -> tuple[list[Text], Sequence[DeviceRecord]]:
    """Return as much of what did not succeed as there is room for, and who is left; the first has all its lines."""
    lines: list[Text] = []
    for number, one in enumerate(bad):
        reason = [*_wrapped(remark(one.job), width, "  ")]
        if number and len(reason) > _REASON:
            reason = [*reason[: _REASON - 1], reason[_REASON - 1] + " …"]
        if number and len(lines) + 1 + len(reason) > left:
            return lines, bad[number:]
        lines += [_head(one), *reason]
    return lines, ()


def _people(record: Record) -> Iterator[str]:
    batch = record.batch
    if batch.policy.ticket:
        yield one_line(batch.policy.ticket)
    if batch.requested_by:
        yield f"asked for by {one_line(batch.requested_by)}"
    if batch.approved_by:
        yield f"approved by {one_line(batch.approved_by)}"
    elif batch.needs_approval:
        yield "approved by nobody yet"
    tolerated = sum(each.standing == "tolerated" for one in record.devices for each in one.differences)
    waived = sum(len(one.job.waived) for one in record.devices)
    yield f"{tolerated} tolerated, {waived} waived"


def _head(one: DeviceRecord) -> Text:
    from rich.text import Text

    line = Text(f"{one_line(one.job.device_name):<16} ")
    line.append(f"{word(one.result):<13}", style=_STYLES.get(one.result, "yellow"))
    changes = {(each.before or "not read", each.after or "not proved") for each in releases_of(one)}
    line.append(", ".join(f"{before} → {after}" for before, after in sorted(changes)))
    if one.still_away:
        line.append("  no answer", style="bold red")
    elif one.away is not None:
        line.append(f"  away {length(one.away)}", style="dim")
    else:
        line.append(f"  {length(seconds_between(one.job.started_at, one.job.finished_at))}", style="dim")
    return line


def _names(devices: Sequence[DeviceRecord]) -> Iterator[str]:
    yield from (one_line(one.job.device_name) for one in devices[:_NAMES])
    if len(devices) > _NAMES:
        yield "…"


def _wrapped(text: str, width: int, indent: str = "") -> Iterator[Text]:
    from rich.text import Text

    for line in output.broken(one_line(text), width - len(indent) - 2).splitlines():
        yield Text(indent + line)
