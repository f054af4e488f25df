"""What people see of campaigns: counts first, then who needs them, then the nights. Holds at 80 columns, 24 lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from swimctl.campaigns.rule_text import rule_text
from swimctl.campaigns.standing import State, Where, told
from swimctl.cli import output
from swimctl.inventory.selection import some
from swimctl.waiting import span

if TYPE_CHECKING:
    from swimctl.campaigns.nights import Begun, NotNow
    from swimctl.campaigns.outlook import Next, Outlook
    from swimctl.campaigns.standing import Sight, Stand
    from swimctl.store import Night

WINDOW: Final = "Window"
COLUMNS: Final = ("Campaign", "State", "Devices", "There", "Behind", "Held", "No job", "Nights", WINDOW)
DEVICE_COLUMNS: Final = ("Device", "Where", "Runs", "Gets", "Why")
_NIGHT_COLUMNS: Final = ("Night", "Begun", "Batch", "Devices", "Well", "Failed", "Unknown", "Left over")
_MOST_NIGHTS: Final = 5
_MOST_REASONS: Final = 3
_MOST_NAMES: Final = 5


def row(sight: Sight) -> tuple[object, ...]:
    """Return a campaign as a line of the list."""
    counts = sight.counts
    return (
        sight.campaign.name,
        sight.state.value,
        len(sight.stands),
        counts[Where.THERE],
        counts[Where.BEHIND] + counts[Where.TONIGHT],
        counts[Where.HELD_BACK],
        counts[Where.NO_JOB] + counts[Where.NO_GOLDEN] + counts[Where.NEWER],
        len(sight.nights),
        None if sight.rule is None else sight.rule.window,
    )


def unread(sight: Sight) -> str:
    """Return what is wrong with a campaign whose rule cannot be read; empty where it can."""
    return f"swimctl: campaign {sight.campaign.name}: {sight.problem}" if sight.rule is None else ""


def device_rows(sight: Sight) -> list[tuple[object, ...]]:
    """Return a line for each device."""
    return [
        (stand.device.name, stand.where.value, stand.runs or None, stand.gets or None, stand.why)
        for stand in sight.stands
    ]


def summary(sight: Sight) -> str:
    """Return the last line for machines."""
    counts = " ".join(f"{where.value.replace(' ', '-')}={sight.counts[where]}" for where in Where)
    name, mark = sight.campaign.name, sight.campaign.mark
    return f"swimctl: campaign={name} state={sight.state.value} nights={len(sight.nights)} {counts} mark={mark}"


def shown(sight: Sight, outlook: Outlook, now: datetime, width: int, *, all_rows: bool = False) -> str:
    """Return a campaign as a terminal shows it."""
    campaign = sight.campaign
    lines = [f"Campaign {campaign.name}: {sight.state.value}", ""]
    lines += [each for text in _head(sight, outlook, now) for each in _wrapped("  ", text, width)]
    for where in (Where.HELD_BACK, Where.NO_JOB, Where.NO_GOLDEN, Where.NEWER):
        lines += _reasons(where.value.capitalize(), sight.those(where), width)
    nights = sight.nights if all_rows else sight.nights[-_MOST_NIGHTS:]
    if nights:
        lines += ["", *_table([_NIGHT_COLUMNS, *(_night(night) for night in reversed(nights))], width)]
        if len(sight.nights) > len(nights):
            lines.append(f"  and {len(sight.nights) - len(nights)} earlier: --all-rows")
    if all_rows and sight.stands:
        cells = [tuple("" if cell is None else str(cell) for cell in line) for line in device_rows(sight)]
        lines += ["", *_table([DEVICE_COLUMNS, *cells], width)]
    if following := _next_command(sight):
        lines += ["", f"Next: {following}"]
    return "\n".join([*lines, ""])


def wanted(sight: Sight, width: int) -> str:
    """Return the whole rule of a campaign, for who is asked to approve it."""
    campaign = sight.campaign
    texts = (told(sight), rule_text(sight), f"wanted by {campaign.created_by or 'nobody knows whom'}")
    lines = (each for text in texts for each in _wrapped("  ", text, width))
    return "\n".join([f"Campaign {campaign.name}, rule {campaign.mark}", *lines])


def begun(one: Begun) -> str:
    """Return that a night begins."""
    night = one.night
    devices = output.devices(night.counts.all)
    return (
        f"swimctl: campaign {one.campaign.name}: night {night.number} begins with {devices}, batch {night.batch_id}; "
        f"it ends by {output.local_time(night.closes)}"
    )


def taken_up(one: NotNow, night: Night) -> str:
    """Return that a night goes on which a dead process left; of one that is paused, what has begun."""
    goes = f"what has begun goes on; {one.why}" if one.state is State.PAUSED else "goes on"
    return f"swimctl: campaign {one.campaign.name}: night {night.number} was left, and {goes}"


def contended(one: Begun) -> Iterator[str]:
    """Yield which devices the night leaves out because another campaign wishes them otherwise, each reason once."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for stand in one.contended:
        found[stand.why].append(stand.device.name)
    for why, names in found.items():
        yield f"swimctl: campaign {one.campaign.name}: left out: {some(names)}: {why}"


def not_now(one: NotNow, now: datetime) -> str:
    """Return why no night begins, and when the window opens."""
    text = f"swimctl: campaign {one.campaign.name}: {one.why}"
    if one.following is None or one.state not in {State.WAITING, State.UNRELEASED, State.UNAPPROVED}:
        return text
    return f"{text}; window: {_when(one.following, now)}"


def code(one: NotNow) -> int:
    """Return the exit code of a campaign whose night did not begin: 0 where nothing is left to do."""
    return {State.FINISHED: 0, State.BLOCKED: 1}.get(one.state, 3)


def _head(sight: Sight, outlook: Outlook, now: datetime) -> Iterator[str]:
    campaign = sight.campaign
    yield told(sight)
    # Whoever approves it by this has to see all of it.
    yield rule_text(sight, None if sight.state is State.UNAPPROVED else _MOST_NAMES)
    if campaign.needs_approval or sight.approval:
        who = f"approved by {campaign.approved_by}" if campaign.approved_by else "waits for an approval"
        yield f"Rule {campaign.mark}, wanted by {campaign.created_by or 'nobody knows whom'}, {who}"
    if campaign.ended_by:
        yield f"Ended by {campaign.ended_by}, {output.local_time(campaign.ended_at)}"
        return
    yield from filter(
        None,
        (
            f"Halted: {sight.halted}" if sight.halted else "",
            f"Paused by {campaign.paused_by}" if campaign.paused_by else "",
            sight.problem,
            f"No longer in the inventory: {some(sight.lost)}" if sight.lost else "",
            "" if sight.night is None else _going(sight.night, len(sight.left), now),
            f"The next night was released by {campaign.released_by}" if campaign.released_by else "",
        ),
    )
    if sight.rule is not None:
        yield from _to_come(sight, outlook, now)


def _going(night: Night, left: int, now: datetime) -> str:
    until = f"until {night.closes.astimezone():%H:%M}"
    if night.closes <= now:
        until = f"and its window has closed: `swimctl status --batch {night.batch_id[:8]}` says what it waits for"
    interrupted = f"{left} interrupted, " if left else ""
    ended = night.counts.all - night.counts.going
    return f"Night {night.number}: {ended} of {night.counts.all} have ended, {interrupted}{until}"


def _to_come(sight: Sight, outlook: Outlook, now: datetime) -> Iterator[str]:
    if outlook.next is None:
        yield f"No window: {outlook.why}"
    elif sight.counts[Where.BEHIND]:
        yield f"{'Window' if outlook.next.starts <= now else 'Next window'}: {_when(outlook.next, now)}"
    if closed := outlook.closed:
        yield f"Then the own windows of what is behind are closed: {some(closed.names)} ({some(closed.windows, 3)})"
        if closed.first is None:
            yield "No window is known in which theirs is open, too: change theirs, or that of the campaign"
        else:
            yield f"The first window for one of them: {_when(closed.first, now)}"
    if outlook.nights is not None:
        last = f", the last one on {_day(outlook.last.starts)}" if outlook.last else ""
        many = "1 night" if outlook.nights == 1 else f"{outlook.nights:,} nights"
        yield f"Left: {'about ' if outlook.guessed else ''}{many}{last}"


def _next_command(sight: Sight) -> str:
    name, state = sight.campaign.name, sight.state
    held = sight.those(Where.HELD_BACK)
    return {
        State.HALTED: f"`swimctl campaign continue {name} --reason TEXT`",
        State.PAUSED: f"`swimctl campaign continue {name}`",
        State.UNAPPROVED: f"`swimctl campaign approve {name} --rule {sight.campaign.mark}`, by somebody else",
        State.UNRELEASED: f"`swimctl campaign next {name}`",
        State.INTERRUPTED: f"`swimctl campaign tonight {name}`",
        State.RUNNING: f"`swimctl status --batch {sight.night.batch_id[:8]} --watch`" if sight.night else "",
    }.get(state) or (
        f"`swimctl campaign continue {name} --device {held[0].device.name} --reason TEXT`"
        if held and state is not State.ENDED
        else ""
    )


def _reasons(title: str, stands: Sequence[Stand], width: int) -> list[str]:
    """Return each reason once with its devices, those of most devices first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for stand in stands:
        found[stand.why.replace(stand.device.name, "DEVICE")].append(stand.device.name)
    several = sorted(found.items(), key=lambda one: -len(one[1]))
    lines = ["", title] if several else []
    for why, names in several[:_MOST_REASONS]:
        said = why.replace("DEVICE", names[0]) if len(names) == 1 else why
        lines += _wrapped("  ", f"{some(names, 4)}: {said}" if said else some(names, 4), width)
    if left := several[_MOST_REASONS:]:
        lines.append(f"  and {sum(len(names) for _, names in left)} for {len(left)} more reasons: --all-rows")
    return lines


def _night(night: Night) -> tuple[str, ...]:
    counts = night.counts
    numbers = (counts.all, counts.well, counts.failed, counts.unknown, counts.left_over)
    begun_at = f"{night.begun_at.astimezone():%Y-%m-%d %H:%M}"
    return (str(night.number), begun_at, night.batch_id[:8], *(str(number) if number else "-" for number in numbers))


def _table(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    wide = [max(len(output.plain(line[column])) for line in rows) for column in range(len(rows[0]))]
    written = (
        "  ".join(f"{output.plain(cell):<{room}}" for cell, room in zip(line, wide, strict=True)) for line in rows
    )
    return [line.rstrip() if len(line.rstrip()) <= width else f"{line[: width - 1]}…" for line in written]


def _when(following: Next, now: datetime) -> str:
    left = (following.starts - now).total_seconds()
    closes = f"{following.opening.closes.astimezone():%H:%M}"
    if left <= 0:
        return f"open until {closes}"
    return f"{_day(following.starts)} {following.starts.astimezone():%H:%M} to {closes}, in {span(left)}"


def _day(at: datetime) -> str:
    return f"{at.astimezone():%a %Y-%m-%d}"


def _wrapped(indent: str, text: str, width: int) -> list[str]:
    return wrap(
        output.plain(text),
        max(width, 20),
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
