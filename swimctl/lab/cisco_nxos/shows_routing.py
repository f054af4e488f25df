"""What a lab Nexus shows of its routers, hosts, sensors and damaged frames. Pure; one function a command.

As seen in captures cisco_nxos/show_ip_bgp_summary, show_ip_ospf_neighbor, show_isis_adjacency, show_ip_arp,
show_mac_address-table and show_environment; the first lines of BGP as 9.3 prints them. What the column `Status` of a
sensor says beside `Ok` was not seen: the rules take any other word as one that is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.cisco_nxos.shows_ports import linked, long_name, mac, neighbours
from swimctl.lab.effects import Dialogue, Pause, Print
from swimctl.lab.routing import BGP, ISIS, OSPF, Link, Router

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus
    from swimctl.lab.cisco_nxos.session import CommandLine
    from swimctl.lab.plain_commands import Words

ADDRESSES = ("198.51.100.2", "198.51.100.6")
_OWN = frozenset({"192.0.2.10", "198.51.100.1", "198.51.100.5", routing.ROUTER_ID})
_SENSORS = (("FRONT", 70, 42, 24), ("BACK", 80, 70, 26), ("CPU", 90, 80, 42))
"""Name of a sensor, where its major and its minor alarm begin, and degrees Celsius."""
_HOTTER = 24
_COUNTED = ("FCS-Err", "Xmit-Err", "Rcv-Err", "UnderSize")
_RULE = "-" * 80


def links(switch: Nexus) -> list[Link]:
    """List the ways to the routers: behind the first and the last port that has a cable."""
    wired, up = switch.spec.ports_up(), linked(switch)
    ends = dict.fromkeys(wired[:1] + wired[-1:])
    return [Link(port, address, port in up) for port, address in zip(ends, ADDRESSES, strict=False)]


def _routers(switch: Nexus, protocol: str) -> list[Router]:
    """List the routers that speak a protocol with the switch, where it is configured: its feature alone is not all."""
    there = switch.configuration.has(f"router {protocol}")
    return routing.routers(switch, protocol, links(switch)) if there else []


def bgp_summary(switch: Nexus) -> str:
    """Show ip bgp summary."""
    found = _routers(switch, BGP)
    up = sum(each.up for each in found)
    there = routing.PREFIXES if up else 0
    text = (
        "BGP summary information for VRF default, address family IPv4 Unicast\n"
        f"BGP router identifier {routing.ROUTER_ID}, local AS number {routing.AS}\n"
        f"BGP table version is {there + 1}, IPv4 Unicast config peers {len(found)}, capable peers {up}\n"
        f"{there} network entries and {there * up} paths using {there * 408} bytes of memory\n"
        "BGP attribute entries [1/164], BGP AS path entries [0/0]\n"
        "BGP community entries [0/0], BGP clusterlist entries [0/0]\n\n"
        "Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n"
    )
    for each in found:
        count = routing.packets(each.seconds) if each.up else 0
        since, state = (routing.age(each.seconds), str(there)) if each.up else ("never", "Idle")
        version = there + 1 if each.up else 0
        text += (
            f"{each.loopback:<15} 4 {routing.AS} {count:>7} {count:>7} {version:>8}    0    0 {since:<8} {state:<9}\n"
        )
    return text


def bgp_summaries(switch: Nexus) -> str:
    """Show bgp vrf all all summary: of a family that no neighbour has, the heading alone."""
    return f"{bgp_summary(switch)}\nBGP summary information for VRF default, address family IPv6 Unicast\n"


def ospf_neighbors(switch: Nexus) -> str:
    """Show ip ospf neighbors."""
    found = [each for each in _routers(switch, OSPF) if each.up]
    rows = "".join(
        f" {each.loopback:<15} {1:>3} {'FULL/ -':<16} {routing.age(each.seconds):<8} {each.address:<15} {each.port} \n"
        for each in found
    )
    return (
        f" OSPF Process ID 1 VRF default\n Total number of neighbors: {len(found)}\n"
        f" Neighbor ID     Pri State            Up Time  Address         Interface\n{rows}"
    )


def isis_adjacency(switch: Nexus) -> str:
    """Show isis adjacency."""
    rows = "".join(
        f"{each.name:<15} {each.mac:<15} {2:<6} {'UP':<6} {'00:00:24':<10}  {long_name(each.port)}\n"
        for each in _routers(switch, ISIS)
        if each.up
    )
    return (
        "IS-IS process: 1 VRF: default\nIS-IS adjacency database:\n"
        "Legend: '!': No AF level connectivity in given topology\n"
        f"System ID       SNPA            Level  State  Hold Time  Interface\n{rows}"
    )


def mac_table(switch: Nexus) -> str:
    """Show mac address-table."""
    rows = f"G    -     {mac(0)}   static   -         F      F    sup-eth1(R)\n"
    if switch.since_up >= routing.LEARNED:
        rows += "".join(
            f"*    1     0c75.aa00.{number:04x}   dynamic  0         F      F    {port}\n"
            for number, (port, _name, _other) in enumerate(neighbours(switch))
        )
    return (
        "Legend: \n        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC\n"
        "        age - seconds since last seen,+ - primary entry using vPC Peer-Link,\n"
        "        (T) - True, (F) - False, C - ControlPlane MAC, ~ - vsan\n"
        "   VLAN     MAC Address      Type      age     Secure NTFY Ports\n"
        f"---------+-----------------+--------+---------+------+----+------------------\n{rows}"
    )


def arp(switch: Nexus) -> str:
    """Show ip arp."""
    there = links(switch) if switch.since_up >= routing.LEARNED else []
    found = [(link, number) for number, link in enumerate(there, 1) if link.up]
    rows = "".join(
        f"{link.address:<15} 00:07:{number:02}  0c75.aa01.{number:04x}  {long_name(link.port):<15}\n"
        for link, number in found
    )
    return (
        "\nFlags: * - Adjacencies learnt on non-active FHRP router\n"
        "       + - Adjacencies synced via CFSoE\n       # - Adjacencies Throttled for Glean\n"
        "       CP - Added via L2RIB, Control plane Adjacencies\n       PS - Added via L2RIB, Peer Sync\n"
        "       RO - Re-Originated Peer Sync Entry\n"
        "       D - Static Adjacencies attached to down interface\n\nIP ARP Table for context default\n"
        f"Total number of entries: {len(found)}\n"
        f"Address         Age       MAC Address     Interface       Flags\n{rows}"
    )


def temperature(switch: Nexus) -> str:
    """Show environment temperature."""
    rule, rows = "-" * 68, ""
    for name, major, minor, usual in _SENSORS:
        now = usual + _HOTTER * routing.hot(switch)
        state = "Ok" if now < minor else "Minor"
        rows += f"1        {name:<12}    {major:<12}    {minor:<8}    {now:<8}    {state}\n"
    return (
        f"Temperature:\n{rule}\nModule   Sensor        MajorThresh   MinorThres   CurTemp     Status\n"
        f"                       (Celsius)     (Celsius)    (Celsius)         \n{rule}\n{rows}"
    )


def counters_errors(switch: Nexus) -> str:
    """Show interface counters errors."""
    damaged, wired = routing.errors(switch), switch.spec.ports_up()
    first = linked(switch)[:1] or wired[:1]
    head = f"{'Port':<13}{'Align-Err':>10}" + "".join(f"{word:>11}" for word in _COUNTED) + f"{'OutDiscards':>12}"
    text = f"\n{_RULE}\n{head}\n{_RULE}\n{'mgmt0':<13}{'--':>10}" + f"{'--':>11}" * 4 + f"{'--':>12}\n"
    for port in switch.spec.hardware.port_names():
        count = damaged if port in first else 0
        text += f"{port:<13}{0:>10}{count:>11}{0:>11}{count:>11}{0:>11}{0:>12}\n"
    return text


def ping(session: CommandLine, words: Words) -> Dialogue:
    """Run `ping`."""
    address = words["address"]
    yield Print(f"PING {address} ({address}): 56 data bytes\n")
    if address in _OWN or routing.reaches(session.switch, address, links(session.switch)):
        lines = "".join(f"64 bytes from {address}: icmp_seq={n} ttl=254 time=0.9 ms\n" for n in range(5))
        ends = "5 packets transmitted, 5 packets received, 0.00% packet loss\nround-trip min/avg/max = 0.9/0.9/0.9 ms\n"
    else:
        yield Pause(10)
        lines = "".join(f"Request {n} timed out\n" for n in range(5))
        ends = "5 packets transmitted, 0 packets received, 100.00% packet loss\n"
    yield Print(f"{lines}\n--- {address} ping statistics ---\n{ends}")
