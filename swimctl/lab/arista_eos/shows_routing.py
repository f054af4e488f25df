"""What a lab Arista shows of its routers, hosts, VLANs, load, heat and damaged frames. Pure; one function a command.

As seen in captures arista_eos/show_ip_bgp_summary, show_ip_ospf_neighbor, show_isis_neighbors, show_ip_arp, show_vlan,
show_mac_address-table and show_processes_top_once, and in networktocode/ntc-templates, tests/arista_eos/
show_environment_temperature; what stands there where BGP or IS-IS does not run as EOS 4.2x prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.arista_eos.shows_ports import ADDRESSES, neighbours, port_states, vlan_of
from swimctl.lab.effects import Dialogue, Pause, Print
from swimctl.lab.routing import BGP, ISIS, OSPF, Link

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista
    from swimctl.lab.arista_eos.session import CommandLine
    from swimctl.lab.plain_commands import Words

PORT, GATEWAYS = "Vlan10", ("198.51.100.2", "198.51.100.3")
_SENSORS = (
    ("1", "Digital Temperature Sensor on cpu0", 36.0, 65, 95, 105),
    ("2", "Front sensor", 21.9, 43, 65, 75),
    ("3", "Rear sensor", 22.8, 43, 65, 75),
)
"""Number and name of a sensor, degrees Celsius, its aim, and its limits."""
_HOTTER = 46


def links(switch: Arista) -> list[Link]:
    """List the ways to the routers: through the VLAN that the last ports carry."""
    states = port_states(switch)
    up = any(states[port] == "connected" for port in switch.spec.ports_up()[-2:])
    return [Link(PORT, address, up) for address in GATEWAYS]


def bgp_summary(switch: Arista) -> str:
    """Show ip bgp summary."""
    if not switch.configuration.has(f"router {BGP}"):
        return "% BGP inactive\n"
    text = (
        "BGP summary information for VRF default\n"
        f"Router identifier {routing.ROUTER_ID}, local AS number {routing.AS}\n"
        "Neighbor Status Codes: m - Under maintenance\n"
        "  Neighbor         V  AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc\n"
    )
    for each in routing.routers(switch, BGP, links(switch)):
        count = routing.packets(each.seconds) if each.up else 0
        state = f"Estab   {routing.PREFIXES:<6} {routing.PREFIXES}" if each.up else "Active        "
        since = each.seconds if each.up else int(min(switch.since_up, switch.uptime))
        text += f"  {each.loopback:<16} 4  {routing.AS:<12} {count:>8} {count:>9}    0    0 {_age(since):>8} {state}\n"
    return text


def _age(seconds: int) -> str:
    days = seconds // 86_400
    return f"{days}d{seconds // 3600 % 24:02}h" if days else routing.clock(seconds)


def ospf_neighbors(switch: Arista) -> str:
    """Show ip ospf neighbor."""
    if not switch.configuration.has(f"router {OSPF}"):
        return ""
    rows = "".join(
        f"{each.loopback:<15} {1:<8} {'default':<8} {1:<3} {'FULL/BDR' if number else 'FULL/DR':<22} 00:00:36    "
        f"{each.address:<15} {each.port}\n"
        for number, each in enumerate(routing.routers(switch, OSPF, links(switch)))
        if each.up
    )
    head = "Neighbor ID     Instance VRF      Pri State                  Dead Time   Address         Interface\n"
    return head + rows


def isis_neighbors(switch: Arista) -> str:
    """Show isis neighbors."""
    if not switch.configuration.has(f"router {ISIS}"):
        return "% IS-IS is not running\n"
    rows = "".join(
        f"{1:<9} {'default':<8} {each.name:<20} {'L2':<4} {each.port:<15} {_mac(each.mac):<17} UP    {24:<11} "
        f"{each.name}.0e\n"
        for each in routing.routers(switch, ISIS, links(switch))
        if each.up
    )
    head = (
        "Instance  VRF      System Id            Type Interface       SNPA              State Hold time   Circuit Id\n"
    )
    return f" \n{head}{rows}"


def _mac(dotted: str) -> str:
    digits = dotted.replace(".", "")
    return ":".join(f"{int(digits[at : at + 2], 16):x}" for at in range(0, 12, 2))


def vlan_names(switch: Arista) -> dict[str, str]:
    """Return the VLANs by number; `vlan-lost` takes the first that is configured."""
    configured = list(switch.configuration.values("vlan"))
    lost = switch.degraded and switch.spec.fault("vlan-lost") is not None
    found = {"1": "default"}
    for number in configured[lost:]:
        below = switch.configuration.sections[f"vlan {number}"]
        named = next((line.removeprefix("name ") for line in below if line.startswith("name ")), "")
        found[number] = named or f"VLAN{number:0>4}"
    return found


def vlans(switch: Arista) -> str:
    """Show vlan."""
    states = port_states(switch)
    live = [port for port, state in states.items() if state == "connected"]
    text = f"VLAN  Name                             Status    Ports\n----- {'-' * 32} --------- {'-' * 31}\n"
    for number, name in vlan_names(switch).items():
        inside = [port for port in live if vlan_of(switch, port) in {number, "trunk"}]
        lines = [", ".join(inside[at : at + 5]) for at in range(0, len(inside), 5)] or [""]
        text += f"{number:<5} {name:<32} {'active':<9} {lines[0]}".rstrip() + "\n"
        text += "".join(f"{'':<49}{line}\n" for line in lines[1:])
    return f"{text}\n"


def mac_table(switch: Arista) -> str:
    """Show mac address-table."""
    there = neighbours(switch) if switch.since_up >= routing.LEARNED else []
    rows = "".join(
        f"{'1':>4}    0011.22aa.{number:04x}    DYNAMIC     {port:<11}1       0:07:12 ago\n"
        for number, (port, _name, _other) in enumerate(there)
    )
    head = f"Vlan    Mac Address       Type        Ports{'':6}Moves   Last Move\n"
    rule = f"----    -----------       ----        -----{'':6}-----   ---------\n"
    many = f"{'':10}Multicast Mac Address Table\n{'-' * 66}\n\nVlan    Mac Address       Type        Ports\n"
    return (
        f"{'':10}Mac Address Table\n{'-' * 66}\n\n{head}{rule}{rows}"
        f"Total Mac Addresses for this criterion: {len(there)}\n\n{many}{rule[:43]}\n"
        "Total Mac Addresses for this criterion: 0\n"
    )


def arp(switch: Arista) -> str:
    """Show ip arp."""
    there = links(switch) if switch.since_up >= routing.LEARNED else []
    return "Address         Age (sec)  Hardware Addr   Interface\n" + "".join(
        f"{link.address:<15}   0:07:{number:02}  0c75.aa01.{number:04x}  {link.port}\n"
        for number, link in enumerate(there, 1)
        if link.up
    )


def temperature(switch: Arista) -> str:
    """Show environment temperature, which newer releases call `show system environment temperature` too."""
    hot = routing.hot(switch)
    rows = ""
    for number, name, usual, aim, alert, critical in _SENSORS:
        now, near = usual + _HOTTER * hot, f"({aim}) {aim - 1.2:.1f}"
        rows += f"{number:<7} {name:<35} {now:>7.1f} {near:>11} {alert:>6} {critical:>9}\n"
    return (
        f"System temperature status is: {'Overheating' if hot else 'Ok'}\n\n{'':65}Alert  Critical\n"
        f"{'':47}Temp    Setpoint  Limit     Limit\n"
        f"Sensor  Description                             (C)         (C)    (C)       (C)\n"
        f"------- {'-' * 35} ------- ----------- ------ ---------\n{rows}\n"
    )


def top(switch: Arista) -> str:
    """Show processes top once."""
    up = int(switch.uptime)
    days, load, idle = up // 86_400, *((3.81, 8.0) if routing.busy(switch) else (0.15, 96.3))
    return (
        f"top - {switch.clock.wall():%H:%M:%S} up {days} days, {up // 3600 % 24:>2}:{up // 60 % 60:02},  1 user,  "
        f"load average: {load:.2f}, {load / 2:.2f}, 0.09\n"
        "Tasks: 202 total,   1 running, 201 sleeping,   0 stopped,   0 zombie\n"
        f"%Cpu(s): {99.3 - idle:>4.1f} us,  0.7 sy,  0.0 ni, {idle:>4.1f} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"
        "KiB Mem:   8099732 total,  3218916 used,  4880816 free,   171340 buffers\n"
        "KiB Swap:        0 total,        0 used,        0 free,  1156836 cached\n\n"
        "  PID USER      PR  NI  VIRT  RES  SHR S  %CPU %MEM    TIME+  COMMAND\n"
        "    1 root      20   0  8608 5920 4376 S   0.0  0.3   0:12.51 systemd\n"
        " 1587 root      20   0  371m 122m  79m S   2.0  1.5  71:03.20 ConfigAgent\n\n"
    )


def counters_errors(switch: Arista) -> str:
    """Show interfaces counters errors."""
    damaged, up = routing.errors(switch), switch.spec.ports_up()
    text = f"{'Port':<10}{'FCS':>8}{'Align':>9}{'Symbol':>10}{'Rx':>9}{'Runts':>9}{'Giants':>9}{'Tx':>9}\n"
    for port in switch.spec.hardware.port_names():
        count = damaged if port == up[-1] else 0
        text += f"{port:<10}{count:>8}{0:>9}{count:>10}{count:>9}{0:>9}{0:>9}{0:>9}\n"
    return text


def ping(session: CommandLine, words: Words) -> Dialogue:
    """Run `ping`."""
    switch, address = session.switch, words["address"]
    own = {each.partition("/")[0] for each, _mtu in ADDRESSES.values()}
    yield Print(f"PING {address} ({address}) 72(100) bytes of data.\n")
    if address in own or routing.reaches(switch, address, links(switch)):
        lines = "".join(f"80 bytes from {address}: icmp_seq={n} ttl=64 time=0.21 ms\n" for n in range(1, 6))
        ends = (
            "5 packets transmitted, 5 received, 0% packet loss, time 1ms\n"
            "rtt min/avg/max/mdev = 0.180/0.210/0.240/0.020 ms, ipg/ewma 0.310/0.220 ms\n"
        )
    else:
        yield Pause(10)
        lines, ends = "", "5 packets transmitted, 0 received, 100% packet loss, time 41ms\n\n"
    yield Print(f"{lines}\n--- {address} ping statistics ---\n{ends}")
