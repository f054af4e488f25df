"""What is seen now of what somebody waived without saying it: the devices are asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swimctl.errors import ConflictError
from swimctl.requests.looks import check_devices
from swimctl.waivers import Waiver

if TYPE_CHECKING:
    from swimctl.requests.looks import Checked, Checker
    from swimctl.requests.plans import Plan


def unbound_devices(plan: Plan) -> tuple[str, ...]:
    """Return the devices of which somebody waived a finding without saying what was seen."""
    return tuple(dict.fromkeys(waiver.device for waiver in plan.request.options.waivers if not waiver.seen))


def bind_waivers(plan: Plan, checker: Checker, workers: int) -> Plan:
    """Return a plan whose waivers all say what is seen now; devices are asked where one does not.

    ConflictError: a device cannot be asked, or has no such finding.
    """
    options, names = plan.request.options, unbound_devices(plan)
    asked = [(item.device, item.image) for item in plan.accepted if item.device.name in names]
    answers = {each.device.name: each for each in check_devices(checker, asked, options, workers)}
    found, wrong = [], []
    for waiver in options.waivers:
        seen = waiver.seen or _seen(waiver, answers.get(waiver.device))
        found.append(replace(waiver, seen=seen))
        if not seen:
            wrong.append(_why_unbound(waiver, answers.get(waiver.device)))
    if wrong:
        raise ConflictError(f"{'; '.join(wrong)}; nothing was started")
    return replace(plan, request=replace(plan.request, options=replace(options, waivers=tuple(found))))


def _seen(waiver: Waiver, answer: Checked | None) -> str:
    findings = answer.findings if answer else ()
    return next((each.seen for each in findings if each.rule == waiver.finding and not each.ok), "")


def _why_unbound(waiver: Waiver, answer: Checked | None) -> str:
    what = f"'{waiver.device}: {waiver.finding}' cannot be waived"
    if answer is None:
        return f"{what}: {waiver.device} gets no job"
    if answer.error is not None:
        return f"{what}, because {waiver.device} cannot be asked what is seen there: {answer.error}"
    rule = next((each for each in answer.findings if each.rule == waiver.finding), None)
    if rule is not None:
        return f"{what}: that rule holds there now (seen {rule.seen}); leave the waiver out"
    lacks = ", ".join(f"'{each.rule}'" for each in answer.findings if not each.ok) or "nothing"
    return (
        f"{what}: {waiver.device} has no such finding now; what does not hold there: {lacks}; for what is seen only "
        "after the reload, add ' = ' and what will be seen"
    )
