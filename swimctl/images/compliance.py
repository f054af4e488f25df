"""Whether devices run their golden release, by what they were last seen to run and what jobs did since. Pure.

It is about what runs now: a release that is not committed yet counts as one that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from swimctl.clock import rfc3339
from swimctl.errors import UnorderedVersions
from swimctl.images.goldens import Choice
from swimctl.models import Device, Outcome
from swimctl.platforms.versions import compare, same_release
from swimctl.store.seen import Change, Seen


class ComplianceStatus(StrEnum):
    """How a device stands to its golden release. `unknown`: what it runs cannot be told."""

    COMPLIANT = "compliant"
    OTHER = "other release"
    UNKNOWN = "unknown"
    NO_GOLDEN = "no golden release"


@dataclass(frozen=True, slots=True)
class Compliance:
    """What one device should run, what it runs, seen when, and how that compares; `why` says what there is to say."""

    device: Device
    standing: ComplianceStatus
    why: str
    choice: Choice
    runs: str | None = None
    members: Mapping[str, str] | None = None
    seen_at: datetime | None = None

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
            "why": self.why,
        }


def counted(found: Iterable[Compliance]) -> dict[str, int]:
    """Count devices by how they stand, each standing in its order."""
    counts = Counter(one.standing for one in found)
    return {standing.value.replace(" ", "_"): counts[standing] for standing in ComplianceStatus}


def judge(device: Device, choice: Choice, seen: Seen | None, change: Change | None, problem: str | None) -> Compliance:
    """Compare a device with its golden release.

    `seen` is what it was last seen to run, `change` the newest job that may have changed that, `problem` why the
    inventory's entry is none that can be upgraded.
    """
    told = Compliance(device, ComplianceStatus.UNKNOWN, "", choice)
    if seen is not None:
        told = replace(told, runs=seen.release, members=seen.members, seen_at=seen.at)
    if problem is not None:
        return replace(told, why=problem)
    if choice.release is None:
        return replace(told, standing=ComplianceStatus.NO_GOLDEN, why=choice.refusal or "")
    if change is not None and (change.at is None or seen is None or change.at > seen.at):
        if change.outcome is not Outcome.UPGRADED:
            return replace(told, why=_in_doubt(change))
        told = replace(told, runs=change.release, members=None, seen_at=change.at)
    elif seen is None:
        return replace(told, why=f"it was never asked; `swimctl device compliance {device.name}` asks it")
    elif seen.doubt:
        return replace(told, why=seen.doubt)
    return _compared(told, choice.release)


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
    said = [
        f"{f'{name} runs ' if name and len(runs) > 2 else ''}{_order(release, golden)}" for name, release in odd.items()
    ]
    return replace(told, standing=ComplianceStatus.OTHER, why="; ".join(dict.fromkeys(said)))


def _order(release: str, golden: str) -> str:
    try:
        return f"{release}, {'older' if compare(release, golden) < 0 else 'newer'} than {golden}"
    except UnorderedVersions:
        return f"{release}, and not {golden}"
