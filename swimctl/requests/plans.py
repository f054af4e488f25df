"""A request and its plan: which devices get which image, in what order and waves, and which get none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from swimctl.config.hours import Openings, Windows
from swimctl.errors import CalendarUnread, UsageError
from swimctl.inventory.selection import some
from swimctl.models import Device, ExecutionMode, Image, Job, JobOptions, Policy
from swimctl.requests.order import in_order, wave_of_each, wave_sizes
from swimctl.requests.waiving import check_waivers
from swimctl.states import RUNNING
from swimctl.times.here import zone_here

if TYPE_CHECKING:
    from swimctl.store import Kind, NewNight

MOST_WORKERS: Final = 500
LONGEST_SOAK: Final = 7 * 86_400


@dataclass(frozen=True, slots=True)
class UpgradeRequest:
    """What was asked for. `image` None means the golden image of each device; `workers` None the configured number.

    `max_failures` None means the default: 1 for sequential and for waves, else 0 (never stop).
    """

    devices: tuple[Device, ...]
    image: int | str | None = None
    options: JobOptions = field(default_factory=JobOptions)
    mode: ExecutionMode = ExecutionMode.PARALLEL
    max_failures: int | None = None
    schedule_time: datetime | None = None
    workers: int | None = None
    detached: bool = False
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What one device would get. Either `image` alone, or `refusal` says why it gets no job; `note` is no refusal.

    It starts in its `wave`, and not before the devices named in `after` are through. `pilot` is the device that has to
    prove its `kind` first, perhaps itself; empty where that is proved, or needs no proof.
    """

    device: Device
    image: Image | None
    refusal: str | None = None
    note: str = ""
    conflict: bool = False  # refused for the present state, not for what was given
    wave: int = 1
    after: tuple[str, ...] = ()
    kind: Kind | None = None
    pilot: str = ""

    @property
    def follows(self) -> str:
        """Return the first of its kind, after which it starts; empty where it follows none."""
        return "" if self.pilot == self.device.name else self.pilot


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with what each of its devices would get, in the order in which they are upgraded.

    That is the order of the request where no device hangs on another; those that get nothing come last.
    """

    request: UpgradeRequest
    items: tuple[PlanItem, ...]
    retry_of: str = ""  # the batch whose jobs are tried again
    signed: str = ""  # the SHA-256 of the file that it was read from
    night: NewNight | None = None  # it is what a campaign does in one night

    @property
    def accepted(self) -> tuple[PlanItem, ...]:
        """Return the devices that would get a job."""
        return tuple(item for item in self.items if item.refusal is None)

    @property
    def refused(self) -> tuple[PlanItem, ...]:
        """Return the devices that would not."""
        return tuple(item for item in self.items if item.refusal is not None)


def check(request: UpgradeRequest, now: datetime, windows: Callable[[str], Openings]) -> None:
    """Refuse what no plan can be made of. UsageError. `windows` reads a window as it is written."""
    if request.max_failures is not None and request.max_failures < 0:
        raise UsageError(f"max_failures must be 0 (never stop) or more, not {request.max_failures}")
    if request.workers is not None and not 1 <= request.workers <= MOST_WORKERS:
        raise UsageError(f"workers must be 1 to {MOST_WORKERS}, not {request.workers}")
    at = request.schedule_time
    if at is not None and at.utcoffset() is None:
        raise UsageError(f"schedule time {at.isoformat()} has no zone; end it with Z or an offset like +01:00")
    if at is not None and at <= now:
        raise UsageError(f"schedule time {at.isoformat()} is in the past; give a later time")
    _check_policy(request.policy, now, windows)
    check_waivers(request.options.waivers, [device.name for device in request.devices])


def _check_policy(policy: Policy, now: datetime, windows: Callable[[str], Openings]) -> None:
    wave_sizes(policy.waves, len(policy.waves))
    if not 0 <= policy.soak <= LONGEST_SOAK:
        raise UsageError(f"soak must be 0 to {LONGEST_SOAK} seconds, not {policy.soak:g}")
    if policy.window is not None:
        require_to_come(policy.window, windows(policy.window).opening(now))
    until = policy.until
    if until is not None and until.utcoffset() is None:
        raise UsageError(f"until {until.isoformat()} has no zone; end it with Z or an offset like +01:00")
    require_later(until, now)


def zoned(policy: Policy) -> Policy:
    """Return a policy whose window has the zone of this machine where it names none: elsewhere it is the same time."""
    if policy.window is None or policy.zone or not Windows.parse(policy.window).zoneless:
        return policy
    return replace(policy, zone=zone_here())


def require_later(until: datetime | None, now: datetime) -> None:
    """Refuse an end that has gone by. UsageError."""
    if until is not None and until <= now:
        raise UsageError(f"until {until.isoformat()} is in the past; give a later time")


def require_to_come(window: str, opening: object | None) -> None:
    """Refuse a window that has no opening any more. UsageError."""
    if opening is None:
        raise UsageError(f"the window {window!r} is over; give one that is to come")


def plan_item(
    device: Device, image: Image | None, refusal: str | None, others: Iterable[Job], twins: Sequence[str] = ()
) -> PlanItem:
    """Refuse where a job on the device is interrupted half-way; note where one is running or waiting.

    `twins` are other names of the same device.
    """
    notes = [f"it is {', '.join(twins)} too: one job at a time"] if twins else []
    for job in others:
        if job.status in RUNNING and job.interrupted:
            refusal = f"job {job.id} on it was interrupted: continue it first with `swimctl resume {job.id}`"
            return PlanItem(device, None, refusal, conflict=True)
        if job.interrupted:
            notes.append(f"job {job.id} on it never started: `swimctl resume {job.id}` or `swimctl cancel {job.id}`")
        elif job.status in RUNNING:
            notes.append(f"job {job.id} on it is {job.status}; this one waits for its end")
        else:
            notes.append(f"job {job.id} on it is {job.status} too")
    return PlanItem(device, None if refusal else image, refusal, "; ".join(notes))


def windowed(
    item: PlanItem, now: datetime, windows: Callable[[str], Openings], where: Callable[[str], str]
) -> PlanItem:
    """Refuse a device whose own window is none, cannot be read now, or opens no more; else note the window.

    `where` tells where a host stands; it is asked for a refusal alone, as that reads the inventory line by line.
    """
    own = item.device.window
    if own is None or item.refusal is not None:
        return item
    why = ""
    try:
        if windows(own).opening(now) is None:
            why = f"{own!r} opens no more; give it one that is to come"
    except (CalendarUnread, UsageError) as error:
        why = str(error)
    if why:
        return replace(item, image=None, refusal=f"{where(item.device.name)}: window of {item.device.name}: {why}")
    return replace(item, note="; ".join(filter(None, (item.note, f"its own window: {own}"))))


def arranged(items: Sequence[PlanItem], request: UpgradeRequest, known: Sequence[Device]) -> tuple[PlanItem, ...]:
    """Return those that get a job in their order and waves, the others behind them; `known` is the whole inventory."""
    accepted = {item.device.name: item for item in items if item.refusal is None}
    ordered, after = in_order([item.device for item in accepted.values()], known)
    waves = wave_of_each(request.policy.waves, len(ordered))
    return (
        *(
            replace(accepted[device.name], wave=wave, after=after[device.name])
            for device, wave in zip(ordered, waves, strict=True)
        ),
        *(item for item in items if item.refusal is not None),
    )


def failures_of(request: UpgradeRequest) -> int:
    """Return how many failures stop the batch, 0 for none."""
    if request.max_failures is not None:
        return request.max_failures
    if request.policy.max_failures_percent is not None:
        return 0
    return 1 if request.mode is ExecutionMode.SEQUENTIAL or request.policy.waves else 0


def reasons_of(items: Iterable[PlanItem]) -> list[str]:
    """Return each reason once, with the devices that it holds for."""
    reasons: dict[str, list[str]] = {}
    for item in items:
        reasons.setdefault(item.refusal or "", []).append(item.device.name)
    return [f"{some(names, 5)}: {reason}" for reason, names in reasons.items()]
