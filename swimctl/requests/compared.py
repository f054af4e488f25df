"""Devices against their golden releases and the end of their support, by what the store knows; asks no device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from swimctl.config.settings import Settings
from swimctl.images import end_of_support
from swimctl.images.compliance import Compliance, judge, periods
from swimctl.images.goldens import choose
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
    found = []
    for device in devices:
        ran = periods(seen.get(device.id, []))
        choice = choose(device, goldens, images, now)
        one = judge(device, choice, ran[-1] if ran else None, changes.get(device.id), problem(device.name))
        support = end_of_support.support_of(device, one.runs, ends)
        found.append(replace(one, ends=support, ended=support is not None and support.day < now.date()))
    return found
