"""A rehearsal for people, and for programs: tab-separated lines with a last line that sums up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from textwrap import wrap
from typing import Final, TextIO

from swimctl.cli import output
from swimctl.clock import rfc3339
from swimctl.inventory.selection import some
from swimctl.rehearse.report import UNKNOWABLE, Problem, Report

_FOUND: Final = {
    "plan": "Gets no job",
    "device": "Said by the device itself",
    "twin": "Shown by its twin",
}
_COLUMNS: Final = ("Device", "Found", "Step", "Outcome", "Seen", "Next", "Played")


def shown(report: Report, stream: TextIO) -> str:
    """Return the report as text."""
    if not output.is_terminal(stream):
        return "".join(f"{line}\n" for line in _lines(report))
    width = min(shutil.get_terminal_size().columns, 120)
    return "".join(f"{line}\n" for line in screen(report, width))


def _lines(report: Report) -> Iterator[str]:
    rows: list[Sequence[str]] = [
        (one.device, one.found, one.step, one.outcome, one.seen, one.following, one.played) for one in report.problems
    ]
    tables: tuple[tuple[Sequence[str], list[Sequence[str]]], ...] = (
        (_COLUMNS, rows),
        (("Not in the window", "Why"), [*report.unfit.items()]),
        (("Not rehearsed", "Why"), [*report.not_rehearsed.items()]),
        (("Unlike", "What"), [(name, "; ".join(what)) for name, what in report.unlike.items()]),
        (("Not done",), [(one,) for one in report.not_done]),
        (("Cannot be known", "Why"), [*UNKNOWABLE]),
    )
    for columns, found in tables:
        if found:
            yield "\t".join(columns)
            yield from ("\t".join(" ".join(output.plain(cell).split()) for cell in row) for row in found)
    stopped = rfc3339(report.stopped.at) if report.stopped and report.stopped.at else "-"
    yield (
        f"swimctl: rehearsal devices={report.devices} rehearsed={report.rehearsed} problems={len(report.problems)} "
        f"not-rehearsed={len(report.not_rehearsed)} stops={stopped} ends={rfc3339(report.ends)} "
        f"fits={'yes' if report.holds else 'no'}"
    )


def screen(report: Report, width: int) -> Iterator[str]:
    """Return the screen, line by line; none is wider than the terminal but one that is to be copied."""
    whole = f"Rehearsal of {report.rehearsed} of {_count(report.devices)} on twins; no device was changed"
    yield from _wrapped("", whole, width)
    yield ""
    for found, heading in _FOUND.items():
        those = [one for one in report.problems if one.found == found]
        if those:
            yield heading
            yield from _problems(those, width)
            yield ""
    yield from _named("Not rehearsed", report.not_rehearsed, width)
    yield from _named("Twins that are not like their devices", _joined(report.unlike), width)
    yield from _listed("Left out of a rehearsal", report.not_done, width)
    yield from _listed("What no twin can know", ["; ".join(what for what, _ in UNKNOWABLE)], width)
    yield from _night(report, width)


def _problems(problems: Sequence[Problem], width: int) -> Iterator[str]:
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for one in problems:
        nameless = tuple(text.replace(one.device, "\0") for text in (one.seen, one.following))
        alike.setdefault((one.step, one.outcome, one.played, *nameless), []).append(one)
    for (step, outcome, played, seen, following), those in alike.items():
        names = [one.device for one in those]
        who = names[0] if len(names) == 1 else "DEVICE"
        about = ", ".join(filter(None, (step, outcome, f"played: {played}" if played else "")))
        yield from _wrapped("  ", f"{some(names, 6)} ({about})", width)
        yield from _wrapped("    ", seen.replace("\0", who), width)
        yield from _wrapped("    next: ", following.replace("\0", who), width)


def _night(report: Report, width: int) -> Iterator[str]:
    yield f"The night, from {report.starts.astimezone():%a %Y-%m-%d %H:%M %z}"
    for wave in report.waves:
        parts = [f"{wave.upgraded} well"] if wave.upgraded else []
        parts += [f"{wave.failed} failed"] if wave.failed else []
        parts += [f"{wave.not_started} not started"] if wave.not_started else []
        when = f"{_at(report, wave.starts)} to {_at(report, wave.ends)}" if wave.starts else "does not start"
        yield from _wrapped("  ", f"Wave {wave.number}: {_count(wave.devices)}, {', '.join(parts)}; {when}", width)
    if report.stopped is not None:
        at = f" at {_at(report, report.stopped.at)}" if report.stopped.at else ""
        names = some(report.stopped.devices, 6)
        yield from _wrapped("  ", f"The line stops{at}: {report.stopped.why}; not started: {names}", width)
    for why, unfit in _alike(report.unfit).items():
        yield from _wrapped("  ", f"Does not fit: {some(unfit, 6)}: {why}", width)
    if report.faults:
        again = " ".join(f"--fault {one}" for one in report.faults)
        yield from _wrapped("  ", f"Played (seed {report.seed}): {again}", width)
    if report.guessed:
        models = some(report.guessed, 6)
        yield from _wrapped("  ", f"Partly a guess for {models}: no such job ended well here yet", width)
    if report.closes is not None:
        left = f"{_long(report.spare or timedelta(0))} are left" if report.holds else "not all fits"
        yield from _wrapped("  ", f"Closes {_at(report, report.closes)}: {left}", width)
    count = report.not_upgraded
    verdict = f"{_count(count)} would not be upgraded" if count else "nothing goes wrong that a twin can know"
    took = _long(report.ends - report.starts)
    yield from _wrapped("  ", f"Ends {_at(report, report.ends)}, {took} after it starts; {verdict}", width)


def _count(number: int) -> str:
    return "1 device" if number == 1 else f"{number} devices"


def _at(report: Report, moment: datetime | None) -> str:
    """Return a time of the night, with its day where that is another one."""
    if moment is None:
        return "-"
    local = moment.astimezone()
    return f"{local:%H:%M}" if local.date() == report.starts.astimezone().date() else f"{local:%a %H:%M}"


def _long(span: timedelta) -> str:
    return output.duration(abs(span.total_seconds()))


def _joined(unlike: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: "; ".join(what) for name, what in unlike.items()}


def _named(heading: str, found: Mapping[str, str], width: int) -> Iterator[str]:
    yield from _listed(heading, [f"{some(names, 6)}: {why}" for why, names in _alike(found).items()], width)


def _alike(found: Mapping[str, str]) -> dict[str, list[str]]:
    alike: dict[str, list[str]] = {}
    for name, why in found.items():
        alike.setdefault(why, []).append(name)
    return alike


def _listed(heading: str, lines: Sequence[str], width: int) -> Iterator[str]:
    if lines:
        yield heading
        for line in lines:
            yield from _wrapped("  ", line, width)
        yield ""


def _wrapped(indent: str, text: str, width: int) -> Iterator[str]:
    plain = output.plain(" ".join(text.split()))
    behind = " " * len(indent)
    yield from wrap(
        plain, width, initial_indent=indent, subsequent_indent=behind, break_on_hyphens=False, break_long_words=False
    ) or [indent.rstrip()]
