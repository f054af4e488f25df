"""Three sites of twenty switches: who feeds whom, who is whose pair; and what their reloads prove."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.cisco_xe.spec import SwitchSpec

Outages = Mapping[str, Sequence[tuple[float, float]]]
"""By switch, the lab seconds at which it went down and was up again."""

SITES = ("north", "south", "west")
CORES, DISTRIBUTION = ("core1", "core2"), ("dist1", "dist2")
ACCESS = tuple(f"acc{number:02d}" for number in range(1, 17))
PAIRS = {"attic": ("acc01", "acc02"), "cellar": ("acc09", "acc10")}
NAMES = tuple(f"{site}-{place}" for place in (*CORES, *DISTRIBUTION, *ACCESS) for site in SITES)


def specs(chance: random.Random) -> list[SwitchSpec]:
    """Make the switches in no order, the cores of the model for cores."""
    pool = sorted(default_fleet(len(NAMES), rate=400_000), key=lambda spec: not spec.hardware.name.startswith("C9500"))
    made = [replace(spec, name=name, boot_seconds=120) for name, spec in zip(NAMES, pool, strict=True)]
    chance.shuffle(made)
    return made


def data() -> dict[str, dict[str, Any]]:
    """Write who feeds whom for the inventory, in both spellings: half of the links on the far one, half on the near."""
    found: dict[str, dict[str, Any]] = {name: {} for name in NAMES}
    for site in SITES:
        far, near = ACCESS[:8], ACCESS[8:]
        for name in far:
            found[f"{site}-{name}"]["depends_on"] = _at(site, DISTRIBUTION)
        for name in DISTRIBUTION:
            found[f"{site}-{name}"]["feeds"] = _at(site, near)
        for name in CORES:
            found[f"{site}-{name}"]["feeds"] = [f"{site}-dist1"]
        found[f"{site}-dist2"]["depends_on"] = _at(site, CORES)
    for group, members in groups().items():
        for name in members:
            found[name]["redundancy_group"] = group
    return found


def groups() -> dict[str, list[str]]:
    """Return who is in which redundancy group."""
    return {f"{site}-{what}": _at(site, pair) for site in SITES for what, pair in {"cores": CORES, **PAIRS}.items()}


def feeders(name: str) -> list[str]:
    """Return on whom a switch hangs, up to the cores."""
    site, _, place = name.partition("-")
    return [] if place in CORES else _at(site, CORES) + ([] if place in DISTRIBUTION else _at(site, DISTRIBUTION))


def _at(site: str, places: Iterable[str]) -> list[str]:
    return [f"{site}-{place}" for place in places]


def assert_never_two_of_a_group_down(outages: Outages) -> None:
    for members in groups().values():
        gone = sorted((*times, name) for name in members for times in outages[name])
        for (down, up, one), (other_down, _, other) in pairwise(gone):
            assert up < other_down, f"{other} went down at {other_down}; {one} was down from {down} to {up}"


def assert_the_far_ones_first(outages: Outages) -> None:
    for far in NAMES:
        for feeder in feeders(far):
            for _, up in outages[far]:
                for down, _ in outages[feeder]:
                    assert up < down, f"{feeder} went down at {down}; {far}, which hangs on it, was back at {up}"


def assert_wave_by_wave(outages: Outages, waves: Mapping[str, int]) -> None:
    """`waves` are by switch; one that did not reload says nothing."""
    downs = {
        wave: [down for name in waves if waves[name] == wave for down, _ in outages[name]]
        for wave in sorted(set(waves.values()))
    }
    reloading = [(wave, times) for wave, times in downs.items() if times]
    for (one, before), (other, after) in pairwise(reloading):
        assert max(before) < min(after), f"wave {other} reloads while wave {one} does"
