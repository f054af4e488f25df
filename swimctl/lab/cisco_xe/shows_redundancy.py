"""What a lab switch shows of its two processors, and of the links between two chassis. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe import shows
from swimctl.lab.cisco_xe.models import Shape
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.cisco_xe.shows_software import REGISTER, image_line, system_image, uptime

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch

HOT = "STANDBY HOT"


def platform(switch: Switch) -> str:
    """Show platform, in the layout of stacks or of chassis."""
    if switch.spec.hardware.stackable or switch.spec.is_pair:
        return _stack_platform(switch)
    model = switch.spec.hardware
    since = _ago(switch.uptime)
    slot = "0" if model.shape is Shape.WIRELESS else "1"
    card = "C9400-LC-48P" if model.supervisor else model.name
    rows = [(slot, card, "ok"), (f"{slot}/0", card, "ok")]
    roles = [(number, shows.role(switch, number).lower()) for number in switch.members]
    rows += [(f"R{number - 1}", model.supervisor or model.name, f"ok, {role}") for number, role in roles]
    rows += [("P1", "C9400-PWR-3200AC" if model.supervisor else "C9K-PWR-650WAC-R", "ok")]
    lines = [
        f"Chassis type: {model.name:<20}",
        "",
        "Slot      Type                State                 Insert time (ago) ",
    ]
    lines += ["--------- ------------------- --------------------- ----------------- "]
    lines += [
        f"{' ' * ('/' in slot)}{slot:<{10 - ('/' in slot)}}{kind:<20}{state:<22}{since:<18}"
        for slot, kind, state in rows
    ]
    lines += ["", "Slot      CPLD Version        Firmware Version                        "]
    lines += ["--------- ------------------- --------------------------------------- "]
    lines += [
        f"{slot:<10}{'19061022':<20}{'17.1.1[FC2]':<40}" for slot, _, _ in rows if slot[0] != "P" and "/" not in slot
    ]
    return "\n".join(lines) + "\n\n"


def _ago(seconds: float) -> str:
    """Write a time in the two units that matter, as IOS-XE does: 00:12:33, 2d03h, 1w4d, 1y2w."""
    whole = int(seconds)
    for many, few, size, part in (
        ("y", "w", 31_449_600, 604_800),
        ("w", "d", 604_800, 86_400),
        ("d", "h", 86_400, 3_600),
    ):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size}{many}{rest:02}{few}" if few == "h" else f"{whole // size}{many}{rest}{few}"
    return f"{whole // 3_600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _stack_platform(switch: Switch) -> str:
    lines = [
        shows.module(switch).rstrip("\n"),
        "",
        f"Switch/Stack Mac Address : {switch.spec.members[0].mac} - Local Mac Address",
    ]
    lines += ["Mac persistency wait time: Indefinite", "                                   Current"]
    lines += ["Switch#   Role        Priority      State ", "-" * 43]
    for number in switch.members:
        star = "*" if number == switch.active else " "
        lines.append(
            f"{star}{number:<9}{shows.role(switch, number):<12}{max(16 - number, 1):<14}{switch.member_state(number)}"
        )
    return "\n".join(lines) + "\n\n"


def redundancy(switch: Switch) -> str:
    """Show redundancy."""
    state = _peer_state(switch)
    hot = state == HOT
    slots = (3, 4) if switch.spec.hardware.shape is Shape.MODULAR else (1, 2)
    text = (
        "Redundant System Information :\n------------------------------\n"
        f"       Available system uptime = {uptime(switch.uptime)}\n"
        f"Switchovers system experienced = {switch.switchovers}\n"
        "              Standby failures = 0\n        Last switchover reason = none\n\n"
        f"                 Hardware Mode = {'Duplex' if state else 'Simplex'}\n"
        f"    Configured Redundancy Mode = {'sso' if len(switch.spec.members) > 1 else 'Non-redundant'}\n"
        f"     Operating Redundancy Mode = {'sso' if hot else 'rpr' if state else 'Non-redundant'}\n"
        "              Maintenance Mode = Disabled\n"
        f"                Communications = {'Up' if state else 'Down      Reason: Simplex mode'}\n\n"
        "Current Processor Information :\n-------------------------------\n"
        f"               Active Location = slot {slots[switch.active - 1]}\n        Current Software state = ACTIVE \n"
        f"       Uptime in current state = {uptime(switch.active_for)}\n{_software(switch, switch.install.running)}"
    )
    if not state:
        return text + "Peer (slot: 0) information is not available because it is in 'DISABLED' state\n"
    return text + (
        f"Peer Processor Information :\n{'-' * 28}\n              Standby Location = slot {slots[switch.standby - 1]}\n"
        f"        Current Software state = {state} \n"
        f"       Uptime in current state = {uptime(switch.uptime)}\n"
        f"{_software(switch, switch.install.member_release(switch.standby))}"
    )


def _peer_state(switch: Switch) -> str:
    """Return the state of the second processor, empty where there is none."""
    if switch.standby not in switch.members:
        return ""
    return HOT if switch.hot else "STANDBY COLD"


def _software(switch: Switch, release: Release) -> str:
    return (
        f"                 Image Version = {image_line(switch, release)}\n"
        "Technical Support: http://www.cisco.com/techsupport\n"
        "Copyright (c) 1986-2024 by Cisco Systems, Inc.\nCompiled Wed 14-Feb-24 05:46 by mcpre\n"
        f"                          BOOT = {system_image(switch)};\n        Configuration register = {REGISTER}\n\n"
    )


def redundancy_states(switch: Switch) -> str:
    """Show redundancy states."""
    state = _peer_state(switch)
    mode = "sso" if state == HOT else "rpr" if state else "Non-redundant"
    number = {"": "1  -DISABLED", HOT: "8  -STANDBY HOT"}.get(state, "5  -STANDBY COLD")
    return (
        f"       my state = 13 -ACTIVE \n     peer state = {number} \n"
        f"           Mode = {'Duplex' if state else 'Simplex'}\n           Unit = Primary\n        Unit ID = 1\n\n"
        f"Redundancy Mode (Operational) = {mode}\n"
        f"Redundancy Mode (Configured)  = {'sso' if len(switch.spec.members) > 1 else 'Non-redundant'}\n"
        f"Redundancy State              = {mode if state else 'Non Redundant'}\n"
        f" Communications = {'Up' if state else 'Down      Reason: Simplex mode'}\n\n   client count = 121\n"
        " client_notification_TMR = 30000 milliseconds\n           RF debug mask = 0x0\n"
    )


def virtual_link(switch: Switch) -> str:
    """Show stackwise-virtual link."""
    up, down = "U               P", "D               D"
    first = down if 2 not in switch.members or (switch.degraded and switch.spec.fault("partner-lost")) else up
    second = up if 2 in switch.members else down
    lines = ["Stackwise Virtual Link(SVL) Information:", "-" * 40, "Flags:", "------", "Link Status", "-----------"]
    lines += ["U-Up D-Down", "Protocol Status", "---------------"]
    lines += ["s-Suspended P-Bundled E-Error D-Down R-RLayer3 I-Indiv", "-" * 55]
    lines += ["Switch  SVL     Ports                           Link-Status     Protocol-Status"]
    lines += ["------  ---     -----                           -----------     ---------------"]
    for chassis in (1, 2):
        lines.append(f"{chassis:<8}1       {_core_port(switch, chassis, -1):<32}{first}")
        lines.append(f"{'':16}{_core_port(switch, chassis, -2):<32}{second}")
    return "\n".join(lines) + "\n\n"


def dual_active(switch: Switch) -> str:
    """Show stackwise-virtual dual-active-detection."""
    lines = ["In dual-active recovery mode: No", "Recovery Reload: Enabled", ""]
    lines += ["Dual-Active-Detection Configuration:", "-" * 37]
    lines += ["Switch  Dad port                        Status", "------  ------------                    ---------"]
    up = "up" if 2 in switch.members else "down"
    lines += [f"{chassis:<8}{_core_port(switch, chassis, -3):<32}{up}" for chassis in (1, 2)]
    return "\n".join(lines) + "\n\n"


def _core_port(switch: Switch, chassis: int, at: int) -> str:
    return switch.spec.hardware.ports(chassis)[at][0]
