"""A plan for people: counts, what is refused, groups of equal devices, sums. Holds at 80 columns with any number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from textwrap import wrap
from typing import Final, TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from swimctl.cli import output
from swimctl.cli.plan_lines import comes_after
from swimctl.inventory.selection import some
from swimctl.report import words
from swimctl.requests.pilots import reasons
from swimctl.requests.preview import Preview, Row, Verdict
from swimctl.states import step_name

# So many devices are shown line by line without being asked for.
_FEW: Final = 12
# Of more groups than this, equal sites, models or roles are one; of more sums, so many are named.
_MANY: Final = 24
_NAMED: Final = 6
_ROOMY: Final = 120
# In so long a time, a time of the clock is one moment.
_NIGHT: Final = timedelta(hours=20)
_STYLES: Final = {
    Verdict.REFUSED: "bold red",
    Verdict.UNASKED: "bold red",
    Verdict.NOT_READY: "bold red",
    Verdict.READY: "green",
    Verdict.THERE: "dim",
    Verdict.NOT_ASKED: "",
}
_VERDICTS: Final = tuple(Verdict)
# Stands for the name of a device, where several are told the same.
_NAME: Final = "\0"
_ORIGINS: Final = {"push": "pushed by swimctl", "swimctl": "fetched from swimctl", "": "not asked"}
_ORDER: Final = (Verdict.READY, Verdict.NOT_ASKED, Verdict.THERE, Verdict.NOT_READY, Verdict.UNASKED, Verdict.REFUSED)
Value = Callable[[Row], str]


def on_terminal(preview: Preview, stream: TextIO, *, all_rows: bool, by: str | None, commands: bool) -> str:
    """Return the screen as the terminal takes it."""
    console = Console(file=stream, highlight=False)
    with console.capture() as capture:
        console.print(
            screen(preview, console.width, all_rows=all_rows, by=by, commands=commands), soft_wrap=True, end=""
        )
    return capture.get()


def screen(
    preview: Preview, width: int, *, all_rows: bool = False, by: str | None = None, commands: bool = False
) -> Text:
    """Return the whole screen; no line is wider than the terminal but one that is to be copied."""
    alone = reasons(preview.plan)
    parts = [
        _head(preview),
        *_lacking(preview, width),
        *_steps(preview, width),
        *_told(preview, width, "Waived", lambda row: row.waived),
        *_idle(preview, width),
        *_told(preview, width, "Removed from flash", _cleaned),
        *_told(preview, width, "Worth knowing", lambda row: row.note),
        *_told(preview, width, "First of its kind", lambda row: alone.get(row.item.device.name, "")),
        *_waiting(preview, width, all_rows=all_rows),
        *(_typed(preview, width) if commands else ()),
        _devices(preview, width, all_rows=all_rows, by=by),
        _sums(preview, width),
    ]
    whole = Text("\n").join(part for part in parts if part)
    whole.rstrip()
    return whole.append("\n")


def _head(preview: Preview) -> Text:
    text, wide = Text(), max(len(str(number)) for number in preview.counts.values()) + 2
    releases = sorted({image.version for image in preview.images})
    to = f" to {some(releases, 3)}" if releases else ""
    text.append(f"Plan for {_count(len(preview.rows))}{to}; nothing is changed\n\n", "bold")
    for verdict, number in preview.counts.items():
        text.append(f"{number:>{wide}}  {verdict.value}\n", _STYLES[verdict])
    return text


def _steps(preview: Preview, width: int) -> Iterator[Text]:
    """Return the steps of a workflow of one's own, with what each does; those of swimctl alone need no telling."""
    if preview.steps:
        text = Text().append("Steps\n", "bold")
        for number, (name, does) in enumerate(preview.steps, 1):
            said = output.plain(f"{name}: {does}" if does else name)
            text.append(_wrapped(f"  {number}. ", "     ", said, width))
        yield text


def _lacking(preview: Preview, width: int) -> Iterator[Text]:
    """Return all refusals, whole; those that are alike stand once, with all their devices."""
    found: dict[tuple[Verdict, tuple[tuple[str, ...], ...]], list[str]] = {}
    for row in preview.rows:
        name = row.item.device.name
        lacks = tuple(
            (each.rule, *(_nameless(part, name) for part in (each.seen, each.needed, each.following, each.waive)))
            for each in row.lacks
        )
        if lacks:
            found.setdefault((row.verdict, lacks), []).append(name)
    in_order = sorted(found.items(), key=lambda one: _VERDICTS.index(one[0][0]))
    for verdict, these in groupby(in_order, lambda one: one[0][0]):
        text = Text().append(f"{verdict.value.capitalize()}\n", _STYLES[verdict])
        for (_, lacks), names in these:
            who = names[0] if len(names) == 1 else "DEVICE"
            several = f" ({_count(len(names))})" if names[1:] else ""
            text.append(_wrapped("  ", "  ", ", ".join(names) + several, width), "bold")
            for lack in lacks:
                _add_lack(text, [part.replace(_NAME, who) for part in lack], width, ruled=verdict is Verdict.NOT_READY)
        yield text


def _add_lack(text: Text, lack: Sequence[str], width: int, *, ruled: bool) -> None:
    """Add one thing that lacks. Only of a rule it says more to name it, and what it needs."""
    rule, seen, needed, following, waive = lack
    if ruled:
        text.append(_wrapped("    ", "    ", rule, width))
    for label, said in (("seen", seen), ("needed", needed if ruled else ""), ("next", following)):
        if said:
            text.append(f"      {label:<8}", "dim").append(_wrapped(" " * 14, " " * 14, said, width)[14:])
    if waive:  # in one line, as it is pasted
        text.append("      accept  ", "dim").append(f"{output.plain(waive)} --reason …\n")


def _idle(preview: Preview, width: int) -> Iterator[Text]:
    """Return the waivers that cover nothing of what is seen now."""
    if preview.idle_waivers:
        text = Text().append("Waivers that cover nothing now\n", "bold")
        for one in preview.idle_waivers:
            text.append(_wrapped("  ", "    ", f"{one.device}: {one}", width))
        yield text


def _nameless(text: str, name: str) -> str:
    return text.replace(name, _NAME)


def _told(preview: Preview, width: int, title: str, said: Value) -> Iterator[Text]:
    """Return what is said of some devices; what is said of several stands once."""
    found: dict[str, list[str]] = {}
    for row in preview.rows:
        if words := said(row):
            found.setdefault(words, []).append(row.item.device.name)
    if found:
        text = Text().append(f"{title}\n", "bold")
        for words, names in found.items():
            text.append(_wrapped("  ", "    ", f"{some(names, 6)}: {words}", width))
        yield text


def _waiting(preview: Preview, width: int, *, all_rows: bool) -> Iterator[Text]:
    """Return whom devices wait for within their wave."""
    waits = [row for row in preview.rows if _waits_for(row)]
    if all_rows or len(waits) <= _FEW:
        yield from _told(preview, width, "Waits for", _waits_for)
    else:
        yield Text(f"{_count(len(waits))} wait for others; --all-rows names them\n")


def _waits_for(row: Row) -> str:
    return comes_after(row.item.after, row.item.device.redundancy_group) if row.item.refusal is None else ""


def _typed(preview: Preview, width: int) -> Iterator[Text]:
    """Return what would be typed; a command stands in one line, as it may be copied."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in preview.rows:
        if row.commands:
            found.setdefault(row.commands, []).append(row.item.device.name)
    if found:
        text = Text().append("Commands\n", "bold")
        for typed, names in found.items():
            text.append(_wrapped("  ", "  ", f"{some(names, 6)}", width), "bold")
            text.append("".join(f"    {output.plain(line)}\n" for line in typed))
        yield text


def _cleaned(row: Row) -> str:
    return ", ".join(row.cleans)


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    value: Value
    right: bool = False


def _devices(preview: Preview, width: int, *, all_rows: bool, by: str | None) -> Text:
    rows = sorted(preview.rows, key=lambda row: _ORDER.index(row.verdict))
    columns = [
        _Column("Verdict", lambda row: row.verdict.value),
        _Column("Runs → gets", _from_to),
        _Column("To copy", _to_copy, right=True),
        _Column("Wave", lambda row: str(row.item.wave) if row.item.refusal is None else "", right=True),
    ]
    if not any(row.item.wave > 1 for row in preview.rows):
        del columns[3]
    if by:
        columns.insert(0, _Column(by.capitalize(), lambda row: getattr(row.item.device, by) or f"no {by}"))
        rows.sort(key=columns[0].value)
    if width >= _ROOMY:
        columns.append(_Column("From", lambda row: row.origin))
        columns.append(_Column("Image", lambda row: row.item.image.filename if row.item.image else ""))
    if all_rows or len(rows) <= _FEW:
        first = _Column("Device", lambda row: row.item.device.name)
        ends = _Column("Ends", lambda row: _ends(preview, row))
        each = [*([columns.pop(0)] if by else []), first, *columns, ends]
        return _table(each, [[column.value(row) for column in each] for row in rows], width)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows if by else [row for row in rows if not row.lacks]:  # whoever lacks something stands above
        groups.setdefault(tuple(column.value(row) for column in columns), []).append(row)
    counted, named = _Column("Devices", str, right=True), _Column("Which", str)
    if by:
        return _table([columns[0], counted, *columns[1:]], _folded(columns, groups), width)
    cells = [
        [str(len(found)), *_summed(columns, values, found), some([row.item.device.name for row in found], 3)]
        for values, found in groups.items()
    ]
    return _table([counted, *columns, named], cells, width)


def _folded(columns: Sequence[_Column], groups: Mapping[tuple[str, ...], Sequence[Row]]) -> list[list[str]]:
    """Return groups with their sites, models or roles in front, each named once.

    Of many groups, sites whose devices are of the same kinds are one.
    """
    kinds: dict[str, list[tuple[str, ...]]] = {}
    for first, *others in groups:
        kinds.setdefault(first, []).append(tuple(others))
    alike: dict[tuple[object, ...], list[str]] = {}
    for first, lines in kinds.items():
        alike.setdefault((*lines, first if len(groups) <= _MANY else None), []).append(first)
    cells = []
    for names in alike.values():
        shown = some(names, 1)
        for line in kinds[names[0]]:
            rows = [row for name in names for row in groups[name, *line]]
            _, *summed = _summed(columns, ("", *line), rows)
            cells.append([shown, str(len(rows)), *summed])
            shown = ""
    return cells


def _summed(columns: Sequence[_Column], values: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Return a group's cells: what is to copy is that of all its devices."""
    total = sum(row.to_copy for row in rows if not row.lacks)
    return [
        words.size(total) if column.title == "To copy" and total else value
        for column, value in zip(columns, values, strict=True)
    ]


def _to_copy(row: Row) -> str:
    if row.lacks:
        return ""
    if row.to_copy:
        return words.size(row.to_copy)
    return "on flash" if row.verdict is Verdict.READY else ""


def _from_to(row: Row) -> str:
    if not row.gets:
        return row.runs
    return row.runs if row.verdict is Verdict.THERE else f"{row.runs or '?'} → {row.gets}"


def _ends(preview: Preview, row: Row) -> str:
    span = preview.forecast.spans.get(row.item.device.name) if preview.forecast else None
    if preview.forecast is None or span is None:
        return ""
    tonight = span.ends - preview.forecast.starts < _NIGHT
    return f"{span.ends.astimezone():%H:%M}" if tonight else f"{span.ends.astimezone():%a %H:%M}"


def _table(columns: Sequence[_Column], rows: Sequence[Sequence[str]], width: int) -> Text:
    """Return an aligned table; empty columns are left out, and the last one is cut where it is too wide."""
    kept = [number for number in range(len(columns)) if any(row[number] for row in rows)]
    lines = [[output.plain(cells[number]) for number in kept] for cells in ([each.title for each in columns], *rows)]
    wide = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    right = [columns[number].right for number in kept]
    text = Text()
    for number, cells in enumerate(lines):
        line = "  ".join(map(_aligned, cells, wide, right)).rstrip()
        cut = f"{set_cell_size(line, width - 1)}…" if cell_len(line) > width else line
        text.append(f"{cut}\n", "" if number else "bold")
    return text


def _aligned(text: str, wide: int, right: bool) -> str:
    return " " * (wide - cell_len(text)) + text if right else set_cell_size(text, wide)


def _sums(preview: Preview, width: int) -> Text:
    text, told = Text(), preview.forecast
    for label, said in _sentences(preview):
        text.append(_wrapped(f"{label:<13}", " " * 13, said, width))
    if told and not preview.fits:
        text.stylize("bold red", text.plain.rindex("Window") if "Window" in text.plain else 0)
    return text


def _sentences(preview: Preview) -> Iterator[tuple[str, str]]:
    """Yield each line of the sums, with its label."""
    told = preview.forecast
    if preview.frozen:
        yield "No upgrade", preview.frozen
    if told is None:
        return
    if preview.to_copy:
        wan = "all of it" if preview.over_wan == preview.to_copy else words.size(preview.over_wan)
        yield "To copy", f"{words.size(preview.to_copy)}, {wan} over the WAN"
        if sites := {name: number for name, number in preview.bytes_by("site").items() if name}:
            yield "  by site", _listed(sites)
        if preview.over_wan != preview.to_copy and (across := {k: n for k, n in preview.wan_by_site.items() if k}):
            yield "  over WAN", _listed(across)
        yield "  how", _listed({_ORIGINS.get(name, name): n for name, n in preview.bytes_by("origin").items()})
    for took in preview.models[:6]:
        steps = ", ".join(f"{step_name(kind)} {output.duration(seconds)}" for kind, seconds in took.seconds.items())
        yield "Took before", f"{took.of} ({took.jobs} {'job' if took.jobs == 1 else 'jobs'}): {steps}"
    starts = min((span.starts for span in told.spans.values()), default=told.starts)  # the window may open later
    yield "Starts", _moment(starts)
    if opening := preview.opening:
        state = "open until" if opening.opens <= told.starts else f"opens {_moment(opening.opens)}, closes"
        yield "Window", f"{opening.of}: {state} {_moment(opening.closes)}"
    policy = preview.plan.request.policy
    waves = max(row.item.wave for row in preview.goes)
    how = [f"{preview.workers} at a time"]
    how += [f"{waves} waves"] if waves > 1 else []
    how += [f"{output.duration(policy.soak)} soak"] if waves > 1 and policy.soak else []
    lasts = output.duration((told.ends - starts).total_seconds())
    yield "Ends", f"{_moment(told.ends)}, after {lasts} ({', '.join(how)})"
    if preview.guessed:
        yield "", f"partly a guess for {some(preview.guessed, 4)}: the store has no such job yet"
    if told.unfit:
        names = list(told.unfit)
        yield "Window", f"too short: {_count(len(names))} do not fit: {some(names, 4)}: {told.unfit[names[0]]}"
    elif preview.spare is not None and not preview.fits:
        late = output.duration(-preview.spare.total_seconds())
        yield "Window", f"too short: the last device ends {late} after it closes"
    elif preview.spare is not None:
        yield "Window", f"holds, with {output.duration(preview.spare.total_seconds())} to spare"


def _listed(sums: Mapping[str, int]) -> str:
    """Return what each has; of many the largest ones, and what all others have together."""
    shown = sorted(sums, key=lambda name: -sums[name])[: _FEW if len(sums) <= _FEW else _NAMED]
    told = [f"{name} {words.size(number)}" for name, number in sums.items() if name in shown]
    rest = sum(number for name, number in sums.items() if name not in shown)
    more = [f"{len(sums) - len(shown)} others {words.size(rest)}"] if rest else []
    return ", ".join([*told, *more])


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%a %Y-%m-%d %H:%M %z}"


def _count(number: int) -> str:
    return f"{number:,} device" + ("" if number == 1 else "s")


def _wrapped(first: str, then: str, text: str, width: int) -> str:
    """Break a text between its words; what is too long for a line stays whole, as it may be a command."""
    found = wrap(
        output.plain(text),
        max(width, 20),
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(found or [first.rstrip()]) + "\n"
