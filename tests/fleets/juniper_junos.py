"""EX switches: with Junos as it is since 18.1, and as a Virtual Chassis; the foreign one has the older kind."""

from __future__ import annotations

from typing import Any

from support.secret_lines import JUNOS

from fleets.fleet import Fleet, serial
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.juniper_junos.spec import HARDWARE, JunosSpec, MemberSpec


def _switch(*models: str) -> Any:
    def make(name: str, **fields: Any) -> ChassisSpec:
        members = tuple(MemberSpec(HARDWARE[model], serial("NX02", name, place)) for place, model in enumerate(models))
        return JunosSpec(name, members=members, **fields)

    return make


FLEET = Fleet(
    make=_switch("ex3400-24p"),
    stack=_switch("ex3400-48p", "ex3400-24p", "ex3400-24p"),
    foreign=_switch("ex4300-48t"),
    image="junos-arm-32-22.2R1.9.tgz",
    old="20.4R3.8",
    target="22.2R1.9",
    changing=(
        "request system software add",
        "request system software rollback",
        "request system reboot",
        "file delete",
    ),
    activates="request system reboot",
    log_line="May  5 02:11:07  hall-3 mib2d[5123]: SNMP_TRAP_LINK_UP: ifIndex 531, ifName ge-0/0/9",
    secret_lines=JUNOS,
    quick="no-space",
)
