"""A report as Markdown: to be read as it is, pasted into a ticket, or kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from swimctl.report.facts import DeviceRecord, Record
from swimctl.report.results import SUCCESS, remark, seconds_between
from swimctl.report.sealing import blank, sealed
from swimctl.report.sentences import decided, event_line, facts_of, headline, now_of, releases_of, subline
from swimctl.report.words import clock, length, moment, one_line
from swimctl.states import FINAL

# So many events of a device that failed are shown; `swimctl job events` has all.
_MOST: Final = 40
_PIPE: Final = re.compile(r"(\\*)\|")


def markdown(record: Record) -> str:
    """Write a record as Markdown, with its seal."""
    seal = blank(record)
    count = len(record.devices)
    lines = [
        f"# Upgrade of {count} device{'' if count == 1 else 's'}",
        "",
        f"**{headline(record)}.** {_cell(subline(record))}",
        "",
        *(f"- {name}: {_cell(value)}" for name, value in facts_of(record)),
        f"- Result: {', '.join(f'{many} {word}' for word, many in record.counts.items())}",
        *(f"- First of its kind: {_cell(name)}: {_cell(what)}" for name, what in record.pilots),
        "",
        *_table(
            ("Device", "From", "To", "Result", "Is now", "Away", "Started", "Time", "Remark"),
            map(_row, record.worst_first),
        ),
        *_section("Members", ("Device", "Member", "Before", "Now"), _members(record)),
        *_section(
            "Differences, and what was tolerated",
            ("Device", "Standing", "What", "Before", "Now", "Needed", "Why", "Who"),
            _differences(record),
        ),
        *_section(
            "Waived, and not met",
            ("Device", "Finding", "Seen", "Why", "Who"),
            [(each.device, each.finding, each.seen, each.reason, each.by) for each in record.unmet],
        ),
        *_section(
            "Who decided what",
            ("When", "Who", "What", "Why"),
            [
                (moment(each.at), each.who or "not known", each.what, each.why)
                for each in sorted(decided(record), key=lambda one: one.at)
            ],
        ),
        *_section("Commands that are sent once", ("Device", "At", "Command", "Answer"), _commands(record)),
    ]
    bad = [one for one in record.worst_first if one.result != SUCCESS]
    lines += ["", "## What did not succeed"] if bad else []
    for one in bad:
        lines += _evidence(one)
    by = f" by {_cell(record.made_by)}" if record.made_by else ""
    lines += [
        "",
        f"Made {moment(record.made_at)}{by}. Audit: entry {record.head.entry}, `{record.head.hash}`.",
        "`swimctl report verify FILE` says what that proves.",
        "",
        f"<!-- {seal} -->",
    ]
    return sealed("\n".join(lines) + "\n", seal)


def _row(one: DeviceRecord) -> Sequence[str]:
    job = one.job
    return (
        job.device_name,
        one.release_before or "not read",
        job.image_version,
        one.result,
        job.is_now,
        "no answer" if one.still_away else length(one.away),
        moment(job.started_at),
        length(seconds_between(job.started_at, job.finished_at)),
        remark(job),
    )


def _members(record: Record) -> Iterator[Sequence[str]]:
    for one in record.worst_first:
        if len(one.members) > 1:
            for each in releases_of(one):
                yield one.job.device_name, each.name, each.before or "not read", each.after or "not proved"


def _differences(record: Record) -> Iterator[Sequence[str]]:
    for one in record.worst_first:
        for each in one.differences:
            what = each.what if each.source in {"waiver", "comparison"} else f"{each.source}: {each.what}".strip(": ")
            yield (
                one.job.device_name,
                each.standing,
                what,
                each.before,
                each.after,
                each.needed,
                each.why,
                each.by,
            )


def _commands(record: Record) -> Iterator[Sequence[str]]:
    for one in record.worst_first:
        for each in one.commands:
            yield one.job.device_name, clock(each.at), each.line, each.answer


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    found = list(rows)
    return ["", f"## {title}", "", *_table(columns, found)] if found else []


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _evidence(one: DeviceRecord) -> Iterator[str]:
    job = one.job
    ended = "" if job.status in FINAL else f", waits for `swimctl resume {job.id}`"
    if job.waiting is not None:
        ended = f", waits: {job.waiting.sentence()}"
    yield from ("", f"### {_cell(job.device_name)} (job {job.id}): {one.result}{_cell(ended)}", "")
    yield from (_cell(job.error or "No reason was recorded."), "")
    if now := now_of(one):
        yield from (_cell(now), "")
    for step in job.steps:
        took = length(seconds_between(step.started_at, step.finished_at))
        yield f"- {step.name}: {step.status.value}{f' after {took}' if took else ''}"
    if not one.events:
        return
    yield from ("", "What was recorded:", "", "```text")
    if len(one.events) > _MOST:
        yield f"({len(one.events) - _MOST} earlier events: swimctl job events {job.id})"
    yield from (event_line(event).replace("```", "'''") for event in one.events[-_MOST:])
    yield "```"


def _cell(text: str) -> str:
    """Return a text in one line that ends no cell, and draws nothing from elsewhere into a ticket."""
    text = _PIPE.sub(lambda found: f"{found[1]}{found[1]}\\|", one_line(text))
    return text.replace("<", "&lt;").replace("![", "!\\[")
