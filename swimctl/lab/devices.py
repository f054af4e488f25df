"""The device that a spec is of, whatever its system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from swimctl.lab.arista_eos.machine import Machine as AristaEos
from swimctl.lab.chassis import Chassis
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_ios.machine import Machine as CiscoIos
from swimctl.lab.cisco_nxos.machine import Machine as CiscoNxos
from swimctl.lab.cisco_xe.machine import Machine as CiscoXe
from swimctl.lab.cisco_xr.machine import Machine as CiscoXr
from swimctl.lab.clock import LabClock
from swimctl.lab.juniper_junos.machine import Machine as JuniperJunos

_MACHINES: Mapping[str, Callable[[Any, LabClock, Path | None], Chassis]] = {
    "arista_eos": AristaEos,
    "cisco_ios": CiscoIos,
    "cisco_nxos": CiscoNxos,
    "cisco_xe": CiscoXe,
    "cisco_xr": CiscoXr,
    "juniper_junos": JuniperJunos,
}


def device(spec: ChassisSpec, clock: LabClock, spool: Path | None = None) -> Chassis:
    """Make the device; `spool` takes the files that come to it, None: it takes none."""
    return _MACHINES[spec.platform](spec, clock, spool)
