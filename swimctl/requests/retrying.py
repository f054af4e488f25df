"""A retry: which jobs are worth it, and what the others would fail of once more. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from swimctl.models import Device, Job
from swimctl.requests.looks import check_devices
from swimctl.requests.plans import Plan, PlanItem, arranged
from swimctl.waivers import how_to_waive

if TYPE_CHECKING:
    from swimctl.requests.looks import Checked, Checker

# So much of a long error is told beside a device.
_TOLD: Final = 160


def worth_retrying(
    plan: Plan,
    jobs: Sequence[Job],
    checker: Checker,
    workers: int,
    known: Sequence[Device],
    progress: Callable[[int], None] = lambda _: None,
) -> Plan:
    """Return the plan of a retry without the devices whose job would fail of its readiness check.

    `jobs` are those that are tried again, `known` is the whole inventory. A device that cannot be asked stays: it may
    answer later. The others say of what they failed the last time.
    """
    asked = [(item.device, item.image) for item in plan.accepted]
    answers = {each.device.id: each for each in check_devices(checker, asked, plan.request.options, workers, progress)}
    last = {job.device_id: job.error or "" for job in jobs if job.attempted}
    items = [
        item if item.refusal is not None else _judged(item, answers[item.device.id], last.get(item.device.id, ""))
        for item in plan.items
    ]
    return replace(plan, items=arranged(items, plan.request, known))


def _judged(item: PlanItem, answer: Checked, last: str) -> PlanItem:
    if answer.lacks:
        waive = how_to_waive(item.device.name, [(each.rule, each.seen) for each in answer.lacks])
        why = "; ".join(filter(None, (" | ".join(map(str, answer.lacks)), waive)))
        refusal = f"its job would fail again: {why}; --all tries it all the same"
        return replace(item, image=None, refusal=refusal, conflict=True)
    told = f"failed the last time: {_short(last)}" if last and not answer.already else ""
    return replace(item, note="; ".join(filter(None, (item.note, told))))


def _short(error: str) -> str:
    line = " ".join(error.split())
    return line if len(line) <= _TOLD else f"{line[:_TOLD].rstrip()} …"
