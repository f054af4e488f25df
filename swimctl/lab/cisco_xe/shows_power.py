"""What a lab switch shows of the power that its ports give, and of damaged frames. Pure; one function a command.

As networktocode/ntc-templates has them under tests/cisco_ios/show_power_inline (…iosxe17-12stack.raw, …faulty.raw);
the errors as Cisco's command reference shows `show interfaces counters errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.cisco_xe.models import short_port
from swimctl.lab.cisco_xe.shows_ports import plugged_in, ports, powered, unpowered

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch

BUDGET = 437.0
"""Watts that a member has for its ports."""
_SOMETHING = ("Ieee PD", "2", 6.3)
_ACCESS_POINT = ("4", 22.5)
_MOST = "30.0"
_RULE = "--------- ------ ---------- ------- ------------------- ----- ----"


def inline(switch: Switch) -> str:
    """Show power inline: a table for each member whose ports give power."""
    text = ""
    for number in switch.members:
        if not switch.spec.members[number - 1].hardware.gives_power:
            continue
        rows, used, on = "", 0.0, 0
        for port, oper, watts, device, kind in _draws(switch, number):
            used, on = used + watts, on + (oper == "on")
            rows += f"{short_port(port):<9} {'auto':<6} {oper:<10} {watts:<7} {device:<19} {kind:<5} {_MOST} \n"
        text += (
            "Module   Available     Used     Remaining\n          (Watts)     (Watts)    (Watts) \n"
            "------   ---------   --------   ---------\n"
            f"{number:<11}{BUDGET:>8.1f}{used:>11.1f}{BUDGET - used:>12.1f}\n"
            f"Interface Admin  Oper       Power   Device              Class Max\n{'':28}(Watts)\n{_RULE}\n{rows}"
            "--------- ------ ---------- ---------- ---------- ------ ----- \n"
            f"Totals:          {on:<5}on    {used:<9.1f}\n\n"
        )
    return text


def _draws(switch: Switch, number: int) -> list[tuple[str, str, float, str, str]]:
    """List port, state, watts, device and class of each port of a member that can give power."""
    seen = {each.local: each.platform.removeprefix("cisco ") for each, _mac in plugged_in(switch)}
    taking, dead = set(powered(switch)), unpowered(switch)
    found = []
    for name, bank in switch.spec.members[number - 1].hardware.ports(number):
        if not bank.copper:
            continue
        device, kind, watts = _SOMETHING
        if name in seen:
            device, (kind, watts) = seen[name][:19], _ACCESS_POINT
        if name == dead:
            found.append((name, "faulty", 0.0, "n/a", "n/a"))
        elif name in taking:
            found.append((name, "on", watts, device, kind))
        else:
            found.append((name, "off", 0.0, "n/a", "n/a"))
    return found


def counters_errors(switch: Switch) -> str:
    """Show interfaces counters errors."""
    damaged, first = routing.errors(switch), next(iter(sorted(switch.spec.uplinks)), "")
    names = [name for name, _bank, _status in ports(switch)]
    heads = (
        ("Align-Err", "FCS-Err", "Xmit-Err", "Rcv-Err", "UnderSize", "OutDiscards"),
        ("Single-Col", "Multi-Col", "Late-Col", "Excess-Col", "Carri-Sen", "Runts", "Giants"),
    )
    text = ""
    for head in heads:
        text += f"\n{'Port':<10}" + "".join(f"{word:>12}" for word in head) + "\n"
        for name in names:
            counts = {"FCS-Err": damaged, "Rcv-Err": damaged} if name == first else {}
            text += f"{short_port(name):<10}" + "".join(f"{counts.get(word, 0):>12}" for word in head) + "\n"
    return text + "\n"
