"""What a lab switch shows of its interfaces, those without a plug too, and of their addresses. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.models import SPEEDS, short_port, split_port
from swimctl.lab.cisco_xe.shows_ports import plugged_in, ports
from swimctl.lab.grammar import Invalid

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface. `state` is up, down or off; `media` is "" where nothing can be plugged in."""

    name: str
    number: int
    state: str
    below: tuple[str, ...]
    media: str = ""

    @property
    def kind(self) -> str:
        """Return its name without numbers."""
        return split_port(self.name)[0]

    @property
    def line(self) -> str:
        """Return what becomes of the line."""
        return {"off": "administratively down"}.get(self.state, self.state)

    @property
    def protocol(self) -> str:
        """Return what becomes of the protocol on it."""
        return "up" if self.state == "up" else "down"

    @property
    def description(self) -> str:
        """Return what its owner wrote."""
        return self.below_as("description")

    @property
    def address(self) -> IPv4Interface | None:
        """Return its address; what is not one (`dhcp`) counts as none."""
        words = self.below_as("ip address").split()
        try:
            return IPv4Interface("/".join(words[:2]))
        except ValueError:
            return None

    def below_as(self, command: str) -> str:
        """Return what follows a command in its configuration."""
        found = (line.removeprefix(f"{command} ") for line in self.below if line.startswith(f"{command} "))
        return next(found, "")

    def mac(self, switch: Switch) -> str:
        """Return its hardware address: counted on from that of the first member."""
        digits = f"{int(switch.spec.members[0].mac.replace('.', ''), 16) + self.number:012x}"
        return ".".join(digits[at : at + 4] for at in (0, 4, 8))


def listed(switch: Switch) -> list[Interface]:
    """List all interfaces as `show interfaces` does: VLANs, the management port, the ports, the others."""
    sections = switch.configuration.sections
    below = {name.removeprefix("interface "): tuple(lines) for name, lines in sections.items()}
    banks = {name: (bank, status) for name, bank, status in ports(switch)}
    all_ports = {name for number, each in enumerate(switch.spec.members, 1) for name, _ in each.hardware.ports(number)}
    named = [name.removeprefix("interface ") for name in sections if name.startswith("interface ")]
    others = [name for name in named if name not in all_ports and name != switch.spec.management]
    vlans = [name for name in others if name.startswith("Vlan")]
    order = [*vlans, *filter(None, [switch.spec.management]), *banks, *(name for name in others if name not in vlans)]
    found = []
    for number, name in enumerate(order):
        bank, status = banks.get(name, (None, ""))
        if "shutdown" in below.get(name, ()):
            state = "off"
        elif bank is not None:
            state = "up" if status == "connected" else "down"
        else:
            state = "up" if name.startswith(("Vlan", "Loopback")) else "down"
        found.append(Interface(name, number, state, below.get(name, ()), bank.media if bank else ""))
    return found


def named(switch: Switch, typed: str) -> Interface:
    """Find an interface by its name or a short form of it; raises Invalid where there is none."""
    kind, number = re.fullmatch(r"([A-Za-z-]*)(.*)", typed).groups()  # type: ignore[union-attr] # it always fits
    for each in listed(switch):
        whole, numbers = split_port(each.name)
        if kind and whole.lower().startswith(kind.lower()) and numbers == number:
            return each
    raise Invalid(len("show interfaces "))


def interfaces(switch: Switch) -> str:
    """Show interfaces."""
    return "".join(interface(switch, each) for each in listed(switch))


def interface(switch: Switch, each: Interface) -> str:
    """Show interfaces, of one: the lines that clients read."""
    mac = each.mac(switch)
    kinds = {"Vlan": "Ethernet SVI", "Loopback": "Loopback", "Port-channel": "EtherChannel"}
    _short, _cdp, speed, bandwidth = SPEEDS.get(each.kind, ("", "", "", 1_000_000))
    detail = " (connected)" if each.media and each.state == "up" else " (disabled)" if each.state == "off" else ""
    detail = detail or (" (notconnect)" if each.media else "")
    text = f"{each.name} is {each.line}, line protocol is {each.protocol}{detail if each.media else ''} \n"
    text += f"  Hardware is {kinds.get(each.kind, each.kind)}"
    text += "\n" if each.kind == "Loopback" else f", address is {mac} (bia {mac})\n"
    text += f"  Description: {each.description}\n" if each.description else ""
    text += f"  Internet address is {each.address}\n" if each.address else ""
    text += f"  MTU 1500 bytes, BW {bandwidth} Kbit/sec, DLY 10 usec, \n"
    text += "     reliability 255/255, txload 1/255, rxload 1/255\n  Encapsulation ARPA, loopback not set\n"
    if each.media:
        text += f"  Full-duplex, {speed.removeprefix('a-')}, media type is {each.media}\n"
    return text + (
        "     0 packets input, 0 bytes, 0 no buffer\n     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored\n"
        "     0 packets output, 0 bytes, 0 underruns\n"
    )


def interfaces_description(switch: Switch) -> str:
    """Show interfaces description."""
    lines = ["Interface                      Status         Protocol Description"]
    for each in listed(switch):
        state = "admin down" if each.state == "off" else each.state
        lines.append(f"{short_port(each.name):<30} {state:<14} {each.protocol:<8} {each.description}")
    return "\n".join(lines) + "\n"


def ip_interface_brief(switch: Switch) -> str:
    """Show ip interface brief."""
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for each in listed(switch):
        ip = str(each.address.ip) if each.address else "unassigned"
        method = "unset" if each.media and not each.address else "NVRAM"
        lines.append(f"{each.name:<22} {ip:<15} YES {method:<6} {each.line:<21} {each.protocol:<8}")
    return "\n".join(lines) + "\n"


def ip_interface(switch: Switch) -> str:
    """Show ip interface: a port that switches has only its access lists, one that routes an address too."""
    text = ""
    for each in listed(switch):
        text += f"{each.name} is {each.line}, line protocol is {each.protocol}\n"
        if each.address:
            text += (
                f"  Internet address is {each.address}\n  Broadcast address is 255.255.255.255\n"
                "  Address determined by non-volatile memory\n  MTU is 1500 bytes\n"
                "  Helper address is not set\n  Directed broadcast forwarding is disabled\n"
            )
        elif not each.media:
            text += "  Internet protocol processing disabled\n"
            continue
        text += "  Outgoing access list is not set\n  Inbound  access list is not set\n"
    return text


def ipv6_interface(_switch: Switch) -> str:
    """Show ipv6 interface: nothing, as no lab switch speaks it."""
    return ""


def arp(switch: Switch) -> str:
    """Show arp: the switch itself, and the neighbours in its networks."""
    lines = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]
    for each in listed(switch):
        if each.address is None or each.state != "up" or each.kind == "Loopback":
            continue
        lines.append(f"Internet  {each.address.ip!s:<15} {'-':>9}   {each.mac(switch)}  ARPA   {each.name}")
        for neighbour, mac in plugged_in(switch):
            if IPv4Interface(neighbour.address).ip in each.address.network:
                lines.append(f"Internet  {neighbour.address:<15} {7:>9}   {mac}  ARPA   {each.name}")
    return "\n".join(lines) + "\n"
