"""What a lab switch shows of the routers that it talks to. Pure; one function a command.

As seen in captures cisco_ios/show_ip_bgp_summary, show_ip_ospf_neighbor, and cisco_xe/show_isis_neighbors; without
BGP it says so ("% BGP not active"), without OSPF or IS-IS it says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.cisco_xe.models import short_port
from swimctl.lab.cisco_xe.shows_ports import uplink_up
from swimctl.lab.effects import Dialogue, Pause, Print
from swimctl.lab.routing import BGP, ISIS, OSPF, Link, Router

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch
    from swimctl.lab.cisco_xe.session import CommandLine
    from swimctl.lab.plain_commands import Words

PORT, ADDRESSES = "Vlan1", ("192.0.2.1", "192.0.2.2")
"""Both routers are in one network with the switch."""
_TRIES, _WAITS = 5, 2


def links(switch: Switch) -> list[Link]:
    """List the ways to the routers."""
    there = uplink_up(switch) and switch.configuration.has(f"interface {PORT}")
    return [Link(PORT, address, there) for address in ADDRESSES]


def routers(switch: Switch, protocol: str) -> list[Router]:
    """List the routers that speak a protocol with the switch, where it is configured."""
    if not switch.configuration.has(f"router {protocol}"):
        return []
    return routing.routers(switch, protocol, links(switch))


def bgp_summary(switch: Switch) -> str:
    """Show ip bgp summary."""
    if not switch.configuration.has(f"router {BGP}"):
        return "% BGP not active\n\n"
    found = routers(switch, BGP)
    there = routing.PREFIXES if any(each.up for each in found) else 0
    version, paths = there + 1, routing.PREFIXES * sum(each.up for each in found)
    text = (
        f"BGP router identifier {routing.ROUTER_ID}, local AS number {routing.AS}\n"
        f"BGP table version is {version}, main routing table version {version}\n"
        f"{there} network entries using {there * 248} bytes of memory\n"
        f"{paths} path entries using {paths * 136} bytes of memory\n"
        "1/1 BGP path/bestpath attribute entries using 288 bytes of memory\n"
        "0 BGP route-map cache entries using 0 bytes of memory\n"
        "0 BGP filter-list cache entries using 0 bytes of memory\n"
        f"BGP using {there * 248 + paths * 136 + 288} total bytes of memory\n"
        f"BGP activity {there}/0 prefixes, {paths}/0 paths, scan interval 60 secs\n\n"
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n"
    )
    return text + "".join(_session(each, version) for each in found)


def bgp_all_summary(switch: Switch) -> str:
    """Show ip bgp all summary."""
    text = bgp_summary(switch)
    return text if text.startswith("%") else f"For address family: IPv4 Unicast\n{text}"


def _session(router: Router, version: int) -> str:
    count = routing.packets(router.seconds) if router.up else 0
    since, state = (routing.age(router.seconds), f"{routing.PREFIXES:>8}") if router.up else ("never", "Idle")
    return (
        f"{router.loopback:<15} 4 {routing.AS:>12} {count:>7} {count:>7} {version if router.up else 1:>8}    0    0 "
        f"{since:<8} {state}\n"
    )


def ospf_neighbors(switch: Switch) -> str:
    """Show ip ospf neighbor."""
    rows = "".join(
        f"{each.loopback:<15}{1:>5}   {'FULL/BDR' if number else 'FULL/DR':<16}{'00:00:36':<12}{each.address:<16}"
        f"{each.port}\n"
        for number, each in enumerate(routers(switch, OSPF))
        if each.up
    )
    head = "\nNeighbor ID     Pri   State           Dead Time   Address         Interface\n"
    return head + rows if rows else ""


def isis_neighbors(switch: Switch) -> str:
    """Show isis neighbors."""
    if not switch.configuration.has(f"router {ISIS}"):
        return ""
    rows = "".join(
        f"{each.name:<15} L2   {short_port(each.port):<13} {each.address:<15} UP    {24:<8} {each.name}.01           \n"
        for each in routers(switch, ISIS)
        if each.up
    )
    return f"\nSystem Id       Type Interface     IP Address      State Holdtime Circuit Id\n{rows}"


def ping(session: CommandLine, words: Words) -> Dialogue:
    """Run `ping`."""
    switch, address = session.switch, words["address"]
    own = switch.configuration.sections.get(f"interface {PORT}", ())
    answers = routing.reaches(switch, address, links(switch)) or any(
        line.split()[:3] == ["ip", "address", address] for line in own
    )
    yield Print(
        f"Type escape sequence to abort.\nSending {_TRIES}, 100-byte ICMP Echos to {address}, timeout is {_WAITS} "
        "seconds:\n"
    )
    if answers:
        yield Print("!!!!!\nSuccess rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms\n")
        return
    yield Pause(_TRIES * _WAITS)
    yield Print(".....\nSuccess rate is 0 percent (0/5)\n")
