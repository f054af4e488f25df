"""Catalyst 9000 in install mode."""

from __future__ import annotations

from typing import Any

from support.secret_lines import IOS

from fleets.fleet import Fleet, serial
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec


def switch(*models: str) -> Any:
    """Make what makes a switch of these members."""

    def make(name: str, **fields: Any) -> ChassisSpec:
        members = tuple(
            MemberSpec(model, serial("FLB", name, place), f"0c75.bd00.{place:02x}00")
            for place, model in enumerate(models)
        )
        return SwitchSpec(name, members, **fields)

    return make


FLEET = Fleet(
    make=switch("C9300-24P"),
    stack=switch("C9300-48P", *["C9300-24P"] * 7),
    foreign=switch("C9200L-48P"),
    image="cat9k_iosxe.17.12.04.SPA.bin",
    old="17.06.05",
    target="17.12.04",
    changing=("install ", "reload", "boot system", "delete"),
    activates="install activate",
    log_line="*May  5 02:11:07.201: %LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan900, changed state to up",
    secret_lines=IOS,
    quick="wrong-hardware",
)
