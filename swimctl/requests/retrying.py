"""A retry: which jobs are worth it, and what the others would fail of once more. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from swimctl.clock import to_the_minute
from swimctl.errors import ConflictError
from swimctl.images.catalogue import why_unfit
from swimctl.models import Batch, Device, Image, Job, Policy
from swimctl.requests.looks import check_devices
from swimctl.requests.plans import (
    Plan,
    PlanItem,
    UpgradeRequest,
    arranged,
    plan_item,
    require_later,
    require_to_come,
    zoned,
)
from swimctl.requests.waiving import check_waivers
from swimctl.states import JobStatus
from swimctl.waivers import Waiver, how_to_waive

if TYPE_CHECKING:
    from swimctl.config.hours import Openings
    from swimctl.inventory.hosts import Inventory
    from swimctl.requests.looks import Checked, Checker

# So much of a long error is told beside a device.
_TOLD: Final = 160


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be otherwise than in the batch that is tried again; None is as there."""

    pilot: bool | None = None
    until: datetime | None = None
    window: str | None = None


AS_BEFORE: Final = Again()


def policy_again(
    batch: Batch, again: Again, now: datetime, windows: Callable[[str, datetime, str], Openings]
) -> Policy:
    """Return the policy of a batch for what is tried again of it. `windows` reads a window, with its zone.

    UsageError: an end or a window is over. ConflictError: that of the batch is, and each job would fail of that.
    """
    was = batch.policy
    require_later(again.until, now)
    ends = again.until or was.until
    if ends is not None and ends <= now:
        raise _over(batch, f"was to end by {to_the_minute(ends)}", "--until TIME")
    policy = replace(was, until=ends, pilot=was.pilot if again.pilot is None else again.pilot)
    if again.window is not None:
        policy = zoned(replace(policy, window=again.window, zone=""))
    if policy.window is not None:
        opens = windows(policy.window, now, policy.zone).opening(now)
        if opens is None and again.window is None:
            raise _over(batch, f"had the window {policy.window}, which opens no more", "--window WINDOW")
        require_to_come(policy.window, opens)
    return policy


def _over(batch: Batch, why: str, option: str) -> ConflictError:
    return ConflictError(
        f"batch {batch.id} {why}, and so would this one; nothing was made; next: "
        f"`swimctl retry --batch {batch.id[:8]} {option}`"
    )


def tried_again(
    batch: Batch,
    jobs: Sequence[Job],
    hosts: Inventory,
    images: Sequence[Image],
    busy: Mapping[int, Sequence[Job]],
    waivers: Sequence[Waiver],
    policy: Policy,
    windowed: Callable[[PlanItem], PlanItem],
) -> Plan:
    """Return the plan of a batch's jobs that failed or were not attempted, each with its image, order and options.

    `jobs` are all of the batch, `busy` those that devices wait for or are in, `waivers` are added to those of the
    batch. `windowed` refuses a device whose own window opens no more. ConflictError: no job failed. UsageError: the
    waivers cannot be.
    """
    failed = [job for job in jobs if job.status is JobStatus.FAILED]
    if not failed:
        raise ConflictError(f"batch {batch.id} has no job that failed or was not attempted; nothing to retry")
    by_id = {image.id: image for image in images}
    known = {device.name: device for device in hosts.devices}
    items = []
    for job in failed:
        device = known.get(job.device_name)
        image = by_id.get(job.image_id)
        if device is None:
            device = Device(job.device_id, job.device_name, "", "")
            refusal: str | None = f"{job.device_name} is no longer in the inventory; add it again, or leave it"
        elif image is None:
            refusal = f"image {job.image_filename} is no longer in the catalogue; `swimctl image add` it again"
        else:
            refusal = hosts.problem(device.name) or why_unfit(device, image)
        item = plan_item(device, image, refusal, busy.get(device.id, ()))
        items.append(windowed(item) if batch.options.activate else item)
    names = [item.device.name for item in items]
    check_waivers(waivers, names)
    kept = [waiver for waiver in batch.options.waivers if waiver.device in names]
    request = UpgradeRequest(
        devices=tuple(item.device for item in items),
        options=replace(batch.options, waivers=(*kept, *waivers)),
        mode=batch.mode,
        max_failures=batch.max_failures,
        workers=batch.workers,
        policy=policy,
    )
    return Plan(request, arranged(items, request, hosts.devices), retry_of=batch.id)


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
