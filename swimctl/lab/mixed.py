"""A fleet with devices of every platform, each of them as it is at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from swimctl.lab.arista_eos.spec import HARDWARE as ARISTA
from swimctl.lab.arista_eos.spec import AristaSpec
from swimctl.lab.chassis_spec import RATE, ChassisSpec
from swimctl.lab.cisco_ios.spec import IosMember, IosSpec
from swimctl.lab.cisco_nxos.spec import HARDWARE as NEXUS
from swimctl.lab.cisco_nxos.spec import NexusSpec
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.cisco_xr.spec import HARDWARE as ROUTERS
from swimctl.lab.cisco_xr.spec import RouterSpec
from swimctl.lab.faults import Fault
from swimctl.lab.juniper_junos.spec import HARDWARE as JUNIPER
from swimctl.lab.juniper_junos.spec import JunosSpec, MemberSpec

_Make = Callable[..., ChassisSpec]


def _ios(*models: str, version: str = "15.2(7)E4") -> _Make:
    def make(name: str, number: int, **fields: Any) -> ChassisSpec:  # noqa: ANN401 - fields of any spec
        members = tuple(
            IosMember(model, f"FOC2701{number:03d}{'ABC'[place]}", f"0c75.bf{place:02x}.{number:04x}")
            for place, model in enumerate(models)
        )
        return IosSpec(name, members, version=version, **fields)

    return make


def _nexus(model: str, supervisors: int) -> _Make:
    return lambda name, number, **fields: NexusSpec(
        name, hardware=NEXUS[model], number=f"FDO2702{number:04d}", supervisors=supervisors, **fields
    )


def _arista(model: str) -> _Make:
    return lambda name, number, **fields: AristaSpec(
        name, hardware=ARISTA[model], number=f"JPE2703{number:04d}", **fields
    )


def _juniper(*models: str) -> _Make:
    def make(name: str, number: int, **fields: Any) -> ChassisSpec:  # noqa: ANN401 - as above
        members = tuple(MemberSpec(JUNIPER[model], f"NX2704{place}{number:05d}") for place, model in enumerate(models))
        return JunosSpec(name, members=members, **fields)

    return make


def _router(chassis: str) -> _Make:
    return lambda name, number, **fields: RouterSpec(
        name, hardware=ROUTERS[chassis], number=f"FOX2705{number:04d}", **fields
    )


_KINDS: tuple[tuple[_Make, ...], ...] = (
    (_nexus("N9K-C93180YC-FX", 1), _nexus("N9K-C9504", 2)),
    (_arista("DCS-7050SX3-48YC8"), _arista("DCS-7280SR3-48YC8")),
    (_juniper("ex3400-24p"), _juniper("ex3400-48p", "ex3400-24p")),
    (_router("ASR-9901"), _router("NCS-5501"), _router("ASR-9006-AC-V2")),
    (_ios("WS-C2960X-24TS-L"), _ios("WS-C2960X-48TS-L", "WS-C2960X-24TS-L"), _ios("CISCO1921/K9", version="15.6(3)M4")),
)
"""The platforms beside IOS-XE in their order; of each some devices that take turns."""


def mixed_fleet(
    count: int, faults: Mapping[str, Sequence[Fault]] | None = None, rate: float = RATE
) -> tuple[ChassisSpec, ...]:
    """Make sw1 to swN, the same ones each time: the platforms take turns, and begin with a Catalyst 9000.

    `faults` and `rate` as in `default_fleet`, where the Catalysts come from.
    """
    catalysts = iter(default_fleet(count, rate=rate))
    made: list[ChassisSpec] = []
    for number in range(1, count + 1):
        name = f"sw{number}"
        struck = tuple((faults or {}).get(name, ()))
        turn, kind = divmod(number - 1, len(_KINDS) + 1)
        if kind == 0:
            made.append(replace(next(catalysts), name=name, faults=struck, transfer=rate))
        else:
            makers = _KINDS[kind - 1]
            made.append(makers[turn % len(makers)](name, number, faults=struck, transfer=rate))
    return tuple(made)
