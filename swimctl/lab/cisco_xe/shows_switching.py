"""What a lab switch shows of its VLANs, and of the hosts that it knows. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.models import short_port
from swimctl.lab.cisco_xe.shows_ports import plugged_in, ports, vlan_of
from swimctl.lab.routing import LEARNED

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch


def _learned(switch: Switch) -> list[tuple[str, str, str]]:
    """List VLAN, address and port of the hosts that have talked."""
    there = plugged_in(switch) if switch.since_up >= LEARNED else []
    found = [(vlan_of(switch, each.local), mac, short_port(each.local)) for each, mac in there]
    return [("1" if vlan == "trunk" else vlan, mac, port) for vlan, mac, port in found]


def mac_table(switch: Switch) -> str:
    """Show mac address-table."""
    rule = "-" * 43
    lines = [f"{'':10}Mac Address Table", rule, "", "Vlan    Mac Address       Type        Ports"]
    lines += ["----    -----------       --------    -----", " All    0100.0ccc.cccc    STATIC      CPU"]
    found = _learned(switch)
    lines += [f"{vlan:>4}    {mac}    DYNAMIC     {port}" for vlan, mac, port in found]
    return "\n".join([*lines, f"Total Mac Addresses for this criterion: {len(found) + 1}"]) + "\n"


def mac_count(switch: Switch) -> str:
    """Show mac address-table count: as captures cisco_xe/show_mac_address-table_count."""
    by_vlan: dict[str, int] = {"1": 0}
    for vlan, _mac, _port in _learned(switch):
        by_vlan[vlan] = by_vlan.get(vlan, 0) + 1
    text = "".join(
        f"\nMac Entries for Vlan {vlan}:\n---------------------------\nDynamic Address Count  : {count}\n"
        f"Static  Address Count  : 1\nTotal Mac Addresses    : {count + 1}\n"
        for vlan, count in by_vlan.items()
    )
    total = sum(by_vlan.values())
    return (
        f"{text}\nTotal Dynamic Address Count  : {total}\nTotal Static  Address Count  : {len(by_vlan)}\n"
        f"Total Mac Address In Use     : {total + len(by_vlan)}\nTotal Mac Address Space Available: 32{700 - total}\n"
    )


def vlan(switch: Switch, only: str = "") -> str:
    """Show vlan, or `only` one."""
    rows: dict[str, list[str]] = {"1": []}
    names = {"1": "default"}
    configured = list(switch.configuration.values("vlan"))
    for line in configured[switch.degraded and switch.spec.fault("vlan-lost") is not None :]:
        rows.setdefault(line, [])
        below = switch.configuration.sections[f"vlan {line}"]
        names[line] = next(
            (each.removeprefix("name ") for each in below if each.startswith("name ")), f"VLAN{line:0>4}"
        )
    for name, _bank, status in ports(switch):
        number = vlan_of(switch, name)
        if not (status == "connected" and number == "trunk"):
            rows.setdefault(number if number != "trunk" else "1", []).append(short_port(name))
    lines = ["", "VLAN Name                             Status    Ports", f"---- {'-' * 32} --------- {'-' * 31}"]
    if only and only not in rows:
        return f"VLAN id {only} not found in current VLAN database\n"
    for number, listed in rows.items():
        if only and number != only:
            continue
        chunks = [", ".join(listed[at : at + 4]) for at in range(0, len(listed), 4)] or [""]
        lines.append(f"{number:<4} {names.get(number, f'VLAN{number:0>4}'):<32} {'active':<9} {chunks[0]}")
        lines += [f"{'':<48}{chunk}" for chunk in chunks[1:]]
    return "\n".join(lines) + "\n\n"


def hosts(switch: Switch) -> str:
    """Show hosts."""
    domain = next(switch.configuration.values("ip domain name"), "")
    return (
        f"Default domain is {domain}\nName servers are 255.255.255.255\n"
        if domain
        else "Default domain is not set\nName servers are 255.255.255.255\n"
    ) + "NAME  TTL  CLASS   TYPE      DATA/ADDRESS\n-----------------------------------------\n"
