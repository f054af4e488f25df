"""What somebody has waived of a job's device: held against what is found, before the upgrade and after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import count

from swimctl.models import Finding
from swimctl.steps.base import JobContext
from swimctl.steps.comparison import Deviation
from swimctl.waivers import Waiver, covering, waivers_from


def waived_pairs(context: JobContext) -> frozenset[tuple[str, str]]:
    """Return what is waived of the job's device: each finding with what was seen."""
    name = context.device.name
    return frozenset(
        (each.finding, each.seen) for each in _waivers(context) if each.covers(name, each.finding, each.seen)
    )


def _waivers(context: JobContext) -> tuple[Waiver, ...]:
    """Return the waivers of the batch, and those of who looked at a device that was held."""
    found = [*context.options.waivers]
    for number in count(1):
        said = context.record.recall(f"said {number}")
        if said is None:
            return tuple(found)
        found += waivers_from(said["waivers"])
    raise AssertionError


def note_findings(context: JobContext, findings: Iterable[Finding]) -> None:
    """Record which of the findings were waived."""
    _note(context, [finding.waived for finding in findings if finding.waived is not None])


def note_deviations(context: JobContext, met: Iterable[Deviation]) -> None:
    """Record which deviations from the baseline were waived."""
    name = context.device.name
    found = (covering(_waivers(context), name, each.finding, each.seen) for each in met)
    _note(context, [waiver for waiver in found if waiver is not None])


def _note(context: JobContext, met: Iterable[Waiver]) -> None:
    for waiver in met:
        key = f"waived {waiver.finding} = {waiver.seen}"
        if context.record.recall(key) is None:  # once: a job looks several times
            context.record.remember(key, asdict(waiver))
            context.record.event("waived", str(waiver), **asdict(waiver))
