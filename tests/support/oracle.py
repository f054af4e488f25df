"""What a lab switch really is after a job, against which the job's own words are held."""

from __future__ import annotations

from support.upgrades import TARGET

from swimctl.lab.chassis import Chassis
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus

INSTALLS = ("add", "activate", "commit", "abort")


def really(lab: LabFleet, name: str) -> Outcome:
    """Return what a switch is, by looking into it; unknown is one that is down, half-way or not whole."""
    switch = lab.switch(name)
    installed, spec = switch.install, switch.spec
    releases = {installed.member_release(member).padded for member in switch.members}
    whole = len(switch.members) == len(spec.members)
    settled = switch.reachable and whole and not installed.uncommitted and installed.timer_ends is None
    if not settled or releases not in ({TARGET}, {spec.release.padded}):
        return Outcome.UNKNOWN
    if not lab.reloads(name):
        return Outcome.UNTOUCHED if releases == {spec.release.padded} else Outcome.UNKNOWN
    return Outcome.UPGRADED if releases == {TARGET} else Outcome.ROLLED_BACK


def really_of(chassis: Chassis, target: str, reloads: int) -> Outcome:
    """Return what a device of any system is, by looking into it; unknown is one that is down, half-way or not whole."""
    runs = set(chassis.runs.values())
    if not chassis.reachable or chassis.uncommitted or runs != {chassis.stays}:
        return Outcome.UNKNOWN
    if chassis.stays == target:
        return Outcome.UPGRADED if reloads else Outcome.UNTOUCHED
    return Outcome.ROLLED_BACK if reloads else Outcome.UNTOUCHED


def sent(lab: LabFleet, name: str, operation: str) -> int:
    """Count how often a switch was told to install so."""
    return sum(line.split()[:2] == ["install", operation] for line in lab.commands(name))


def assert_true(lab: LabFleet, job: Job) -> None:
    """Hold a job that has ended against its switch: what it says of it is so, and nothing was sent twice.

    It may say `unknown` only of a switch that was told to activate, that is not whole, or that others have to do with.
    """
    name, real = job.device_name, really(lab, job.device_name)
    seen = (name, job.status, job.outcome, real, job.error)
    assert job.status in {JobStatus.SUCCESS, JobStatus.FAILED}, seen
    if job.status is JobStatus.SUCCESS:
        assert job.outcome is real is Outcome.UPGRADED, seen
        assert job.error is None, seen
    elif job.outcome is Outcome.UNKNOWN:
        others = any(word in (job.error or "") for word in ("another device answers", "somebody else"))
        assert sent(lab, name, "activate") or real is Outcome.UNKNOWN or others, seen
    else:
        assert job.outcome is real, seen
        assert job.outcome is not Outcome.UPGRADED or sent(lab, name, "commit"), seen
    assert all(sent(lab, name, operation) <= 1 for operation in INSTALLS), (name, lab.commands(name))
    assert not [line for line in lab.commands(name) if line.startswith("reload")], name
    assert len(lab.reloads(name)) <= 1 + sent(lab, name, "abort"), (name, lab.reloads(name))
