"""What a lab switch shows of its ports, neighbours and routes. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.models import SPEEDS, Bank, short_port, split_port
from swimctl.lab.shows_software import image_line
from swimctl.lab.spec import Neighbour

if TYPE_CHECKING:
    from swimctl.lab.switch import Switch


def _lost(switch: Switch) -> str | None:
    ups = switch.spec.ports_up()
    return ups[0] if ups and switch.degraded and switch.spec.fault("interface-lost") else None


def ports(switch: Switch) -> list[tuple[str, Bank, str]]:
    """List the ports of all members that are ready: long name, bank, and connected, notconnect or disabled."""
    up = set(switch.spec.ports_up()) - {_lost(switch)}
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


def _vlan_of(switch: Switch, name: str) -> str:
    trunk = name in {neighbour.local for neighbour in switch.spec.plugged_in() if "Router" in neighbour.capabilities}
    if trunk or _below(switch, name, "switchport mode") == "trunk":
        return "trunk"
    return _below(switch, name, "switchport access vlan") or "1"


def interfaces_status(switch: Switch) -> str:
    """Show interfaces status."""
    lines = ["", "Port         Name               Status       Vlan       Duplex  Speed Type"]
    for name, bank, status in ports(switch):
        duplex, speed = ("a-full", SPEEDS[bank.kind][2]) if status == "connected" else ("auto", "auto")
        vlan = _vlan_of(switch, name) if status == "connected" else "1"
        description = _below(switch, name, "description")[:18]
        lines.append(
            f"{short_port(name):<12} {description:<18} {status:<12} {vlan:<10} {duplex:>6} {speed:>6} {bank.media}"
        )
    return "\n".join(lines) + "\n"


def ip_interface_brief(switch: Switch) -> str:
    """Show ip interface brief."""
    address = _below(switch, "Vlan1", "ip address").partition(" ")[0] or "unassigned"
    rows = [("Vlan1", address, "NVRAM", "up", "up"), ("GigabitEthernet0/0", "unassigned", "NVRAM", "", "down")]
    for name, _bank, status in ports(switch):
        word = "up" if status == "connected" else "" if status == "disabled" else "down"
        rows.append((name, "unassigned", "unset", word, word or "down"))
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for name, ip, method, status, protocol in rows:
        lines.append(f"{name:<22} {ip:<15} YES {method:<6} {status or 'administratively down':<21} {protocol:<8}")
    return "\n".join(lines) + "\n"


def interfaces(switch: Switch) -> str:
    """Show interfaces: the first lines of each port, as far as clients read them."""
    text = ""
    for name, bank, status in ports(switch):
        line = "administratively down" if status == "disabled" else "up" if status == "connected" else "down"
        protocol = "up (connected)" if status == "connected" else f"down ({status})"
        digits = switch.spec.members[0].mac
        description = _below(switch, name, "description")
        text += f"{name} is {line}, line protocol is {protocol} \n"
        text += f"  Hardware is {bank.kind}, address is {digits} (bia {digits})\n"
        text += f"  Description: {description}\n" if description else ""
        text += f"  MTU 1500 bytes, BW {SPEEDS[bank.kind][3]} Kbit/sec, DLY 10 usec, \n"
        text += "     reliability 255/255, txload 1/255, rxload 1/255\n  Encapsulation ARPA, loopback not set\n"
        text += f"  Full-duplex, {SPEEDS[bank.kind][2].removeprefix('a-')}, media type is {bank.media}\n"
        text += (
            "     0 packets input, 0 bytes, 0 no buffer\n     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored\n"
        )
        text += "     0 packets output, 0 bytes, 0 underruns\n"
    return text


def _seen(switch: Switch, protocol: str) -> list[Neighbour]:
    live = {name for name, _bank, status in ports(switch) if status == "connected"}
    return [each for each in switch.spec.plugged_in() if protocol in each.protocols and each.local in live]


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
    return "\n".join([*lines, "", f"Total cdp entries displayed : {len(seen)}"]) + "\n"


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


def lldp_detail(switch: Switch) -> str:
    """Show lldp neighbors detail."""
    seen = _seen(switch, "lldp")
    text = ""
    for number, each in enumerate(seen):
        text += (
            f"------------------------------------------------\nLocal Intf: {short_port(each.local)}\n"
            f"Chassis id: 0c75.aa00.{number:04x}\nPort id: {short_port(each.port)}\nPort Description: {each.port}\n"
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


def vlan(switch: Switch) -> str:
    """Show vlan."""
    rows: dict[str, list[str]] = {"1": []}
    names = {"1": "default"}
    for line in switch.configuration.values("vlan"):
        rows.setdefault(line, [])
        below = switch.configuration.sections[f"vlan {line}"]
        names[line] = next(
            (each.removeprefix("name ") for each in below if each.startswith("name ")), f"VLAN{line:0>4}"
        )
    for name, _bank, status in ports(switch):
        number = _vlan_of(switch, name)
        if not (status == "connected" and number == "trunk"):
            rows.setdefault(number if number != "trunk" else "1", []).append(short_port(name))
    lines = ["", "VLAN Name                             Status    Ports", f"---- {'-' * 32} --------- {'-' * 31}"]
    for number, listed in rows.items():
        chunks = [", ".join(listed[at : at + 4]) for at in range(0, len(listed), 4)] or [""]
        lines.append(f"{number:<4} {names.get(number, f'VLAN{number:0>4}'):<32} {'active':<9} {chunks[0]}")
        lines += [f"{'':<48}{chunk}" for chunk in chunks[1:]]
    return "\n".join(lines) + "\n\n"


def hosts(switch: Switch) -> str:
    """Show hosts."""
    domain = next(iter(switch.configuration.values("ip domain name")), "")
    return (
        f"Default domain is {domain}\nName servers are 255.255.255.255\n"
        if domain
        else "Default domain is not set\nName servers are 255.255.255.255\n"
    ) + "NAME  TTL  CLASS   TYPE      DATA/ADDRESS\n-----------------------------------------\n"
