"""Classic IOS: Catalyst 2960-X, alone and as a stack of three."""

from __future__ import annotations

from typing import Any

from support.secret_lines import IOS

from fleets.fleet import Fleet, serial
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_ios.spec import IosMember, IosSpec


def device(*models: str) -> Any:
    """Make what makes a device of these members."""

    def make(name: str, **fields: Any) -> ChassisSpec:
        members = tuple(
            IosMember(model, serial("FOC", name, place), f"0c75.bd10.{place:02x}00")
            for place, model in enumerate(models)
        )
        return IosSpec(name, members, **fields)

    return make


FLEET = Fleet(
    make=device("WS-C2960X-24TS-L"),
    stack=device("WS-C2960X-48TS-L", "WS-C2960X-24TS-L", "WS-C2960X-24TS-L"),
    foreign=device("WS-C3750X-24P-S"),
    image="c2960x-universalk9-mz.152-7.E7.bin",
    old="15.2(7)E4",
    target="15.2(7)E7",
    changing=("boot system", "no boot system", "reload", "write", "delete", "configure"),
    activates="reload",
    log_line="May  5 02:11:07: %LINK-3-UPDOWN: Interface FastEthernet0/9, changed state to down",
    secret_lines=IOS,
    quick="boots-old-image",
)
