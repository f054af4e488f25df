"""Whether devices run their golden release, by what they were last seen to run and what jobs did since. Pure.

It is about what runs now: a release that is not committed yet counts as one that is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from swimctl.clock import rfc3339
from swimctl.errors import UnorderedVersions
from swimctl.images.end_of_support import Ends
from swimctl.images.goldens import Choice
from swimctl.models import Device
from swimctl.platforms.versions import compare, is_newer, release, same_release
from swimctl.store.seen import Change, Seen


class ComplianceStatus(StrEnum):
    """How a device stands to its golden release. `unknown`: what it runs cannot be told."""

    COMPLIANT = "compliant"
    OTHER = "other release"
    UNKNOWN = "unknown"
    NO_GOLDEN = "no golden release"


@dataclass(frozen=True, slots=True)
class Compliance:
    """What one device should run, what it runs, and how that compares; `why` says what there is to say.

    It runs it since `since` at the latest, and was seen to at `seen_at`, by `seen_by`. `ends` is the end of support
    that comes first, `ended` that it is over. `newer`: all that is not the golden release is newer.
    """

    device: Device
    standing: ComplianceStatus
    why: str
    choice: Choice
    runs: str | None = None
    members: Mapping[str, str] | None = None
    seen_at: datetime | None = None
    since: datetime | None = None
    seen_by: str = ""
    ends: Ends | None = None
    ended: bool = False
    newer: bool = False

    @property
    def well(self) -> bool:
        """Return whether there is nothing to do: it runs what it should, and that is supported."""
        return self.standing in {ComplianceStatus.COMPLIANT, ComplianceStatus.NO_GOLDEN} and not self.ended

    def document(self) -> dict[str, Any]:
        """Write it as JSON."""
        rule = self.choice.winner
        return {
            "device_id": self.device.id,
            "device_hostname": self.device.name,
            "platform": self.device.platform,
            "model": self.device.model,
            "status": self.standing.value,
            "golden_release": self.choice.release,
            "golden_image": None if self.choice.image is None else self.choice.image.filename,
            "golden_for": None if rule is None else rule.whom,
            "runs": self.runs,
            "members": None if self.members is None else dict(self.members),
            "seen_at": None if self.seen_at is None else rfc3339(self.seen_at),
            "seen_by": self.seen_by,
            "since": None if self.since is None else rfc3339(self.since),
            "site": self.device.site,
            "role": self.device.role,
            "support_ends": None if self.ends is None else self.ends.day.isoformat(),
            "support_ended": self.ended,
            "support_note": "" if self.ends is None else self.ends.note,
            "why": self.why,
        }


def counted(found: Iterable[Compliance]) -> dict[str, int]:
    """Count devices by how they stand, each standing in its order."""
    counts = Counter(one.standing for one in found)
    return {standing.value.replace(" ", "_"): counts[standing] for standing in ComplianceStatus}


@dataclass(frozen=True, slots=True)
class Group:
    """Devices that have something in common, and how many of them stand how; `ended` are supported no more."""

    name: str
    devices: int
    counts: Mapping[str, int]
    ended: int

    def document(self) -> dict[str, Any]:
        """Write it as JSON."""
        return {"name": self.name, "count": self.devices, "counts": dict(self.counts), "support_ended": self.ended}


def grouped(found: Iterable[Compliance], by: str) -> list[Group]:
    """Return groups by `site`, `model` or `release`; those with most that is not well come first."""
    groups: defaultdict[str, list[Compliance]] = defaultdict(list)
    for one in found:
        groups[_common(one, by)].append(one)
    in_order = sorted(groups.items(), key=lambda group: (-sum(not one.well for one in group[1]), group[0]))
    return [Group(name, len(these), counted(these), sum(one.ended for one in these)) for name, these in in_order]


def _common(one: Compliance, by: str) -> str:
    if by == "release":
        return release(one.runs) if one.runs else "not known"
    return (one.device.site if by == "site" else one.device.model) or "not known"


def compliance_document(found: Sequence[Compliance], by: str | None = None) -> dict[str, Any]:
    """Return all of it as JSON, with groups `by` something where that is asked for."""
    return {
        "compliant": all(one.well for one in found),
        "count": len(found),
        "counts": counted(found),
        "support_ended": sum(one.ended for one in found),
        "by": by,
        "groups": [] if by is None else [group.document() for group in grouped(found, by)],
        "devices": [one.document() for one in found],
    }


def judge(device: Device, choice: Choice, seen: Seen | None, change: Change | None, problem: str | None) -> Compliance:
    """Compare a device with its golden release.

    `seen` is what it was last seen to run, `change` the newest job after which nobody knows it, `problem` why the
    inventory's entry is none that can be upgraded.
    """
    told = Compliance(device, ComplianceStatus.UNKNOWN, "", choice)
    if seen is not None:
        told = replace(
            told,
            runs=seen.release,
            members=seen.members or None,
            seen_at=seen.at,
            since=seen.since,
            seen_by=seen.by,
        )
    if problem is not None:
        return replace(told, why=problem)
    if choice.release is None:
        return replace(told, standing=ComplianceStatus.NO_GOLDEN, why=choice.refusal or "")
    if change is not None and (change.at is None or seen is None or change.at > seen.at):
        return replace(told, why=_in_doubt(change))
    if seen is None:
        return replace(told, why=f"it was never asked; `swimctl scan {device.name}` asks it")
    if seen.doubt:
        return replace(told, why=seen.doubt)
    return _compared(told, choice.release)


def periods(seen: Sequence[Seen]) -> list[Seen]:
    """Return what a device ran, one after the other: what was seen again, or spelled otherwise, is one."""
    found: list[Seen] = []
    for one in seen:
        last = found[-1] if found else None
        if last is None or not _same(last, one):
            found.append(one)
            continue
        members, serials = one.members or last.members, one.serials or last.serials
        found[-1] = replace(one, since=last.since, members=members, serials=serials)
    return found


def _same(one: Seen, other: Seen) -> bool:
    """Return whether two sightings, one after the other, are of one device that went on running the same."""
    members = [name for name in one.members if name in other.members]
    return (
        one.doubt == other.doubt
        and same_release(one.release, other.release)
        and (not (one.members and other.members) or set(one.members) == set(other.members))
        and all(same_release(one.members[name], other.members[name]) for name in members)
        and (not (one.serials and other.serials) or not set(one.serials).isdisjoint(other.serials))
    )


def not_told(known: Compliance, why: str) -> Compliance:
    """Return how a device stands that could not be asked: what it ran before is no answer."""
    return replace(known, standing=ComplianceStatus.UNKNOWN, why=why)


def _in_doubt(change: Change) -> str:
    if change.outcome is None:
        return f"job {change.job_id} activates {change.release} on it; `swimctl status {change.job_id}`"
    return f"job {change.job_id} ended unknown; `swimctl status {change.job_id}` says what was seen"


def _compared(told: Compliance, golden: str) -> Compliance:
    runs = {"": told.runs or "", **(told.members or {})}
    odd = {name: release for name, release in runs.items() if not same_release(release, golden)}
    if not odd:
        return replace(told, standing=ComplianceStatus.COMPLIANT)
    told = replace(told, newer=all(is_newer(release, golden) for release in odd.values()))
    if len(odd) == len(runs) and len(set(runs.values())) == 1:
        return replace(told, standing=ComplianceStatus.OTHER, why=_order(runs[""], golden))
    said = [
        f"{f'{name} runs ' if name and len(runs) > 2 else ''}{_order(release, golden)}" for name, release in odd.items()
    ]
    return replace(told, standing=ComplianceStatus.OTHER, why="; ".join(dict.fromkeys(said)))


def _order(release: str, golden: str) -> str:
    try:
        return f"{release}, {'older' if compare(release, golden) < 0 else 'newer'} than {golden}"
    except UnorderedVersions:
        return f"{release}, and not {golden}"
