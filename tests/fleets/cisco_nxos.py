"""Nexus 9000: a fixed one with a vPC partner, and a chassis with two supervisors."""

from __future__ import annotations

from typing import Any

from support.secret_lines import NXOS

from fleets.fleet import Fleet, serial
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_nxos.spec import HARDWARE, NexusSpec


def _switch(model: str, supervisors: int = 1) -> Any:
    def make(name: str, **fields: Any) -> ChassisSpec:
        number = serial("FDO", name)
        return NexusSpec(name, hardware=HARDWARE[model], number=number, supervisors=supervisors, **fields)

    return make


FLEET = Fleet(
    make=_switch("N9K-C93180YC-FX"),
    stack=_switch("N9K-C9504", supervisors=2),
    foreign=_switch("N9K-C9372PX"),
    image="nxos64-cs.10.3.4a.M.bin",
    old="9.3(5)",
    target="10.3(4a)",
    partner={"vpc": 7},
    changing=("install all", "reload", "boot nxos", "delete"),
    activates="install all nxos",
    log_line="2031 May  5 02:11:07 hall-3 %ETHPORT-5-IF_UP: Interface Ethernet1/9 is up in mode access",
    secret_lines=NXOS,
    quick="does-nothing",
)
