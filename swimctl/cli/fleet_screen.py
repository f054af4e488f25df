"""What many devices run, for people: counts, then what is not as it should be. Holds at 80 columns and 24 lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from swimctl.cli import output
from swimctl.inventory.selection import some

if TYPE_CHECKING:
    from swimctl.images.compliance import Compliance, Group

COLUMNS: Final = (
    "Id", "Device", "Runs", "Seen", "Golden", "For", "Status", "Why", "Since", "By", "Site", "Model", "Support ends",
)  # fmt: skip
GROUP_COLUMNS: Final = ("Devices", "Compliant", "Other", "Unknown", "No golden", "Unsupported")
# So many reasons of a kind are shown, those of most devices first: what is left stands in the whole list.
_MOST_REASONS: Final = 4
_MOST_NAMES: Final = 6
_NAME: Final = "DEVICE"


def rows(found: Sequence[Compliance]) -> list[tuple[object, ...]]:
    """Return a line for each device."""
    return [
        (
            one.device.id,
            one.device.name,
            one.runs,
            output.local_time(one.seen_at),
            one.choice.release,
            one.choice.winner.whom if one.choice.winner else "",
            one.standing.value,
            one.why,
            output.local_time(one.since),
            one.seen_by,
            one.device.site,
            one.device.model,
            _support(one),
        )
        for one in found
    ]


def listed(found: Sequence[Compliance], width: int) -> str:
    """Return a line for each device, and below it why it is not as it should be."""
    lines = [("Device", "Runs", "Golden", "Status", "Seen")]
    lines += [
        (
            output.plain(one.device.name),
            output.plain(one.runs or ""),
            one.choice.release or "",
            one.standing.value,
            f"{one.seen_at.astimezone():%Y-%m-%d %H:%M}" if one.seen_at else "",
        )
        for one in found
    ]
    wide = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    written = ["  ".join(f"{cell:<{room}}" for cell, room in zip(line, wide, strict=True)).rstrip() for line in lines]
    text = [_cut(written[0], width)]
    for one, line in zip(found, written[1:], strict=True):
        ended = f"supported no more: {_support(one)}" if one.ended else ""
        why = "; ".join(filter(None, (one.why, ended)))
        text += [_cut(line, width), *(_wrapped("    ", why, width) if why else ())]
    return "\n".join([*text, ""])


def group_rows(groups: Sequence[Group]) -> list[tuple[object, ...]]:
    """Return a line for each group."""
    return [(group.name, group.devices, *group.counts.values(), group.ended) for group in groups]


def stands(found: Sequence[Compliance], width: int) -> str:
    """Return how many devices stand how, and for what reason those do that are not as they should be."""
    from swimctl.images.compliance import ComplianceStatus

    seen = sorted(one.seen_at for one in found if one.seen_at is not None)
    when = ""
    if seen:
        first, last = (f"{moment.astimezone():%Y-%m-%d %H:%M}" for moment in (seen[0], seen[-1]))
        when = f", seen between {first} and {last}"
    lines = [f"{len(found)} devices{when}", ""]
    counts = [(sum(one.standing is status for one in found), status.value) for status in ComplianceStatus]
    if any(one.ends for one in found):
        counts.append((sum(one.ended for one in found), "supported no more"))
    wide = max(len(str(number)) for number, _ in counts) + 2
    lines += [f"{number:>{wide}}  {what}" for number, what in counts]
    for status in (ComplianceStatus.OTHER, ComplianceStatus.UNKNOWN, ComplianceStatus.NO_GOLDEN):
        told = [(one.device.name, one.why) for one in found if one.standing is status]
        lines += _reasons(status.value.capitalize(), told, width)
    lines += _reasons("Supported no more", [(one.device.name, _support(one)) for one in found if one.ended], width)
    lines += ["", "All devices: --all-rows. Counts: --by site, --by model, --by release.", ""]
    return "\n".join(lines)


def scanned(ran: Sequence[tuple[str, str]], missed: Sequence[tuple[str, str]], took: str, width: int) -> str:
    """Return how many devices answered, what they run, and why the others did not answer."""
    lines = [f"{len(ran) + len(missed)} devices in {took}: {len(ran)} answered, {len(missed)} did not"]
    by_release: defaultdict[str, list[str]] = defaultdict(list)
    for name, release in ran:
        by_release[release].append(name)
    if ran:
        lines += ["", "They run"]
        several = sorted(by_release.items(), key=lambda one: -len(one[1]))
        wide = max(len(release) for release in by_release)
        lines += [_names(f"{len(names):>6}  {release:<{wide}}  ", names, width) for release, names in several]
    lines += _reasons("Not recorded", missed, width)
    return "\n".join([*lines, ""])


def _reasons(title: str, told: Iterable[tuple[str, str]], width: int) -> list[str]:
    """Return each reason once, with its devices: those of most devices first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, why in told:
        found[why.replace(name, _NAME)].append(name)
    if not found:
        return []
    several = sorted(found.items(), key=lambda one: -len(one[1]))
    lines = ["", title]
    for why, names in several[:_MOST_REASONS]:
        said = why.replace(_NAME, names[0]) if len(names) == 1 else why
        lines += _wrapped(f"{len(names):>6}  ", said, width)
        if len(names) > 1 or names[0] not in said:
            lines.append(_names("        ", names, width))
    left = several[_MOST_REASONS:]
    if left:
        lines.append(f"{sum(len(names) for _, names in left):>6}  for {len(left)} more reasons")
    return lines


def _support(one: Compliance) -> str:
    if one.ends is None:
        return ""
    what = " ".join(filter(None, (one.ends.model, one.ends.release)))
    note = f" ({one.ends.note})" if one.ends.note else ""
    return f"{one.ends.day.isoformat()} for {what}{note}"


def _wrapped(first: str, text: str, width: int) -> list[str]:
    return wrap(
        output.plain(text),
        max(width, 20),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _names(before: str, names: Sequence[str], width: int) -> str:
    """Return a line with as many names as it holds, and the number of the others."""
    lines = (output.plain(before + some(names, most)) for most in range(min(len(names), _MOST_NAMES), 0, -1))
    return next((line for line in lines if len(line) <= width), _cut(output.plain(before + names[0]), width))


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
