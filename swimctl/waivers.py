"""What a person may accept of a device: one finding with exactly what was seen, and never a rule. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from swimctl.errors import UsageError

_IDENTITY: Final = "that it is the right device, with all of its members, is its identity"
_FAMILY: Final = "it says whether the image is for this device, and whether swimctl can install it there"
_ROOM: Final = "a copy or an installation that runs out of room may leave the device without a whole image"
_HASH: Final = "an image with another hash is another image"
_UNREAD: Final = "what cannot be read cannot be compared after the reload"
_RIGHTS: Final = "the device would refuse the upgrade half-way"
_ASKED: Final = "it is about an option; leave that out"
_INSTALL: Final = "it decides whether the release comes up, or whether the device installs at all"
_COPY: Final = "the image would not come to the device"

# All rules of swimctl that nobody can waive, and why. tests/test_waivers.py fails if a rule is in neither table.
NEVER: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "identity", "known device", "model", "serial number", "stack members", "members", "modules", "nodes",
            "routing engines", "same release on every member", "same release on every module",
            "same release on every node", "standby processor", "standby supervisor", "supervisors of the pair",
            "two processors", "hostname",
        ),
        _IDENTITY,
    ),
    **dict.fromkeys(
        (
            "family", "image family", "kind of image", "kind of IOS XR", "image file", "release of the patch",
            "release in the file", "bootable", "one image", "installer", "upgraded by itself", "one processor",
            "one supervisor",
        ),
        _FAMILY,
    ),
    **dict.fromkeys(("room", "free", "space"), _ROOM),
    "hash": _HASH,
    "readable": _UNREAD,
    **dict.fromkeys(("privilege", "rights", "may configure"), _RIGHTS),
    **dict.fromkeys(("in-service upgrade", "another image than runs", "clean-up of flash", "impact"), _ASKED),
    **dict.fromkeys(
        (
            "install mode", "one mode on every member", "no uncommitted install", "no other image added",
            "auto-abort timer", "no install operation in progress", "no other install pending", "no reboot planned",
            "no upgrade in service under way", "installer's check", "configuration that the image can use",
            "boot variable", "boot variable is used", "boot image", "startup configuration", "activation in service",
            "stateful switchover",
        ),
        _INSTALL,
    ),
    **dict.fromkeys(("SCP server", "image server", "image sources", "relay"), _COPY),
}  # fmt: skip
# The rules of swimctl that a person may know better about, one finding at a time.
PERHAPS: Final = frozenset(
    {
        "not a downgrade", "redundancy group", "vPC partner", "MLAG partner", "MLAG reload delay",
        "dual-active detection", "StackWise Virtual links", "boots by itself", "boots from its own partition",
        "way back", "file of the running image", "snapshots",
    }
)  # fmt: skip
# What is compared after a reload, by how its findings begin; tests/test_waivers.py compares this with who finds them.
COMPARED: Final = (
    "routes", "check ", "uplink ", "interface ", "network neighbour ", "neighbour ", "access port ", "configuration ",
)  # fmt: skip
_UNKNOWN: Final = "swimctl finds nothing of this name"
# As a secret stands in all records.
MASKED: Final = "********"
_HIDDEN: Final = "what was seen holds a secret, which no record has: another value would look the same"
# Rules that name their subject behind these words.
_BEGIN: Final = {"free ": _ROOM, "readable ": _UNREAD, "hostname ": _IDENTITY}
_IS: Final = " = "
# So many are shown in an error; `job show` has all of them.
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Waiver:
    """One finding of one device that somebody accepts. Where other than `seen` is seen, it covers nothing.

    `seen` is empty until a look at the device has told it.
    """

    device: str
    finding: str
    seen: str = ""
    reason: str = ""
    by: str = ""

    def __str__(self) -> str:
        who = f", by {self.by}" if self.by else ""
        return f"{self.finding}: seen {self.seen} (waived: {self.reason}{who})"

    def covers(self, device: str, finding: str, seen: str) -> bool:
        """Return whether it accepts exactly this; what cannot be waived is never covered, whoever wrote that it is."""
        return bool(seen) and (self.device, self.finding, self.seen) == (device, finding, seen) and not why_not(finding)


@dataclass(frozen=True, slots=True)
class HeldLook:
    """What one look at a held device found that a person may accept: each finding with what was seen.

    `mark` names it. A look that finds the same has the same mark, and any other one another.
    """

    found: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, found: Iterable[Mapping[str, Any]]) -> HeldLook:
        """Read it as it stands in the events of a job."""
        return cls(tuple((str(each["finding"]), str(each["seen"])) for each in found))

    @property
    def mark(self) -> str:
        """Return what names it."""
        return sha256(json.dumps(sorted(self.found)).encode()).hexdigest()[:8]

    @property
    def refused(self) -> str:
        """Return what of it nobody can accept; empty where a person may accept all."""
        wrong = [f"{finding} ({why})" for finding, seen in self.found if (why := why_not_as(finding, seen))]
        return "; ".join(wrong) if self.found else "something is not back that decides about the release itself"

    def how_to_keep(self, job_id: int) -> str:
        """Return what was seen, and the command that accepts exactly this."""
        seen = ", ".join(f"{finding}: {what}" for finding, what in self.found[:_SHOWN])
        more = f" and {len(self.found) - _SHOWN} more" if len(self.found) > _SHOWN else ""
        return (
            f"look {self.mark} found {seen}{more}; to accept exactly this: `swimctl recheck {job_id} --keep --look "
            f"{self.mark} --reason WHY`"
        )


def why_not(finding: str) -> str:
    """Return why a finding cannot be waived, empty where it can."""
    if finding in NEVER:
        return NEVER[finding]
    if finding in PERHAPS or finding.startswith(COMPARED):
        return ""
    return next((why for beginning, why in _BEGIN.items() if finding.startswith(beginning)), _UNKNOWN)


def why_not_as(finding: str, seen: str) -> str:
    """Return why a finding cannot be waived as it was seen, empty where it can."""
    return why_not(finding) or (_HIDDEN if MASKED in f"{finding}{seen}" else "")


def covering(waivers: Iterable[Waiver], device: str, finding: str, seen: str) -> Waiver | None:
    """Return the waiver that accepts a finding, None where none does."""
    return next((waiver for waiver in waivers if waiver.covers(device, finding, seen)), None)


def as_typed(device: str, finding: str, seen: str) -> str:
    """Return the option that waives a finding, as it is pasted; empty where it cannot be waived."""
    return "" if why_not_as(finding, seen) or not seen else f"--waive {shlex.quote(f'{device}: {finding}{_IS}{seen}')}"


def how_to_waive(device: str, found: Iterable[tuple[str, str]]) -> str:
    """Return how findings, each with what was seen, are waived; empty where one of them cannot be."""
    options = [as_typed(device, finding, seen) for finding, seen in found]
    if not options or not all(options):
        return ""
    more = f" and {len(options) - _SHOWN} more, which `swimctl job show` names" if len(options) > _SHOWN else ""
    return f"to accept exactly this: `{' '.join(options[:_SHOWN])} --reason WHY`{more}"


def read_waiver(text: str, reason: str, by: str = "") -> Waiver:
    """Read `DEVICE: FINDING`, with ` = ` and what was seen behind it or without. UsageError: it cannot be waived."""
    device, colon, rest = text.partition(": ")
    finding, _, seen = rest.partition(_IS)
    waiver = Waiver(device.strip(), finding.strip(), seen, reason.strip(), by)
    if not colon or not waiver.device or not waiver.finding:
        raise UsageError(
            f"--waive {text!r} names no finding of a device; give it as 'sw3: redundancy group', or with what is seen: "
            "'sw3: redundancy group = none in the inventory'; `swimctl plan` shows what can be pasted"
        )
    require_waivable(waiver)
    return waiver


def require_waivable(waiver: Waiver) -> None:
    """Refuse a waiver of what cannot be waived, or without a reason. UsageError."""
    if why := why_not_as(waiver.finding, waiver.seen):
        raise UsageError(
            f"{waiver.finding!r} of {waiver.device} cannot be waived: {why}; identity, hash, family and room never "
            "can; next: `swimctl plan` says what mends it, and what can be pasted"
        )
    if not waiver.reason.strip():
        raise UsageError(f"say why {waiver.finding!r} of {waiver.device} is waived: --reason TEXT")


def waivers_from(said: Sequence[Mapping[str, Any]]) -> tuple[Waiver, ...]:
    """Read waivers as they are written as JSON."""
    return tuple(Waiver(**each) for each in said)
