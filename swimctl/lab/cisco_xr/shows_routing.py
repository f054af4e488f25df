"""What a lab router with IOS-XR shows of its neighbours in routing, of hosts and of heat. Pure; one function a command.

As seen in captures cisco_xr/show_ip_bgp_summary, show_ospf_neighbor, show_isis_neighbors and show_arp; the sensors as a
public page on white-box routers with 64-bit IOS-XR shows `admin show environment temperatures`. Without BGP: "% BGP
instance 'default' not active"; without OSPF and IS-IS nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.cisco_xr.shows_network import ports
from swimctl.lab.effects import Dialogue, Pause, Print
from swimctl.lab.routing import BGP, ISIS, OSPF, Link

if TYPE_CHECKING:
    from swimctl.lab.cisco_xr.device import Router
    from swimctl.lab.cisco_xr.session import CommandLine
    from swimctl.lab.plain_commands import Words

ADDRESSES = ("198.51.100.2", "198.51.100.6")
_SENSORS = (("Inlet", 28, -10, -5, 0, 45, 55, 60), ("CPU Core", 47, -10, -5, 0, 85, 95, 105))
"""Name of a sensor, degrees Celsius, and its six limits."""
_HOTTER = 24


def links(router: Router) -> list[Link]:
    """List the ways to the routers: behind the two ports that have a neighbour."""
    wired = [port for port in ports(router) if port.neighbour]
    return [Link(port.name, address, port.up) for port, address in zip(wired, ADDRESSES, strict=True)]


def bgp_summary(router: Router) -> str:
    """Show bgp summary."""
    if not router.configuration.has(f"router {BGP}"):
        return "% BGP instance 'default' not active\n"
    found = routing.routers(router, BGP, links(router))
    version = routing.PREFIXES + 1 if any(each.up for each in found) else 1
    text = (
        f"BGP router identifier {routing.ROUTER_ID}, local AS number {routing.AS}\n"
        "BGP generic scan interval 60 secs\nNon-stop routing is enabled\nBGP table state: Active\n"
        f"Table ID: 0xe0000000   RD version: {version}\nBGP main routing table version {version}\n"
        "BGP NSR Initial initsync version 2 (Reached)\nBGP NSR/ISSU Sync-Group versions 0/0\n"
        "BGP scan interval 60 secs\n\nBGP is operating in STANDALONE mode.\n\n\n"
        "Process       RcvTblVer   bRIB/RIB   LabelVer  ImportVer  SendTblVer  StandbyVer\n"
        f"Speaker    {version:>12}{version:>11}{version:>11}{version:>11}{version:>12}{0:>12}\n\n"
        "Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd\n"
    )
    for each in found:
        count = routing.packets(each.seconds) if each.up else 0
        since, state = (routing.age(each.seconds), f"{routing.PREFIXES:>10}") if each.up else ("00:00:00", "Idle")
        text += (
            f"{each.loopback:<17} 0 {routing.AS:>5} {count:>7} {count:>7} {version if each.up else 0:>8}    0    0 "
            f"{since:>8} {state}\n"
        )
    return text + "\n"


def bgp_summaries(router: Router) -> str:
    """Show bgp all all summary."""
    said = bgp_summary(router)
    return said if said.startswith("%") else f"Address Family: IPv4 Unicast\n{'-' * 28}\n\n{said}"


def ospf_neighbors(router: Router) -> str:
    """Show ospf neighbor."""
    if not router.configuration.has(f"router {OSPF}"):
        return ""
    found = [each for each in routing.routers(router, OSPF, links(router)) if each.up]
    rows = "".join(
        f"{each.loopback:<15} 1     {'FULL/  -':<15} 00:00:36    {each.address:<15} {each.port}\n"
        f"    Neighbor is up for {routing.age(each.seconds)}\n"
        for each in found
    )
    return (
        "\n* Indicates MADJ interface\n# Indicates Neighbor awaiting BFD session up\n\nNeighbors for OSPF CORE\n\n"
        f"Neighbor ID     Pri   State           Dead Time   Address         Interface\n{rows}\n"
        f"Total neighbor count: {len(found)}\n"
    )


def isis_neighbors(router: Router) -> str:
    """Show isis neighbors."""
    if not router.configuration.has(f"router {ISIS}"):
        return ""
    short = {port.name: port.short for port in ports(router)}
    found = [each for each in routing.routers(router, ISIS, links(router)) if each.up]
    rows = "".join(
        f"{each.name:<14} {short[each.port]:<16} {'*PtoP*':<14} Up    24       L2   Capable \n" for each in found
    )
    return (
        "\nIS-IS CORE neighbors:\nSystem Id      Interface        SNPA           State Holdtime Type IETF-NSF\n"
        f"{rows}\nTotal neighbor count: {len(found)}\n"
    )


def arp(router: Router) -> str:
    """Show arp."""
    rule = "-" * 79
    rows = ""
    for at, port in enumerate(ports(router)):
        if port.address != "unassigned" and port.up and not port.name.startswith("Lo"):
            rows += f"{port.address:<15} {'-':<10} 00c1.6452.{at:04x}  Interface  ARPA  {port.name}\n"
    for number, link in enumerate(links(router) if router.since_up >= routing.LEARNED else (), 1):
        if link.up:
            rows += f"{link.address:<15} 00:07:{number:02}   0c75.aa01.{number:04x}  Dynamic    ARPA  {link.port}\n"
    head = "Address         Age        Hardware Addr   State      Type  Interface\n"
    return f"\n{rule}\n0/0/CPU0\n{rule}\n{head}{rows}"


def temperatures(router: Router) -> str:
    """Show admin environment temperatures: what is beyond a limit has a mark before it."""
    rule, rows = "=" * 80, f"{router.processors[0].rpartition('/')[0]}\n"
    for name, usual, *limits in _SENSORS:
        now = usual + _HOTTER * routing.hot(router)
        mark = "!" if now >= limits[3] else " "
        rows += f"        {mark} {name:<30}{now:>3}   " + "".join(f"{limit:>6}" for limit in limits) + "\n"
    return (
        f"{rule}\nLocation  TEMPERATURE                 Value   Crit Major Minor Minor Major  Crit\n"
        f"          Sensor                    (deg C)   (Lo) (Lo)  (Lo)  (Hi)  (Hi)   (Hi)\n{'-' * 80}\n{rows}"
    )


def ping(session: CommandLine, words: Words) -> Dialogue:
    """Run `ping`."""
    router, address = session.router, words["address"]
    own = {port.address for port in ports(router) if port.up}
    yield Print(
        f"{session.stamp}Type escape sequence to abort.\n"
        f"Sending 5, 100-byte ICMP Echos to {address}, timeout is 2 seconds:\n"
    )
    if address in own or routing.reaches(router, address, links(router)):
        yield Print("!!!!!\nSuccess rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms\n")
        return
    yield Pause(10)
    yield Print(".....\nSuccess rate is 0 percent (0/5)\n")
