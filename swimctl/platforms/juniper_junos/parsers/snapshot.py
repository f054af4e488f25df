"""`show system snapshot`: what a device keeps to boot from, in two root partitions or as recovery snapshots."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.juniper_junos.facts import NodeSnapshots
from swimctl.platforms.juniper_junos.nodes import parts_of, sections
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over, plain_words

_SHOW: Final = "show system snapshot"
_PARTITION: Final = re.compile(
    r"Information for snapshot on internal \(/dev/\w+\) \((?:primary|backup)\)", re.IGNORECASE
)
_LIKE_A_PARTITION: Final = re.compile(r"Information for snapshot\b.*", re.IGNORECASE)
_UNREADABLE: Final = re.compile(r"error: cannot mount \S+|mount: \S+: .+", re.IGNORECASE)
# The base tells the release (`jbase  : ex-12.3R12-S15`, `junos : 15.1X49-D70.3-domestic`); others may have their own.
_BASE: Final = re.compile(
    r"(?:jbase|junos) ?: (?:[A-Za-z]\w*-)*?(\d+\.\d+[A-Z]\d[\w.]*(?:-[SD]\d[\w.]*)?)(?:-(?:domestic|export|limited))?",
    re.IGNORECASE,
)
_NOISE: Final = re.compile(
    r"Creation date: .+|[\w-]+ ?: \S+|JUNOS version on snapshot:|Doing the initial labeling\.\.\."
    r"|WARNING: snapshot format is incompatible with the software currently running",
    re.IGNORECASE,
)
_RECOVERY: Final = re.compile(r"Recovery Snapshots:", re.IGNORECASE)
_VERSION: Final = re.compile(r"Junos version: (\d+\.\d+[A-Z]\d\S*)", re.IGNORECASE)
_LIKE_A_VERSION: Final = re.compile(r"Junos version\b.*", re.IGNORECASE)
_TOTAL: Final = re.compile(r"Total recovery snapshots: (\d+)", re.IGNORECASE)
_NONE: Final = re.compile(r"No recovery snapshots available\b.*", re.IGNORECASE)
_KEPT: Final = re.compile(r"Snapshots available on the OAM volume:|\S+\.ufs\S*|Date created: .+", re.IGNORECASE)

_MADE: Final = re.compile(
    r"The following filesystems were archived: /.*|(?:.* )?snapshot created successfully\.?", re.IGNORECASE
)
_FAILED: Final = re.compile(
    r"error: .*|.*\b(?:failed|aborted)\b.*|.*\bNo space left\b.*|.*\bfilesystem is full\b.*|.*\bcannot mount\b.*",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"error: .*\b(?:snapshots?|media)\b.*", re.IGNORECASE)
_OURS: Final = re.compile(
    r"(?:Formatting alternate root|Copying|Creating image|Compressing image|Image size is|Clearing current label)\b.*",
    re.IGNORECASE,
)


def parse_show_system_snapshot(text: str, command: str = _SHOW) -> tuple[NodeSnapshots, ...]:
    """Return which releases each node keeps; each partition has to have one, or recovery snapshots have to be counted.

    Raises UnparsableOutput for a device that keeps them in another way, say on a disk of its own.
    """
    raw = filled(text, command, TERMINAL)
    lines = [plain_words(line) for line in raw]
    parts = parts_of(command, lines, lambda line: _LIKE_A_PARTITION.fullmatch(line) or _LIKE_A_VERSION.fullmatch(line))
    # A release that nothing follows may be half of one.
    half = lines[-1] if text.rstrip(" \t").endswith(raw[-1].strip()) else ""
    return tuple(
        _recovery(half, command, node, part)
        if any(map(_RECOVERY.fullmatch, part))
        else _partitions(half, command, node, part)
        for node, part in parts
    )


def parse_snapshot(text: str, command: str = "request system snapshot") -> InstallOutcome:
    """Return how making a snapshot ended on each node that answered; `succeeded` is None where one says neither."""
    found = sections(command, [plain_words(line) for line in filled(text, command, TERMINAL)])
    # Above the members nobody says that it made one.
    parts = [each for each in found if each[0]] or found
    lines = [line for _, body in found for line in body]
    if not any(known.fullmatch(line) for line in lines for known in (_MADE, _OURS, _REFUSED)):
        raise UnparsableOutput(command, lines[0] if lines else "", "no line is of a snapshot")
    failed = [(node, line) for node, body in found for line in body if _FAILED.fullmatch(line)]
    made = all(any(map(_MADE.fullmatch, body)) for _, body in parts)
    return InstallOutcome(
        operation="snapshot",
        succeeded=False if failed else (True if made else None),
        reason="; ".join(f"{node}: {line}" if node else line for node, line in failed) or None,
    )


def _partitions(half: str, command: str, node: str, lines: list[str]) -> NodeSnapshots:
    releases: list[str] = []
    partitions = 0
    unreadable = [line for line in lines if _UNREADABLE.fullmatch(line)]
    for line in lines:
        if _PARTITION.fullmatch(line):
            partitions += 1
        elif _LIKE_A_PARTITION.fullmatch(line):
            raise UnparsableOutput(command, line, "this is neither of two root partitions nor of recovery snapshots")
        elif (found := _BASE.fullmatch(line)) and len(releases) == partitions - 1 and line != half:
            releases.append(found[1])
        elif not (_NOISE.fullmatch(line) or _UNREADABLE.fullmatch(line)):
            passed_over(command, line)
    if len(releases) < partitions:
        raise UnparsableOutput(command, lines[-1], "a partition has no release")
    if partitions + len(unreadable) < 2:
        raise UnparsableOutput(
            command, lines[-1] if lines else node, "this is neither of two root partitions nor of recovery snapshots"
        )
    return NodeSnapshots(node, recovery=False, releases=tuple(releases), unreadable=tuple(unreadable))


def _recovery(half: str, command: str, node: str, lines: list[str]) -> NodeSnapshots:
    # Above are those that are none for recovery: they lie where what runs does, and start nothing without it.
    begun = next(number for number, line in enumerate(lines) if _RECOVERY.fullmatch(line))
    lines = lines[begun + 1 :]
    releases = tuple(found[1] for line in lines if line != half and (found := _VERSION.fullmatch(line)))
    unreadable = tuple(line for line in lines if line != half and _UNREADABLE.fullmatch(line))
    total = next((int(found[1]) for line in lines if line != half and (found := _TOTAL.fullmatch(line))), None)
    for line in lines:
        if not any(known.fullmatch(line) for known in (_NONE, _KEPT, _VERSION, _TOTAL, _UNREADABLE)):
            if _LIKE_A_VERSION.fullmatch(line):
                raise UnparsableOutput(command, line, "the release of a snapshot cannot be read")
            passed_over(command, line)
    told = total == len(releases) or (not releases and (any(map(_NONE.fullmatch, lines)) or unreadable))
    if not told:
        raise UnparsableOutput(command, lines[-1] if lines else "", "it does not tell how many snapshots there are")
    return NodeSnapshots(node, recovery=True, releases=releases, unreadable=unreadable)
