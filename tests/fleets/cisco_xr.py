"""64-bit IOS-XR: an ASR 9901, an ASR 9006 with two route processors, and an NCS 5501 that takes other images."""

from __future__ import annotations

from typing import Any

from support.secret_lines import IOSXR

from fleets.fleet import Fleet, serial
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xr.spec import HARDWARE, RouterSpec


def router(model: str) -> Any:
    def make(name: str, **fields: Any) -> ChassisSpec:
        number = serial("FOX", name)
        return RouterSpec(name, hardware=HARDWARE[model], number=number, **fields)

    return make


FLEET = Fleet(
    make=router("ASR-9901"),
    stack=router("ASR-9006-AC-V2"),
    foreign=router("NCS-5501"),
    image="asr9k-golden-x64-7.5.2-v1.iso",
    old="7.3.2",
    target="7.5.2",
    changing=("install ", "admin hw-module", "reload", "delete"),
    activates="install activate",
    log_line="RP/0/RP0/CPU0:May  5 02:11:07.201 UTC: ifmgr[182]: %PKT_INFRA-LINK-3-UPDOWN : Gi0/9 is up ",
    secret_lines=IOSXR,
    quick="lost-session",
)
