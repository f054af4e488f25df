"""What a lab switch shows of its ports, neighbours and routes. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.forms import CDP
from swimctl.lab.cisco_xe.models import SPEEDS, Bank, short_port, split_port
from swimctl.lab.cisco_xe.shows_software import image_line
from swimctl.lab.cisco_xe.spec import Neighbour

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch


def _lost(switch: Switch) -> set[str]:
    """Return the ports that a fault keeps down: the first one behind which is a router, or an access port."""
    if not switch.degraded:
        return set()
    ups, up = switch.spec.ports_up(), switch.spec.uplinks
    access = [name for name in ups if vlan_of(switch, name) not in {"trunk", "routed"}]
    lost = {"interface-lost": [name for name in ups if name in up] or ups, "access-lost": access}
    found = {names[0] for fault, names in lost.items() if names and switch.spec.fault(fault)}
    return found | set(filter(None, [unpowered(switch)]))


def uplink_up(switch: Switch) -> bool:
    """Return whether a router is behind a live port; a device without uplinks is wired to all it needs."""
    up = switch.spec.uplinks
    return not up or any(name in up and status == "connected" for name, _bank, status in ports(switch))


def _fed(switch: Switch) -> list[str]:
    """List the ports that are to give power to what is behind them."""
    copper = {
        name
        for number, member in enumerate(switch.spec.members, 1)
        if member.hardware.gives_power
        for name, bank in member.hardware.ports(number)
        if bank.copper
    }
    return [name for name in switch.spec.ports_up() if name in copper - switch.spec.uplinks]


def unpowered(switch: Switch) -> str:
    """Return the port that `poe-lost` leaves without power after the activation; empty: there is none."""
    lost = switch.degraded and switch.spec.fault("poe-lost")
    return next(iter(_fed(switch)), "") if lost else ""


def powered(switch: Switch) -> list[str]:
    """List the live ports that give power."""
    live = {name for name, _bank, status in ports(switch) if status == "connected"}
    return [name for name in _fed(switch) if name in live]


def ports(switch: Switch) -> list[tuple[str, Bank, str]]:
    """List the ports of all members that are ready: long name, bank, and connected, notconnect or disabled."""
    up = set(switch.spec.ports_up()) - _lost(switch)
    found = []
    for number in switch.members:
        if switch.member_state(number) not in {"Ready", "Removed"}:
            continue
        for name, bank in switch.spec.members[number - 1].hardware.ports(number):
            shut = "shutdown" in switch.configuration.sections.get(f"interface {name}", ())
            found.append((name, bank, "disabled" if shut else "connected" if name in up else "notconnect"))
    return found


def _below(switch: Switch, name: str, command: str) -> str:
    for line in switch.configuration.sections.get(f"interface {name}", ()):
        if line.startswith(f"{command} "):
            return line.removeprefix(f"{command} ")
    return ""


def vlan_of(switch: Switch, name: str) -> str:
    """Return the VLAN of a port, or that it is a trunk."""
    if name in switch.spec.uplinks or _below(switch, name, "switchport mode") == "trunk":
        return "trunk"
    return _below(switch, name, "switchport access vlan") or "1"


def interfaces_status(switch: Switch) -> str:
    """Show interfaces status."""
    lines = ["", "Port         Name               Status       Vlan       Duplex  Speed Type"]
    for name, bank, status in ports(switch):
        duplex, speed = ("a-full", SPEEDS[bank.kind][2]) if status == "connected" else ("auto", "auto")
        vlan = vlan_of(switch, name) if status == "connected" else "1"
        description = _below(switch, name, "description")[:18]
        lines.append(
            f"{short_port(name):<12} {description:<18} {status:<12} {vlan:<10} {duplex:>6} {speed:>6} {bank.media}"
        )
    return "\n".join(lines) + "\n"


def etherchannel_summary(switch: Switch) -> str:
    """Show etherchannel summary: what `channel-group` of the configuration puts together."""
    groups: dict[int, list[str]] = {}
    for name, _bank, status in ports(switch):
        if group := _below(switch, name, "channel-group").partition(" ")[0]:
            flag = "P" if status == "connected" else "D"
            groups.setdefault(int(group), []).append(f"{short_port(name)}({flag})")
    lines = [
        "Flags:  D - down        P - bundled in port-channel",
        "        I - stand-alone s - suspended",
        "        H - Hot-standby (LACP only)",
        "        R - Layer3      S - Layer2",
        "        U - in use      f - failed to allocate aggregator",
        "",
        "        M - not in use, minimum links not met",
        "        u - unsuitable for bundling",
        "        w - waiting to be aggregated",
        "        d - default port",
        "",
        "",
        f"Number of channel-groups in use: {len(groups)}",
        f"Number of aggregators:           {len(groups)}",
        "",
        "Group  Port-channel  Protocol    Ports",
        "------+-------------+-----------+-----------------------------------------------",
    ]
    for number, members in sorted(groups.items()):
        state = "SU" if any(member.endswith("(P)") for member in members) else "SD"
        rows = ["".join(f"{member:<16}" for member in members[at : at + 2]) for at in range(0, len(members), 2)]
        lines.append(f"{number:<7}{f'Po{number}({state})':<16}{'LACP':<12}{rows[0]}")
        lines += [f"{'':<35}{row}" for row in rows[1:]]
    return "\n".join([*lines, ""])


def _seen(switch: Switch, protocol: str) -> list[Neighbour]:
    return [each for each, _mac in plugged_in(switch) if protocol in each.protocols]


def plugged_in(switch: Switch) -> list[tuple[Neighbour, str]]:
    """List the neighbours on live ports, however they are seen, with their hardware addresses."""
    live = {name for name, _bank, status in ports(switch) if status == "connected"}
    return [
        (each, f"0c75.aa00.{number:04x}") for number, each in enumerate(switch.spec.plugged_in()) if each.local in live
    ]


def _cdp_port(port: str) -> str:
    kind, numbers = split_port(port)
    return f"{kind[:3]} {numbers}"


def cdp(switch: Switch) -> str:
    """Show cdp neighbors."""
    lines = [
        "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge",
        "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, ",
        "                  D - Remote, C - CVTA, M - Two-port Mac Relay ",
        "",
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID",
    ]
    seen = _seen(switch, "cdp")
    for each in seen:
        codes = " ".join(word[0] for word in each.capabilities.split())
        platform = each.platform.removeprefix("cisco ")[:9]
        head = f"{each.name:<17}" if len(each.name) < 17 else f"{each.name}\n{'':<17}"
        lines.append(f"{head}{_cdp_port(each.local):<18}{150:<11}{codes:>9}   {platform:<9} {_cdp_port(each.port)}")
    counts = CDP.of(switch.spec, switch.install.running.padded)
    return "\n".join([*lines, *(["", f"Total cdp entries displayed : {len(seen)}"] if counts else [])]) + "\n"


def cdp_detail(switch: Switch) -> str:
    """Show cdp neighbors detail."""
    seen = _seen(switch, "cdp")
    text = ""
    for each in seen:
        text += (
            f"-------------------------\nDevice ID: {each.name}\nEntry address(es): \n  IP address: {each.address}\n"
            f"Platform: {each.platform},  Capabilities: {each.capabilities} \n"
            f"Interface: {each.local},  Port ID (outgoing port): {each.port}\nHoldtime : 150 sec\n\n"
            f"Version :\n{image_line(switch, switch.spec.release)}\n\nadvertisement version: 2\nDuplex: full\n"
            f"Management address(es): \n  IP address: {each.address}\n\n"
        )
    return f"{text}\nTotal cdp entries displayed : {len(seen)}\n"


def _letters(neighbour: Neighbour) -> str:
    return "B,R" if "Router" in neighbour.capabilities else "W,B"


def lldp(switch: Switch) -> str:
    """Show lldp neighbors."""
    lines = [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "",
        "Device ID           Local Intf     Hold-time  Capability      Port ID",
    ]
    seen = _seen(switch, "lldp")
    lines += [
        f"{each.name[:19]:<20}{short_port(each.local):<15}{120:<11}{_letters(each):<16}{short_port(each.port)}"
        for each in seen
    ]
    return "\n".join([*lines, "", f"Total entries displayed: {len(seen)}"]) + "\n\n"


def cdp_settings(_switch: Switch) -> str:
    """Show cdp."""
    return (
        "Global CDP information:\n        Sending CDP packets every 60 seconds\n"
        "        Sending a holdtime value of 180 seconds\n        Sending CDPv2 advertisements is  enabled\n"
    )


def lldp_settings(switch: Switch) -> str:
    """Show lldp."""
    if not switch.configuration.has("lldp run"):
        return "% LLDP is not enabled\n"
    return (
        "\nGlobal LLDP Information:\n    Status: ACTIVE\n    LLDP advertisements are sent every 30 seconds\n"
        "    LLDP hold time advertised is 120 seconds\n    LLDP interface reinitialisation delay is 2 seconds\n"
    )


def lldp_detail(switch: Switch) -> str:
    """Show lldp neighbors detail."""
    seen, macs = _seen(switch, "lldp"), dict(plugged_in(switch))
    text = ""
    for each in seen:
        text += (
            f"------------------------------------------------\nLocal Intf: {short_port(each.local)}\n"
            f"Chassis id: {macs[each]}\nPort id: {short_port(each.port)}\nPort Description: {each.port}\n"
            f"System Name: {each.name}\n\nSystem Description: \n{each.platform}\n\nTime remaining: 100 seconds\n"
            f"System Capabilities: {_letters(each)}\n"
            f"Enabled Capabilities: {_letters(each)[-1]}\nManagement Addresses:\n    IP: {each.address}\n"
            "Auto Negotiation - not supported\nPhysical media capabilities - not advertised\n"
            "Media Attachment Unit type - not advertised\nVlan ID: 1\n\n\n"
        )
    return f"{text}Total entries displayed: {len(seen)}\n\n"


def route_summary(switch: Switch) -> str:
    """Show ip route summary."""
    routes = switch.spec.routes
    head = "Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)"
    lines = ["IP routing table name is default (0x0)", "IP routing table maximum-paths is 32", head]
    total = 0
    for source, count in (("connected", routes.connected), ("static", routes.static), ("ospf 1", routes.ospf)):
        total += count
        lines.append(f"{source:<16}{0:<12}{count:<12}{0:<12}{count * 96:<12}{count * 304}")
        if source.startswith("ospf"):
            lines.append(f"  Intra-area: {count} Inter-area: 0 External-1: 0 External-2: 0")
            lines.append("  NSSA External-1: 0 NSSA External-2: 0")
    lines.append(f"{'internal':<16}{2:<12}{'':<12}{'':<12}{'':<12}1216")
    lines.append(f"{'Total':<16}{2:<12}{total:<12}{0:<12}{total * 96:<12}{total * 304}")
    return "\n".join(lines) + "\n"
