"""What a lab Juniper shows of its routers, hosts, power for devices and heat. Pure; one function a command.

As seen in captures juniper_junos/show_bgp_summary, show_isis_adjacency, show_arp_no-resolve and
show_chassis_environment, and as Juniper's guides for EX switches show `show ospf neighbor`, `show ethernet-switching
table`, `show poe interface` and `show interfaces extensive`. What the column `Oper status` says of a port that should
give power and cannot was not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.effects import Dialogue, Pause, Print
from swimctl.lab.juniper_junos.shows_network import VIRTUAL, fed, neighbours, ports_up, unpowered
from swimctl.lab.routing import BGP, ISIS, OSPF, Link

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper
    from swimctl.lab.juniper_junos.session import CommandLine
    from swimctl.lab.plain_commands import Words

PORT, ADDRESSES = "irb.10", ("192.0.2.1", "192.0.2.2")
NO_POWER = "error: command is not valid on the {model}\n"
_SENSORS = (("CPU", 45, 90), ("PHY 1", 41, 85), ("Intake", 28, 50))
"""Name of a sensor of a member, degrees Celsius, and where it is too much."""
_HOTTER = 24


def links(switch: Juniper) -> list[Link]:
    """List the ways to the routers: through the VLAN that the uplinks carry."""
    up = any(name.startswith("xe-") for name in ports_up(switch))
    return [Link(PORT, address, up) for address in ADDRESSES]


def _age(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, minutes, left = rest // 3600, rest // 60 % 60, rest % 60
    weeks = f"{days // 7}w" if days >= 7 else ""
    if days:
        return f"{weeks}{days % 7}d {hours}:{minutes:02}:{left:02}"
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}" if minutes else str(left)


def bgp_summary(switch: Juniper) -> str:
    """Show bgp summary."""
    if BGP not in switch.protocols:
        return "BGP is not running\n"
    found = routing.routers(switch, BGP, links(switch))
    down, count = sum(not each.up for each in found), routing.PREFIXES
    paths = count * (len(found) - down)
    text = (
        f"Threading mode: BGP I/O\nGroups: 1 Peers: {len(found)} Down peers: {down}\n"
        "Table          Tot Paths  Act Paths Suppressed    History Damp State    Pending\n"
        f"inet.0               \n{paths:>24}{min(paths, count):>11}{0:>11}{0:>11}{0:>11}{0:>11}\n"
        "Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn "
        "State|#Active/Received/Accepted/Damped...\n"
    )
    for each in found:
        packets = routing.packets(each.seconds) if each.up else 0
        since = each.seconds if each.up else int(min(switch.since_up, switch.uptime))
        text += (
            f"{each.loopback:<22}{routing.AS:>7}{packets:>11}{packets:>11}{0:>8}{0:>8} {_age(since):>11} "
            f"{'Establ' if each.up else 'Active'}\n"
        )
        text += f"  inet.0: {count}/{count}/{count}/0\n" if each.up else ""
    return text


def ospf_neighbors(switch: Juniper) -> str:
    """Show ospf neighbor."""
    if OSPF not in switch.protocols:
        return "OSPF instance is not running\n"
    rows = "".join(
        f"{each.address:<16} {each.port:<22} {'Full':<9} {each.loopback:<15} {128:>4} {36:>5}\n"
        for each in routing.routers(switch, OSPF, links(switch))
        if each.up
    )
    return f"{'Address':<16} {'Interface':<22} {'State':<9} {'ID':<16} Pri  Dead\n{rows}"


def isis_adjacency(switch: Juniper) -> str:
    """Show isis adjacency."""
    if ISIS not in switch.protocols:
        return "IS-IS instance is not running\n"
    rows = "".join(
        f"{each.port:<21} {each.name:<14} 2  {'Up':<19} {24:>4}  {_colons(each.mac)}\n"
        for each in routing.routers(switch, ISIS, links(switch))
        if each.up
    )
    return f"{'Interface':<21} {'System':<14} L {'State':<13}Hold (secs) SNPA\n{rows}"


def _colons(dotted: str) -> str:
    digits = dotted.replace(".", "")
    return ":".join(f"{int(digits[at : at + 2], 16):x}" for at in range(0, 12, 2))


def poe(switch: Juniper) -> str:
    """Show poe interface: the ports of the members that give power."""
    dead, live = unpowered(switch), set(ports_up(switch))
    head = (
        f"{'Interface':<11}{'Admin':<12}{'Oper':<8}{'Max':<10}{'Priority':<15}{'Power':<18}{'Class'}\n"
        f"{'':<11}{'status':<12}{'status':<8}{'power':<25}{'consumption'}\n"
    )
    taking, rows = set(fed(switch)), ""
    for number in switch.members:
        hardware = switch.spec.members[number].hardware
        for name in hardware.port_names(number) if hardware.gives_power else ():
            if name.startswith("xe-"):
                continue
            on = name in taking and name in live
            oper, watts, kind = (
                ("ON", "6.3W", "2") if on else ("FAULT" if name == dead else "OFF", "0.0W", "not-applicable")
            )
            rows += f"{name:<11}{'Enabled':<12}{oper:<8}{'15.4W':<10}{'Low':<15}{watts:<18}{kind}\n"
    return head + rows


def switching_table(switch: Juniper) -> str:
    """Show ethernet-switching table."""
    there = neighbours(switch) if switch.since_up >= routing.LEARNED else []
    rows = "".join(
        f"    {'desks':<19} {mac}   D        -   {port + '.0':<22} 0        0       \n" for port, mac, _name in there
    )
    return (
        "\nMAC flags (S - static MAC, D - dynamic MAC, L - locally learned, P - Persistent static\n"
        "           SE - statistics enabled, NM - non configured MAC, R - remote PE MAC, O - ovsdb MAC)\n\n\n"
        f"Ethernet switching table : {len(there)} entries, {len(there)} learned\nRouting instance : default-switch\n"
        "    Vlan                MAC                 MAC      Age    Logical                NH        RTR \n"
        f"    name                address             flags           interface              Index     ID\n{rows}"
    )


def arp(switch: Juniper) -> str:
    """Show arp no-resolve."""
    there = links(switch) if switch.since_up >= routing.LEARNED else []
    found = [(link, number) for number, link in enumerate(there, 1) if link.up]
    rows = "".join(f"0c:75:aa:01:00:{number:02x} {link.address:<15} {link.port:<24} none\n" for link, number in found)
    return f"MAC Address       Address         Interface                Flags\n{rows}Total entries: {len(found)}\n"


def environment(switch: Juniper) -> str:
    """Show chassis environment."""
    hot = routing.hot(switch)
    text = f"{'Class':<6}{'Item':<31}{'Status':<11}Measurement\n"
    for number in switch.members:
        text += (
            f"{'Power':<6}{f'FPC {number} Power Supply 0':<31}OK\n{'':<6}{f'FPC {number} Power Supply 1':<31}Absent\n"
        )
        for place, (name, usual, most) in enumerate(_SENSORS):
            now = usual + _HOTTER * hot
            kind, state = "Temp" if not place else "", "OK" if now < most else "Failed"
            text += f"{kind:<6}{f'FPC {number} {name}':<31}{state:<11}{now} degrees C / {now * 9 // 5 + 32} degrees F\n"
        text += f"{'Fans':<6}{f'FPC {number} Fan Tray 0':<31}{'OK':<11}Spinning at normal speed\n"
    return text


def errors(switch: Juniper) -> str:
    """Show interfaces extensive: of each port the lines that counters of errors stand on."""
    damaged = routing.errors(switch)
    up = ports_up(switch)
    first = next((name for name in up if name.startswith("xe-")), "")
    text = ""
    for number in switch.members:
        for name in switch.spec.members[number].hardware.port_names(number):
            state, count = ("Up" if name in up else "Down"), damaged if name == first else 0
            text += (
                f"Physical interface: {name}, Enabled, Physical link is {state}\n  Input errors:\n"
                f"    Errors: {count}, Drops: 0, Framing errors: {count}, Runts: 0, Policed discards: 0, "
                "L3 incompletes: 0, L2 channel errors: 0,\n    L2 mismatch timeouts: 0, FIFO errors: 0, "
                "Resource errors: 0\n  Output errors:\n    Carrier transitions: 1, Errors: 0, Drops: 0, Collisions: 0, "
                "Aged packets: 0, FIFO errors: 0, HS link CRC errors: 0,\n    MTU errors: 0, Resource errors: 0\n\n"
            )
    return text


def ping(session: CommandLine, words: Words) -> Dialogue:
    """Run `ping` with a count; without one it would go on for ever."""
    switch, address, count = session.switch, words["address"], int(words["number"])
    own = {each.partition("/")[0] for each in VIRTUAL.values()}
    yield Print(f"PING {address} ({address}): 56 data bytes\n")
    got = count if address in own or routing.reaches(switch, address, links(switch)) else 0
    if not got:
        yield Pause(count + 10)
    lines = "".join(f"64 bytes from {address}: icmp_seq={n} ttl=64 time=1.204 ms\n" for n in range(got))
    lost = 0 if got else 100
    ends = "round-trip min/avg/max/stddev = 1.204/1.204/1.204/0.000 ms\n" if got else ""
    yield Print(
        f"{lines}\n--- {address} ping statistics ---\n"
        f"{count} packets transmitted, {got} packets received, {lost}% packet loss\n{ends}"
    )
