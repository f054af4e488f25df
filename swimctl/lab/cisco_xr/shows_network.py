"""What a lab router with IOS-XR shows of its ports, neighbours and routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xr.forms import CDP, IDLE_SOURCES, LONG_NAMES, SUBINTERFACES

if TYPE_CHECKING:
    from swimctl.lab.cisco_xr.device import Router

_LEGEND = (
    "Capability codes:\n        (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
    "        (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n\n"
)
LINKS_UP = 30.0
"""Lab seconds after a boot until the ports of the line card are up."""


@dataclass(frozen=True, slots=True)
class Port:
    """One port: its long name and its short one, its address where it has one, and what is behind it."""

    name: str
    short: str
    up: bool
    address: str = "unassigned"
    neighbour: str = ""
    bandwidth: int = 10_000_000


def ports(router: Router) -> list[Port]:
    """List the ports; `interface-lost` takes the last connected one."""
    linked = router.since_up >= LINKS_UP
    lost = router.degraded and router.spec.fault("interface-lost") is not None
    slot = router.spec.hardware.slots[0]
    return [
        Port("Loopback0", "Lo0", up=True, address="203.0.113.7", bandwidth=0),
        Port(f"MgmtEth0/{slot}/CPU0/0", f"Mg0/{slot}/CPU0/0", up=True, address="192.0.2.10", bandwidth=1_000_000),
        Port("TenGigE0/0/0/0", "Te0/0/0/0", linked, "198.51.100.1", "core1"),
        Port("TenGigE0/0/0/1", "Te0/0/0/1", linked and not lost, "198.51.100.5", "core2"),
        Port("TenGigE0/0/0/2", "Te0/0/0/2", up=False),
    ]


def brief(router: Router) -> str:
    """Show interfaces brief."""
    rows = []
    below = SUBINTERFACES.of(router.spec, router.active.version)
    for port in ports(router):
        loopback = port.short.startswith("Lo")
        rows.append(_brief(port.short, port, "Loopback" if loopback else "ARPA", 1500 if loopback else 1514))
        if below and port.neighbour:
            rows += [_brief(f"{port.short}.{vlan}", port, "802.1Q", 1518) for vlan in (10, 20)]
        elif loopback and not below:
            rows.append(_brief("Nu0", port, "Null", 1500))
    return (
        "\n               Intf       Intf        LineP              Encap  MTU        BW\n"
        "               Name       State       State               Type (byte)    (Kbps)\n"
        f"{'-' * 80}\n" + "".join(rows)
    )


def _brief(name: str, port: Port, encapsulation: str, mtu: int) -> str:
    words = _words(port)
    return f"{name:>19} {words:>11} {words:>11} {encapsulation:>18} {mtu:>5} {port.bandwidth:>10}\n"


def interfaces(router: Router) -> str:
    """Show interfaces, without the counters below each."""
    text = ""
    for at, port in enumerate(ports(router)):
        state = "up" if port.up else "down" if port.neighbour else "administratively down"
        kind = "Loopback interface(s)" if port.name.startswith("Lo") else f"TenGigE, address is 00c1.6452.{at:04x}"
        own = "" if port.address == "unassigned" else f"/{32 if port.name.startswith('Lo') else 30}"
        described = f"  Description: to {port.neighbour}\n" if port.neighbour else ""
        text += (
            f"{port.name} is {state}, line protocol is {state} \n  Interface state transitions: 1\n"
            f"  Hardware is {kind}{'' if port.name.startswith('Lo') else f' (bia 00c1.6452.{at:04x})'}\n{described}"
            f"  Internet address is {port.address if own else 'Unknown'}{own}\n"
            f"  MTU 1514 bytes, BW {port.bandwidth} Kbit (Max: {port.bandwidth} Kbit)\n"
            "     reliability 255/255, txload 0/255, rxload 0/255\n  Encapsulation ARPA,\n  Full-duplex, 10000Mb/s\n\n"
        )
    return text


def ipv6(router: Router) -> str:
    """Show ipv6 interface: none has an address."""
    return "".join(
        f"{port.name} is {'Up' if port.up else 'Down'}, ipv6 protocol is Down, Vrfid is default (0x60000000)\n"
        "  IPv6 is disabled, link-local address unassigned\n  No global unicast address is configured\n"
        for port in ports(router)
    )


def _words(port: Port) -> str:
    return "up" if port.up else "down" if port.neighbour else "admin-down"


def ip_brief(router: Router) -> str:
    """Show ipv4 interface brief."""
    head = f"\n{'Interface':<31}{'IP-Address':<16}{'Status':<16}{'Protocol':<9}Vrf-Name\n"
    rows = []
    for port in ports(router):
        status = "Up" if port.up else "Down" if port.neighbour else "Shutdown"
        rows.append(f"{port.name:<31}{port.address:<16}{status:<16}{'Up' if port.up else 'Down':<9}default\n")
    return head + "".join(rows)


def _seen(router: Router) -> list[Port]:
    return [port for port in ports(router) if port.up and port.neighbour]


def lldp(router: Router) -> str:
    """Show lldp neighbors."""
    wide = LONG_NAMES.of(router.spec, router.active.version)
    width, theirs = (32, "TenGigE0/0/0/7") if wide else (20, "Te0/0/0/7")
    rows = [
        f"{p.neighbour:<16}{p.name if wide else p.short:<{width}}{120:<11}{'R':<15}{theirs}\n" for p in _seen(router)
    ]
    head = f"{'Device ID':<16}{'Local Intf':<{width}}{'Hold-time':<11}{'Capability':<15}Port ID\n"
    return f"{_LEGEND}{head}{''.join(rows)}\nTotal entries displayed: {len(rows)}\n"


def lldp_detail(router: Router) -> str:
    """Show lldp neighbors detail."""
    seen = _seen(router)
    found = "".join(
        f"{'-' * 48}\nLocal Interface: {port.name}\nChassis id: 00c1.6499.{place:04x}\nPort id: TenGigE0/0/0/7\n"
        f"Port Description: to {router.hostname}\nSystem Name: {port.neighbour}\n\nSystem Description:\n"
        "Cisco IOS XR Software, Version 7.3.2\n\nTime remaining: 108 seconds\nHold Time: 120 seconds\n"
        "System Capabilities: R\nEnabled Capabilities: R\n\n"
        for place, port in enumerate(seen, 1)
    )
    return f"{_LEGEND}{found}Total entries displayed: {len(seen)}\n"


def cdp_detail(router: Router) -> str:
    """Show cdp neighbors detail."""
    form = CDP.of(router.spec, router.active.version)
    found = "".join(
        f"{form.above}Device ID: {port.neighbour}\nSysName : {port.neighbour if form.own_name else ''}\n"
        "Entry address(es):\n"
        f"  IPv4 address: 192.0.2.{place}\nPlatform: cisco ASR9K Series,  Capabilities: Router\n"
        f"Interface: {port.name}\nPort ID (outgoing port): TenGigE0/0/0/7\nHoldtime : 134 sec\n\nVersion :\n"
        "Cisco IOS XR Software, Version 7.3.2\n\nadvertisement version: 2\nDuplex: full\n\n"
        for place, port in enumerate(_seen(router), 1)
    )
    return f"\n{found}" if found else "Total cdp entries displayed : 0\n"


def routes(router: Router) -> str:
    """Show route summary."""
    linked = len(_seen(router))
    counts = {"connected": 1 + linked, "local": 2 + linked, "static": 2, "ospf CORE": 24 if linked else 0}
    counts |= dict.fromkeys(IDLE_SOURCES.of(router.spec, router.active.version), 0)
    counts["Total"] = sum(counts.values())
    head = f"{'Route Source':<33}{'Routes':<11}{'Backup':<11}{'Deleted':<12}Memory(bytes)\n"
    return head + "".join(f"{name:<33}{n:<11}{0:<11}{0:<12}{n * 240}\n" for name, n in counts.items())
