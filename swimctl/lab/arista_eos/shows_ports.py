"""What a lab Arista shows of its ports, neighbours, routes and MLAG partner. Pure; one function a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swimctl.lab.arista_eos.device import long_name
from swimctl.lab.arista_eos.forms import ADDRESSES as ADDRESS_FORMS
from swimctl.lab.arista_eos.forms import MLAG
from swimctl.lab.arista_eos.shows import mac

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista

ADDRESSES = {
    "Loopback0": ("192.0.2.33/32", 65_535),
    "Management1": ("192.0.2.10/24", 1500),
    "Vlan10": ("198.51.100.1/24", 1500),
}
"""The addresses and MTU of the interfaces that are routed."""
ROUTES = {"connected": 3, "static (persistent)": 1, "ospf": 24, "bgp": 0, "internal": 9, "attached": 4}
_SPLIT = {
    "ospf": "     Intra-area: 20 Inter-area: 4 External-1: 0 External-2: 0\n"
    "     NSSA External-1: 0 NSSA External-2: 0\n",
    "bgp": "     External: 0 Internal: 0\n",
    "isis": "     Level-1: 0 Level-2: 0\n",
}
"""What stands below a source in `show ip route summary`: captures more/arista_eos/show_ip_route_summary/01."""
MLAG_PEER, MLAG_SYSTEM = "192.0.2.71", "02:11:22:aa:01:00"
_PEER_LINK = 2
"""The last connected ports, which a partner is behind; they do not wait for it."""


def port_states(switch: Arista) -> dict[str, str]:
    """Return the state of each port."""
    up = switch.spec.ports_up()
    lost = up[:1] if switch.degraded and switch.spec.fault("interface-lost") else []
    # The first half of them is in MLAGs.
    down = up[:-_PEER_LINK]
    in_mlags = down[: len(down) // 2]
    waiting = [port for port in down if (switch.ports_wait if port in in_mlags else switch.others_wait)]
    return {
        port: "notconnect"
        if port not in up or port in lost
        else "disabled"
        if "shutdown" in switch.configuration.sections.get(f"interface {long_name(port)}", ())
        else "errdisabled"
        if port in waiting
        else "connected"
        for port in switch.spec.hardware.port_names()
    }


def neighbours(switch: Arista) -> list[tuple[str, str, str]]:
    """List the local port, the name and the port of those behind the first and the last connected port."""
    wired = switch.spec.ports_up()
    partner = f"peer-of-{switch.name}" if switch.spec.mlag else f"spine-1.{switch.spec.domain}"
    found = ((wired[0], f"server-{switch.name}", "eth0"), (wired[-1], partner, "Ethernet56/1"))
    states = port_states(switch)
    return [each for each in found if states[each[0]] == "connected"]


@dataclass(frozen=True, slots=True)
class Port:
    """One interface; `speed` in bits a second, `virtual` ones have no hardware of their own."""

    name: str
    state: str
    mac: str
    mtu: int
    speed: int
    description: str = ""
    address: str = ""
    virtual: bool = False


def interface_list(switch: Arista) -> list[Port]:
    """List all interfaces: the ports, that of management, and the virtual ones."""
    system = mac(switch)[:10]
    wired = set(switch.spec.ports_up())
    ports = [
        Port(
            long_name(port),
            state,
            f"{system}{at:04x}",
            9214,
            25_000_000_000 if state == "connected" else 0,
            "in use" if port in wired else "",
        )
        for at, (port, state) in enumerate(port_states(switch).items(), 1)
    ]
    for name, (address, mtu) in ADDRESSES.items():
        speed = 1_000_000_000 if name == "Management1" else 0
        ports.append(Port(name, "connected", mac(switch), mtu, speed, address=address, virtual=name != "Management1"))
    return ports


def interfaces(switch: Arista) -> str:
    """Show interfaces, without the counters below each."""
    return "".join(_interface(port) for port in interface_list(switch))


def _interface(port: Port) -> str:
    up = "up" if port.state == "connected" else "down"
    kind = "Loopback" if port.name.startswith("Loopback") else "Vlan" if port.virtual else "Ethernet"
    own = "" if port.virtual else f", address is {port.mac} (bia {port.mac})"
    text = f"{port.name} is {up}, line protocol is {up} ({port.state})\n  Hardware is {kind}{own}\n"
    if port.description:
        text += f"  Description: {port.description}\n"
    if port.address:
        text += f"  Internet address is {port.address}\n  Broadcast address is 255.255.255.255\n"
    text += f"  {'IP' if port.address else 'Ethernet'} MTU {port.mtu} bytes"
    return text + (f" , BW {port.speed // 1000} kbit\n" if port.speed else "\n")


def vlan_of(switch: Arista, port: str) -> str:
    """Return what the column `Vlan` says: the uplinks are trunks."""
    return "trunk" if port in switch.spec.ports_up()[-_PEER_LINK:] else "1"


def status(switch: Arista) -> str:
    """Show interfaces status."""
    lines = ["Port       Name               Status       Vlan     Duplex Speed  Type            Flags Encapsulation"]
    for port, state in port_states(switch).items():
        described = "in use" if port in switch.spec.ports_up() else ""
        media = "25GBASE-SR" if port in switch.spec.ports_up() else "Not Present"
        duplex, speed = ("full", "25G") if state == "connected" else ("auto", "auto")
        lines.append(
            f"{port:<10} {described:<18} {state:<12} {vlan_of(switch, port):<8} {duplex:<6} {speed:<6} {media:<15}"
        )
    lines.append(f"{'Ma1':<10} {'':<18} {'connected':<12} {'routed':<8} {'a-full':<6} {'a-1G':<6} 10/100/1000")
    return "\n".join([*lines, ""])


def addresses(switch: Arista) -> str:
    """Show ip interface brief."""
    head = f"{'Interface':<15} {'IP Address':<22} {'Status':<10} {'Protocol':<16} MTU"
    lines = [head]
    if ADDRESS_FORMS.of(switch.spec, switch.release):
        rule = f"{'-' * 15} {'-' * 22} {'-' * 10} {'-' * 12} {'-' * 9} {'-' * 7} "
        lines = [f"{'':81}Address", f"{head}    Owner  ", rule]
    lines += [f"{name:<15} {address:<22} {'up':<10} {'up':<12} {mtu:>9} " for name, (address, mtu) in ADDRESSES.items()]
    return "\n".join([*lines, ""])


def lldp(switch: Arista) -> str:
    """Show lldp neighbors."""
    found = neighbours(switch)
    rows = "".join(f"{port:<13} {name:<24} {other:<22} 120\n" for port, name, other in found)
    head = f"Port          Neighbor Device ID       Neighbor Port ID    TTL\n{'-' * 10} {'-' * 24} {'-' * 22} ---"
    return f"{_table(len(found))}\n{head}\n{rows}"


def lldp_detail(switch: Arista) -> str:
    """Show lldp neighbors detail."""
    behind = {port: (name, other) for port, name, other in neighbours(switch)}
    text = ""
    for at, port in enumerate(switch.spec.hardware.port_names()):
        there = [behind[port]] if port in behind else []
        text += f"Interface {long_name(port)} detected {len(there)} LLDP neighbors:\n\n"
        for name, other in there:
            text += (
                f'  Neighbor 0011.22aa.{at:04x}/"{other}", age 12 seconds\n'
                "  Discovered 3 days, 0:01:11 ago; Last changed 3 days, 0:01:11 ago\n"
                f"  - Chassis ID type: MAC address (4)\n    Chassis ID     : 0011.22aa.{at:04x}\n"
                f'  - Port ID type: Interface name (5)\n    Port ID     : "{other}"\n'
                f'  - Time To Live: 120 seconds\n  - System Name: "{name}"\n\n'
            )
    return text


def _table(count: int) -> str:
    return (
        f"Last table change time   : 3 days, 0:01:11 ago\nNumber of table inserts  : {count + 2}\n"
        "Number of table deletes  : 2\nNumber of table drops    : 0\nNumber of table age-outs : 0\n"
    )


def routes(_switch: Arista) -> str:
    """Show ip route summary."""
    counts = ROUTES | {"isis": 0, "rip": 0}
    rows = "".join(f"   {source:<38}{count:>22}\n{_SPLIT.get(source, '')}" for source, count in counts.items())
    total = sum(ROUTES.values())
    return (
        "\nOperating routing protocol model: multi-agent\nConfigured routing protocol model: multi-agent\n\n"
        "VRF: default\n   Route Source                                Number Of Routes\n"
        f"{'-' * 37} {'-' * 25}\n{rows}\n   {'Total Routes':<38}{total:>22}\n\n"
        f"Number of routes per mask-length:\n   /24: {total}\n\n"
    )


def mlag_ports(switch: Arista) -> dict[str, int]:
    """Count the ports of the pair by their state."""
    spec = switch.spec
    disabled = spec.connected if spec.mlag is not None and switch.ports_wait else 0
    full = spec.connected if switch.peer_connected and not switch.ports_wait else 0
    return {"Disabled": disabled, "Configured": 0, "Inactive": 0, "Active-partial": 0, "Active-full": full}


def mlag(switch: Arista) -> str:
    """Show mlag."""
    spec, connected, form = switch.spec, switch.peer_connected, MLAG.of(switch.spec, switch.release)
    configured = spec.mlag is not None
    state = "Active" if connected else "Inactive" if configured else "Disabled"
    link = "Up" if switch.peer_linked else "Lowerlayerdown" if configured else ""
    fields = (
        ("MLAG Configuration:", ""),
        ("domain-id", spec.mlag or ""),
        ("local-interface", "Vlan4094" if configured else ""),
        ("peer-address", MLAG_PEER if configured else "0.0.0.0"),  # noqa: S104 - what EOS prints
        ("peer-link", "Port-Channel999" if configured else ""),
        *([("hb-peer-address", "0.0.0.0")] if form.heartbeat else []),  # noqa: S104 - what EOS prints
        ("peer-config", "consistent" if connected else ""),
        ("", ""),
        ("MLAG Status:", ""),
        ("state", state),
        ("negotiation status", "Connected" if connected else "Connecting" if configured else ""),
        ("peer-link status", link),
        ("local-int status", "Up" if configured else ""),
        ("system-id", MLAG_SYSTEM if connected else "00:00:00:00:00:00"),
        *(
            [("dual-primary detection", "Disabled"), ("dual-primary interface errdisabled", "False")]
            if form.dual
            else []
        ),
        ("", ""),
        ("MLAG Ports:", ""),
        *((name, str(count)) for name, count in mlag_ports(switch).items()),
    )
    return "\n".join([*(_field(name, value, form.name, 19) for name, value in fields), "", ""])


def mlag_detail(switch: Arista) -> str:
    """Show mlag detail."""
    fields = (
        ("MLAG Detailed Status:", ""),
        ("State", "primary" if switch.peer_connected else "inactive"),
        ("Peer State", "secondary" if switch.peer_connected else "unknown"),
        ("State changes", "2"),
        ("Hardware ready", "True"),
        ("Reload delay", f"{switch.spec.reload_delay} seconds"),
        ("Non-MLAG reload delay", f"{switch.other_delay} seconds"),
        ("Ports errdisabled", str(switch.ports_wait)),
        ("Lacp standby", "False"),
        ("Heartbeats sent/received", "3131/3123"),
        ("Agent should be running", "True"),
    )
    return mlag(switch) + "\n".join([*(_field(name, value, 31, 19) for name, value in fields), ""])


def _field(name: str, value: str, wide: int, right: int) -> str:
    return f"{name:<{wide}} : {value:>{right}}" if name and not name.endswith(":") else name
