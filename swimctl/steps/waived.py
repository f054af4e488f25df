"""What somebody has waived of a job's device: held against what is found, before the upgrade and after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from swimctl.models import Finding
from swimctl.steps.base import JobContext
from swimctl.steps.comparison import Deviation
from swimctl.waivers import Waiver, as_typed, covering

# So many are shown in an error; an event has all of them.
_SHOWN: Final = 3


def waived_pairs(context: JobContext) -> frozenset[tuple[str, str]]:
    """Return what is waived of the job's device: each finding with what was seen."""
    mine = context.options.waivers
    return frozenset(
        (each.finding, each.seen) for each in mine if each.covers(context.device.name, each.finding, each.seen)
    )


def note_findings(context: JobContext, findings: Iterable[Finding]) -> None:
    """Record which of the findings were waived."""
    _note(context, [finding.waived for finding in findings if finding.waived is not None])


def note_deviations(context: JobContext, met: Iterable[Deviation]) -> None:
    """Record which deviations from the baseline were waived."""
    name = context.device.name
    found = (covering(context.options.waivers, name, each.finding, each.seen) for each in met)
    _note(context, [waiver for waiver in found if waiver is not None])


def _note(context: JobContext, met: Iterable[Waiver]) -> None:
    for waiver in met:
        key = f"waived {waiver.finding} = {waiver.seen}"
        if context.record.recall(key) is None:  # once: a job looks several times
            context.record.remember(key, asdict(waiver))
            context.record.event("waived", str(waiver), **asdict(waiver))


def how_to_waive(device: str, found: Iterable[tuple[str, str]]) -> str:
    """Return how findings, each with what was seen, are waived; empty where one of them cannot be."""
    options = [as_typed(device, finding, seen) for finding, seen in found]
    if not options or not all(options):
        return ""
    more = f" (and {len(options) - _SHOWN} more)" if len(options) > _SHOWN else ""
    return f"to accept exactly this: `{' '.join(options[:_SHOWN])} --reason WHY`{more}"


def how_to_waive_findings(device: str, refused: Sequence[Finding]) -> str:
    """Return how rules that do not hold are waived; empty where one of them cannot be."""
    return how_to_waive(device, [(finding.rule, finding.seen) for finding in refused])
