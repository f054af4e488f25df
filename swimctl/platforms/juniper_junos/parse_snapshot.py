"""`show system snapshot`: what a device keeps to boot from, in two root partitions or as recovery snapshots."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import InstallOutcome
from swimctl.facts_junos import NodeSnapshots
from swimctl.platforms.juniper_junos.nodes import by_node
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import ended, filled

_SHOW: Final = "show system snapshot"
_PARTITION: Final = re.compile(r"Information for snapshot on +internal \(/dev/\w+\) \((?:primary|backup)\)")
_UNREADABLE: Final = re.compile(r"error: cannot mount \S+|mount: \S+: .+")
# The base tells the release (`jbase  : ex-12.3R12-S15`, `junos : 15.1X49-D70.3-domestic`); others may have their own.
_BASE: Final = re.compile(
    r"(?:jbase|junos) *: (?:[A-Za-z]\w*-)*(\d+\.\d+[A-Z]\d[\w.]*(?:-[SD]\d[\w.]*)?)(?:-(?:domestic|export|limited))?"
)
_NOISE: Final = re.compile(
    r"Creation date: .+|[\w-]+ *: \S+|JUNOS version on snapshot:|Doing the initial labeling\.\.\."
    r"|WARNING: snapshot format is incompatible with the software currently running"
)
_RECOVERY: Final = "Recovery Snapshots:"
_VERSION: Final = re.compile(r"Junos version: (\d+\.\d+[A-Z]\d\S*)")
_TOTAL: Final = re.compile(r"Total recovery snapshots: (\d+)")
_NONE: Final = "No recovery snapshots available on the OAM volume"
_KEPT: Final = re.compile(r"Snapshots available on the OAM volume:|\S+\.ufs\S*|Date created: .+")

_MADE: Final = re.compile(
    r"The following filesystems were archived: /.*|(?:.* )?snapshot created successfully\.?", re.IGNORECASE
)
_FAILED: Final = re.compile(
    r"error: .*|.*\b(?:failed|aborted)\b.*|.*\bNo space left\b.*|.*\bfilesystem is full\b.*|.*\bcannot mount\b.*",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"error: .*\b(?:snapshots?|media)\b.*", re.IGNORECASE)
_OURS: Final = re.compile(r"(?:Formatting alternate root|Copying|Creating image|Compressing image|Image size is)\b.*")


def parse_show_system_snapshot(text: str, command: str = _SHOW) -> tuple[NodeSnapshots, ...]:
    """Read which releases each node keeps.

    Raises UnparsableOutput for a device that keeps them in another way, say on a disk of its own.
    """
    parts = by_node([line.strip() for line in filled(text, command, TERMINAL)])
    return tuple(
        _recovery(text, command, node, lines) if _RECOVERY in lines else _partitions(text, command, node, lines)
        for node, lines in parts
    )


def parse_snapshot(text: str, command: str = "request system snapshot") -> InstallOutcome:
    """Read how making a snapshot ended on each node that answered; `succeeded` is None where one says neither."""
    parts = by_node([line.strip() for line in filled(text, command, TERMINAL)])
    lines = [line for _, body in parts for line in body]
    if not any(known.fullmatch(line) for line in lines for known in (_MADE, _OURS, _REFUSED)):
        raise UnparsableOutput(command, lines[0] if lines else "", "no line is of a snapshot")
    failed = [(node, line) for node, body in parts for line in body if _FAILED.fullmatch(line)]
    made = all(any(map(_MADE.fullmatch, body)) for _, body in parts)
    return InstallOutcome(
        operation="snapshot",
        succeeded=False if failed else (True if made else None),
        reason="; ".join(f"{node}: {line}" if node else line for node, line in failed) or None,
    )


def _partitions(text: str, command: str, node: str, lines: list[str]) -> NodeSnapshots:
    releases: list[str] = []
    partitions = 0
    unreadable = [line for line in lines if _UNREADABLE.fullmatch(line)]
    for line in lines:
        if _PARTITION.fullmatch(line):
            partitions += 1
        elif (found := _BASE.fullmatch(line)) and len(releases) == partitions - 1:
            releases.append(found[1])
        elif not (_NOISE.fullmatch(line) or _UNREADABLE.fullmatch(line)):
            raise UnparsableOutput(command, line, "this is neither of two root partitions nor of recovery snapshots")
    if len(releases) < partitions:
        raise UnparsableOutput(command, lines[-1], "a partition has no release")
    if partitions + len(unreadable) < 2 or not ended(text, lines[-1]):
        raise UnparsableOutput(command, lines[-1] if lines else "", "it ends before the second partition does")
    return NodeSnapshots(node, recovery=False, releases=tuple(releases), unreadable=tuple(unreadable))


def _recovery(text: str, command: str, node: str, lines: list[str]) -> NodeSnapshots:
    # Above are those that are none for recovery: they lie where what runs does, and start nothing without it.
    lines = lines[lines.index(_RECOVERY) + 1 :]
    releases = tuple(found[1] for line in lines if (found := _VERSION.fullmatch(line)))
    unreadable = tuple(line for line in lines if _UNREADABLE.fullmatch(line))
    total = next((int(found[1]) for line in lines if (found := _TOTAL.fullmatch(line))), None)
    for line in lines:
        if not (line == _NONE or any(known.fullmatch(line) for known in (_KEPT, _VERSION, _TOTAL, _UNREADABLE))):
            raise UnparsableOutput(command, line, "this is not of recovery snapshots")
    told = total == len(releases) or (not releases and (_NONE in lines or unreadable))
    if not told or not ended(text, lines[-1]):
        raise UnparsableOutput(command, lines[-1] if lines else "", "it does not tell how many snapshots there are")
    return NodeSnapshots(node, recovery=True, releases=releases, unreadable=unreadable)
