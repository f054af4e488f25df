"""What a lab Nexus shows of its ports, neighbours, routes and vPC partner. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_nxos.device import CARDS_UP, PEER_UP
from swimctl.lab.cisco_nxos.forms import BRIEF, CDP, MASKS, VPC

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus

ROUTES = {"default": {"local": 3, "direct": 3, "ospf-1": 24}, "management": {"direct": 1, "static": 1}}
"""The best paths of each table by their protocol."""
_RULE = "-" * 80
_AWAY = "peer link is down"


def linked(switch: Nexus) -> list[str]:
    """List the connected ports that have a link."""
    up = switch.spec.ports_up()
    if switch.spec.hardware.modular and switch.since_up < CARDS_UP:
        return []
    return up[1:] if switch.degraded and switch.spec.fault("interface-lost") else up


def partner(switch: Nexus) -> tuple[str, str]:
    """Return what is seen of the vPC partner: over the link between the two, and by its keepalives."""
    if switch.degraded and switch.spec.fault("partner-lost"):
        return _AWAY, "Suspended (Destination IP not reachable)"
    return switch.spec.peer if switch.since_up >= PEER_UP else _AWAY, switch.spec.keepalive


def vpc_up(switch: Nexus) -> bool:
    """Return whether the vPC partner is there and its ports are up."""
    return partner(switch)[0] == "peer adjacency formed ok"


def long_name(port: str) -> str:
    """Spell a port as data and the configuration do."""
    return f"Ethernet{port.removeprefix('Eth')}"


def mac(number: int) -> str:
    """Return the hardware address of a port by its number; 0 is that of management."""
    return f"0011.22aa.{number:04x}"


def interfaces(switch: Nexus) -> str:
    """Show interface, without the counters below each."""
    up = set(linked(switch))
    text = (
        f"mgmt0 is up\nadmin state is up,\n  Hardware: Ethernet, address: {mac(0)} (bia {mac(0)})\n"
        "  Internet Address is 192.0.2.10/24\n  MTU 1500 bytes, BW 1000000 Kbit, DLY 10 usec\n"
        "  full-duplex, 1000 Mb/s\n\n"
    )
    for at, port in enumerate(switch.spec.hardware.port_names(), 1):
        state, mode = (
            ("up", "full-duplex, 10 Gb/s") if port in up else ("down (Link not connected)", "auto-duplex, auto-speed")
        )
        described = "  Description: in use\n" if port in switch.spec.ports_up() else ""
        text += (
            f"{long_name(port)} is {state}\nadmin state is up, Dedicated Interface\n"
            f"  Hardware: 100/1000/10000/25000 Ethernet, address: {mac(at)} (bia {mac(at)})\n{described}"
            "  MTU 1500 bytes, BW 10000000 Kbit, DLY 10 usec\n  Encapsulation ARPA, medium is broadcast\n"
            f"  Port mode is access\n  {mode}, media type is 10G\n\n"
        )
    return text


def status(switch: Nexus) -> str:
    """Show interface status."""
    up = set(linked(switch))
    head = "Port          Name               Status    Vlan      Duplex  Speed   Type"
    lines = ["", _RULE, head, _RULE]
    lines.append("mgmt0         --                 connected routed    full    1000    --         ")
    for port in switch.spec.hardware.port_names():
        state, duplex, speed = ("connected", "full", "10G") if port in up else ("notconnec", "auto", "auto")
        lines.append(f"{port:<13} --                 {state:<9} 1         {duplex:<7} {speed:<7} 10Gbase-SR")
    return "\n".join([*lines, ""])


def brief(switch: Nexus) -> str:
    """Show interface brief."""
    up = set(linked(switch))
    own = ["", _RULE, "Port   VRF          Status IP Address                              Speed    MTU", _RULE]
    own.append("mgmt0  --           up     192.0.2.10                              1000     1500")
    above = BRIEF.of(switch.spec, switch.release)
    lines = own if above else []
    lines += ["", _RULE, "Ethernet      VLAN    Type Mode   Status  Reason                   Speed     Port"]
    lines += [f"Interface{'':67}Ch #", _RULE]
    for port in switch.spec.hardware.port_names():
        state, reason, speed = ("up", "none", "10G(D)") if port in up else ("down", "Link not connected", "auto(D)")
        lines.append(f"{port:<14}1       eth  access {state:<7} {reason:<24} {speed:>9} --")
    if switch.spec.vpc is not None:
        lines += ["", _RULE, "Port-channel VLAN    Type Mode   Status  Reason                    Speed   Protocol"]
        lines += ["Interface", _RULE]
        for name in ("Po11", "Po999"):
            state, reason = ("up", "none") if vpc_up(switch) else ("down", "No operational members")
            lines.append(f"{name:<13}1       eth  trunk  {state:<7} {reason:<26} a-10G(D)  lacp")
    lines += [] if above else own
    lines += ["", _RULE, "Interface     Status     Description", _RULE, "Lo0           up         --", ""]
    return "\n".join(lines)


def neighbours(switch: Nexus) -> list[tuple[str, str, str]]:
    """List the local port, the name and the port of those behind the first and the last connected port."""
    wired = switch.spec.ports_up()
    behind = dict(zip(wired[:1] + wired[-1:], (f"server-{switch.name}", f"spine-1.{switch.spec.domain}"), strict=False))
    return [
        (port, name, f"Eth1/{1 + len(switch.name) % 30}") for port, name in behind.items() if port in linked(switch)
    ]


def cdp(switch: Nexus) -> str:
    """Show cdp neighbors."""
    form = CDP.of(switch.spec, switch.release)
    lines = [
        "Capability Codes: R - Router, T - Trans-Bridge, B - Source-Route-Bridge",
        "                  S - Switch, H - Host, I - IGMP, r - Repeater,",
        "                  V - VoIP-Phone, D - Remotely-Managed-Device,",
        "                  s - Supports-STP-Dispute",
        "",
        f"{form.title}  Local Intrfce  Hldtme Capability  Platform      Port ID",
    ]
    found = neighbours(switch)
    for port, name, other in found:
        head = f"{name:<19}" if len(name) < 19 else f"{name}\n{'':<19}"
        far = f"\n{'':<55}Ten-Gigabit{long_name(other)}" if form.alone else f" {other:<14}"
        lines.append(f"{head} {port:<15}{150:<7}{'R S I s':<11} {'N9K-C9504':<13}{far}")
    return "\n".join([*lines, "", *([f"Total entries displayed: {len(found)}", ""] if form.counts else [])])


def cdp_detail(switch: Nexus) -> str:
    """Show cdp neighbors detail."""
    return "".join(
        f"{'-' * 40}\nDevice ID:{name}\nSystem Name: {name}\n\nInterface address(es): 1\n"
        "    IPv4 Address: 192.0.2.77\n"
        "Platform: N9K-C9504, Capabilities: Router Switch IGMP Filtering Supports-STP-Dispute\n"
        f"Interface: {long_name(port)}, Port ID (outgoing port): {long_name(other)}\nHoldtime: 150 sec\n\n"
        "Version:\nCisco Nexus Operating System (NX-OS) Software, Version 10.3(4a)\n\n"
        "Advertisement Version: 2\nDuplex: full\n\nMTU: 1500\nMgmt address(es): 1\n"
        "    IPv4 Address: 192.0.2.77\n\n"
        for port, name, other in neighbours(switch)
    )


def lldp(switch: Nexus) -> str:
    """Show lldp neighbors."""
    lines = [
        "Capability codes:",
        "  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "Device ID            Local Intf      Hold-time  Capability  Port ID  ",
    ]
    found = neighbours(switch)
    for port, name, other in found:
        head = f"{name:<20}" if len(name) < 20 else f"{name}  \n{'':<20}"
        lines.append(f"{head} {port:<15} {120:<10} {'BR':<11} Ethernet{other[3:]:<8}")
    return "\n".join([*lines, f"Total entries displayed: {len(found)}", ""])


def routes(switch: Nexus) -> str:
    """Show ip route summary: the lab has one table beside that of its management port."""
    text, lengths = "", MASKS.of(switch.spec, switch.release)
    for vrf, sources in ROUTES.items():
        total = sum(sources.values())
        text += f'IP Route Table for VRF "{vrf}"\nTotal number of routes: {total}\nTotal number of paths:  {total}\n\n'
        text += "Best paths per protocol:      Backup paths per protocol:\n"
        for place, (source, count) in enumerate(sources.items()):
            text += f"  {source:<15}: {count:<11} {'None' if place == 0 else ''}".rstrip() + "\n"
        text += f"\nNumber of routes per mask-length:\n  /24: {total}\n\n" if lengths else "\n"
    return text


def vpc(switch: Nexus) -> str:
    """Show vpc."""
    spec, up, form = switch.spec, vpc_up(switch), VPC.of(switch.spec, switch.release)
    peer, keepalive = partner(switch)
    good = "success" if up else "failed"
    role = "none established" if not up else "primary, operational secondary" if switch.booted_at > 0 else "primary"
    state = "up    " if up else "down  "
    reason = (
        "Type-2 inconsistency reason       : QoSMgr Network QoS configuration incompatibl\ne\n" if form.reason else ""
    )
    more = "Virtual-peerlink mode             : Disabled\n" if form.more else ""
    return (
        "Legend:\n                (*) - local vPC is down, forwarding via vPC peer-link\n\n"
        f"vPC domain id                     : {spec.vpc}\n"
        f"Peer status                       : {peer}\n"
        f"vPC keep-alive status             : {keepalive}\n"
        f"Configuration consistency status  : {good}\n"
        f"Per-vlan consistency status       : {good}\n"
        f"Type-2 consistency status         : {'failed' if form.reason else good}\n{reason}"
        f"vPC role                          : {role}\n"
        "Number of vPCs configured         : 1\n"
        "Peer Gateway                      : Enabled\n"
        f"Dual-active excluded VLANs        : -\n{more}\n"
        f"vPC Peer-link status\n{_RULE[:69]}\nid    Port   Status Active vlans    \n"
        f"--    ----   ------ -------------------------------------------------\n1     Po999  {state} {form.vlans}\n\n"
        f"vPC status\n{_RULE[:76]}\nId    Port          Status Consistency Reason                Active vlans\n"
        "--    ------------  ------ ----------- ------                ---------------\n"
        f"11    Po11          {state} {good:<11} {good:<21} {'10' if up else '-'}\n"
    )
