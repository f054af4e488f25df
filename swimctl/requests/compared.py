"""Devices against their golden releases and the end of their support, by what the store knows; asks no device."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from swimctl.config.settings import Settings
from swimctl.images import end_of_support
from swimctl.images.compliance import Compliance, judge, periods
from swimctl.images.goldens import Choice, choose
from swimctl.models import Device
from swimctl.store import Store
from swimctl.store.seen import Seen

# So many of the newest sightings are read of each device. Behind an upgrade, its job and the next scan are two.
_LOOKS_BACK: Final = (3, 24)


def compared(
    devices: Sequence[Device],
    store: Store,
    settings: Settings,
    now: datetime,
    problem: Callable[[str], str | None],
    *,
    with_ends: bool = True,
) -> list[Compliance]:
    """Return how each device stands. `problem` says why one is none that can be upgraded.

    Without `with_ends` nobody reads until when releases are supported.

    ConfigError: the file with the ends of support has a mistake.
    """
    path = settings.compliance.end_of_support if with_ends else None
    ends = () if path is None else end_of_support.read(path)
    goldens, images = store.goldens(), store.images()
    seen, changes = last_periods(store, [device.id for device in devices]), store.changes()
    # What rules look at is the same of many devices, and they are the dearest part of it.
    choices: dict[Device, Choice] = {}
    found = []
    for device in devices:
        kind = _kind(device)
        if kind not in choices:
            choices[kind] = choose(kind, goldens, images, now)
        choice = choices[kind]
        one = judge(device, choice, seen.get(device.id), changes.get(device.id), problem(device.name))
        support = end_of_support.support_of(device, one.runs, ends)
        found.append(replace(one, ends=support, ended=support is not None and support.day < now.date()))
    return found


def last_periods(store: Store, device_ids: Collection[int]) -> dict[int, Seen]:
    """Return what each of these devices was last seen to run, and since when, by its id.

    What was seen before that is not read: the newest sightings say it, unless all of them are of one period.
    """
    found: dict[int, Seen] = {}
    left: Collection[int] = set(device_ids)
    for count in _LOOKS_BACK:
        more = []
        for device, seen in store.newest_sightings(count, left).items():
            told = periods(seen)
            if len(told) > 1 or len(seen) < count:
                found[device] = told[-1]
            else:
                more.append(device)
        left = more
        if not left:
            return found
    return found | {device: periods(store.sightings(device)[device])[-1] for device in left}


def _kind(device: Device) -> Device:
    """Return all that golden rules look at of a device."""
    return Device(
        0, "", device.platform, "", groups=device.groups, model=device.model, site=device.site, role=device.role,
        tags=device.tags,
    )  # fmt: skip
