"""Devices against their golden releases and the end of their support, by what the store knows; asks no device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from swimctl.config.settings import Settings
from swimctl.images import end_of_support
from swimctl.images.compliance import Compliance, judge, periods
from swimctl.images.goldens import Choice, choose
from swimctl.models import Device
from swimctl.store import Store


def compared(
    devices: Sequence[Device],
    store: Store,
    settings: Settings,
    now: datetime,
    problem: Callable[[str], str | None],
) -> list[Compliance]:
    """Return how each device stands. `problem` says why one is none that can be upgraded.

    ConfigError: the file with the ends of support has a mistake.
    """
    path = settings.compliance.end_of_support
    ends = () if path is None else end_of_support.read(path)
    goldens, images = store.goldens(), store.images()
    seen, changes = store.sightings(), store.changes()
    # What rules look at is the same of many devices, and they are the dearest part of it.
    choices: dict[Device, Choice] = {}
    found = []
    for device in devices:
        ran = periods(seen.get(device.id, []))
        kind = _kind(device)
        if kind not in choices:
            choices[kind] = choose(kind, goldens, images, now)
        choice = choices[kind]
        one = judge(device, choice, ran[-1] if ran else None, changes.get(device.id), problem(device.name))
        support = end_of_support.support_of(device, one.runs, ends)
        found.append(replace(one, ends=support, ended=support is not None and support.day < now.date()))
    return found


def _kind(device: Device) -> Device:
    """Return all that golden rules look at of a device."""
    return Device(
        0, "", device.platform, "", groups=device.groups, model=device.model, site=device.site, role=device.role,
        tags=device.tags,
    )  # fmt: skip
