"""What a lab switch shows of an upgrade in service. Pure."""

from __future__ import annotations

from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.cisco_xe.in_service import BACK


def state_detail(switch: Switch) -> str:
    """Show issu state detail."""
    issu = switch.in_service
    status = "In Progress" if issu.open else "Disabled" if issu.refuses() else "Enabled"
    where = switch.spec.unit(switch.active)
    lines = [
        f"--- Starting local lock acquisition on {where} ---",
        f"Finished local lock acquisition on {where}",
        "",
        f"Current ISSU Status: {status}",
        f"Previous ISSU Operation: {issu.previous}",
        "=" * 55,
        f"{'System Check':<36}Status",
        "-" * 55,
        *(f"{name:<36}{'Yes' if fine else 'No'}" for name, fine in issu.checks().items()),
        f"{'Operational Mode':<36}{'HA-REMOTE' if switch.spec.is_pair else 'HA-STANDALONE'}",
        "=" * 55,
    ]
    if not issu.open:
        return "\n".join([*lines, "No ISSU operation is in progress", ""])
    left = switch.install.timer_left
    timer = f"automatic, remaining time before rollback: {left}" if left else "inactive"
    terminal = "" if switch.hot and issu.steps[-1] != BACK else "not "
    lines += [
        "",
        "Operation type: Step-by-step ISSU",
        "Install type  : Image installation using ISSU",
        f"Current state : {issu.steps[-1]} state",
        f"Last operation: {issu.began[-1][0]}",
        "",
        "Completed operations:",
        "",
        f"{'Operation':<39}Start time",
        "-" * 55,
        *(f"{operation:<39}{at:%Y-%m-%d:%H:%M:%S}" for operation, at in issu.began),
        "",
        f"State transition: {' -> '.join(issu.steps)}",
        "",
        f"Auto abort timer: {timer}",
        "Running image: bootflash:packages.conf",
        f"Operating mode: sso, terminal state {terminal}reached",
    ]
    return "\n".join([*lines, ""])
