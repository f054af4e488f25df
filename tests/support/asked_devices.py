"""Lab devices on a desk, as they stand before an upgrade and after it, for what is asked of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from support.lab_terminal import AnyDesk

from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.mixed import mixed_fleet
from swimctl.lab.routing import BGP, ISIS, OSPF

FLEET = {spec.platform: spec for spec in mixed_fleet(6)}
"""One device of each platform."""
EVERYTHING = frozenset({BGP, OSPF, ISIS})


def desk(folder: Path, spec: ChassisSpec, *faults: str, **fields: Any) -> AnyDesk:
    """Sit down at a device; nothing reloads by itself."""
    parsed = tuple(parse_fault(text) for text in faults)
    at = AnyDesk(folder, replace(spec, faults=parsed, boot_seconds=300, **fields))
    _whole_outputs(at)
    return at


def after_activation(at: AnyDesk, seconds: float = 300) -> None:
    """Let it have come up with another release that many seconds ago; what faults take away is away."""
    at.wait(1)
    at.switch.reload("Reload Command")
    at.wait(at.spec.boot_time + seconds)
    at.switch.degraded = True
    at.log_in()
    _whole_outputs(at)


def _whole_outputs(at: AnyDesk) -> None:
    at.type("set cli screen-length 0" if at.spec.platform == "juniper_junos" else "terminal length 0")
