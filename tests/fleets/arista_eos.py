"""Arista 7050X3 with an MLAG partner, in front of a virtual one, which takes other images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.secret_lines import EOS

from fleets.fleet import Fleet, serial
from swimctl.lab.arista_eos.spec import HARDWARE, AristaSpec
from swimctl.lab.chassis_spec import ChassisSpec


def _switch(model: str) -> Callable[..., ChassisSpec]:
    def make(name: str, **fields: Any) -> ChassisSpec:
        return AristaSpec(name, hardware=HARDWARE[model], number=serial("JPE", name), **fields)

    return make


FLEET = Fleet(
    make=_switch("DCS-7050SX3-48YC8"),
    foreign=_switch("vEOS-lab"),
    image="EOS-4.31.6M.swi",
    old="4.28.3M",
    target="4.31.6M",
    partner={"mlag": "yard", "reload_delay": 60},
    changing=("boot system", "install source", "reload", "write", "delete"),
    activates="reload",
    log_line="May  5 02:11:07 hall-3 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet9, is up",
    secret_lines=EOS,
    quick="way-back",
)
