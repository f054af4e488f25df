"""What the show commands of a lab Juniper print about ports, neighbours, routes, configuration and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.juniper_junos.forms import WATERMARK

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper
    from swimctl.lab.vty import Vty


ROUTES = {"Direct": 4, "Local": 4, "OSPF": 5, "Static": 1}
"""The active routes by their protocol."""
NEIGHBOUR_PORT = "Ethernet7"
VIRTUAL = {"irb.10": "192.0.2.10/24", "lo0.16384": "127.0.0.1"}
MANAGEMENT = ("me0", "vme")
"""The ports for management; nothing is connected to them."""


def _wired(switch: Juniper, number: int) -> list[str]:
    """List the ports of a member that have a cable: the first ones, and the first uplink."""
    names = switch.spec.members[number].hardware.port_names(number)
    return [*names[: switch.spec.connected], names[-4]]


def ports_up(switch: Juniper) -> list[str]:
    """List the ports that are up; `interface-lost` takes the very first one after an activation."""
    dead = unpowered(switch)
    found = [name for number in switch.members for name in _wired(switch, number) if name != dead]
    return found[1:] if switch.degraded and switch.spec.fault("interface-lost") else found


def fed(switch: Juniper) -> list[str]:
    """List the ports that are to give power to what is behind them; behind the very first one is a server."""
    with_power = [number for number in switch.members if switch.spec.members[number].hardware.gives_power]
    wired = [name for number in with_power for name in _wired(switch, number) if not name.startswith("xe-")]
    return [name for name in wired if name != _wired(switch, 0)[0]]


def unpowered(switch: Juniper) -> str:
    """Return the port that `poe-lost` leaves without power after the activation; empty: there is none."""
    lost = switch.degraded and switch.spec.fault("poe-lost")
    return next(iter(fed(switch)), "") if lost else ""


def interfaces(switch: Juniper) -> str:
    """Show interfaces terse."""
    up = set(ports_up(switch))
    text = f"{'Interface':<24}{'Admin':<6}{'Link':<5}{'Proto':<9}{'Local':<22}Remote\n"
    for number in switch.members:
        for name in switch.spec.members[number].hardware.port_names(number):
            link = "up" if name in up else "down"
            text += f"{name:<24}{'up':<6}{link}\n{name + '.0':<24}{'up':<6}{link:<5}eth-switch\n"
    for name, address in VIRTUAL.items():
        rest = f"{address:<20}--> 0/0" if name.startswith("lo") else address
        text += f"{name:<24}{'up':<6}{'up':<5}inet     {rest}\n"
    return text + "".join(f"{name:<24}{'up':<6}down\n" for name in MANAGEMENT)


def descriptions(switch: Juniper) -> str:
    """Show interfaces descriptions."""
    rows = "".join(f"{name:<16}up    up   uplink\n" for name in ports_up(switch) if name.startswith("xe-"))
    return f"{'Interface':<16}{'Admin':<6}{'Link':<5}Description\n{rows}"


def neighbours(switch: Juniper) -> list[tuple[str, str, str]]:
    """List the local port, the address and the name of one behind each uplink and the first port that is wired."""
    found, first = [], _wired(switch, 0)[0]
    for name in ports_up(switch):
        if name == first or name.startswith("xe-"):
            number = int(name.split("/")[0].rpartition("-")[2])
            what = f"core-{number}.lab" if name.startswith("xe-") else "server-1.lab"
            found.append((name, f"0c:75:bd:00:{number:02x}:01", what))
    return found


def vlans(switch: Juniper) -> str:
    """Show vlans: all ports are in the first one, the uplinks in both."""
    up = set(ports_up(switch))
    ports = [name for number in switch.members for name in switch.spec.members[number].hardware.port_names(number)]
    text = "\nRouting instance        VLAN name             Tag          Interfaces\n"
    uplinks = [name for name in ports if name.startswith("xe-")]
    found = [("default", 1, []), ("desks", 10, ports), ("voice", 20, uplinks)]
    if switch.degraded and switch.spec.fault("vlan-lost"):
        del found[1]
    for name, tag, inside in found:
        text += f"{'default-switch':<24}{name:<22}{tag:<9}\n"
        text += "".join(f"{'':<59}{port}.0{'*' * (port in up)}\n" for port in inside) or "\n"
    return text


def lldp(switch: Juniper) -> str:
    """Show lldp neighbors."""
    if not switch.spec.lldp:
        return "error: lldp subsystem not running - not needed by configuration.\n"
    text = "Local Interface    Parent Interface    Chassis Id          Port info          System Name\n"
    return text + "".join(
        f"{port:<19}{'-':<20}{chassis}   {NEIGHBOUR_PORT:<19}{name}\n" for port, chassis, name in neighbours(switch)
    )


def routes(switch: Juniper) -> str:
    """Show route summary."""
    total = sum(ROUTES.values())
    rows = "".join(f"{name + ':':>21}{count:>7} routes,{count:>7} active\n" for name, count in ROUTES.items())
    at = "2024-03-01 08:02:55"
    mark = (
        "Highwater Mark (All time / Time averaged watermark)\n"
        f"    RIB unique destination routes: {total} at {at} / {total}\n"
        f"    RIB routes                   : {total} at {at} / {total}\n"
        f"    FIB routes                   : {total} at {at} / {total}\n"
        f"    VRF type routing instances   : 0 at {at}\n\n"
    )
    return (
        "Autonomous system number: 64500\nRouter ID: 192.0.2.10\n\n"
        f"{mark if WATERMARK.of(switch.spec, switch.running[0]) else ''}"
        f"inet.0: {total} destinations, {total} routes ({total} active, 0 holddown, 0 hidden)\n{rows}"
    )


def authorization(session: Vty) -> str:
    """Show cli authorization."""
    every = {
        "admin": "Can view user accounts",
        "clear": "Can clear learned network info",
        "configure": "Can enter configuration mode",
        "maintenance": "Can become the super-user",
        "reset": "Can reset or restart interfaces and daemons",
        "view": "Can view current values and statistics",
        "view-configuration": "Can view all configuration (not including secrets)",
    }
    login_class = "super-user" if session.privilege >= 15 else "read-only"
    granted = every if login_class == "super-user" else {"view": every["view"]}
    return (
        f"Current user: '{session.login.user:<12}' class '{login_class}'\nPermissions:\n"
        + "".join(f"    {name:<12}-- {what}\n" for name, what in granted.items())
        + "Individual command authorization:\n    Allow regular expression: none\n    Deny regular expression: none\n"
    )


def commit(_switch: Juniper) -> str:
    """Show system commit."""
    return "0   2031-01-01 00:00:00 UTC by admin via cli\n"


def log(switch: Juniper, name: str) -> str:
    """Show log."""
    if name == "interactive-commands" and switch.spec.interactive_log:
        return "".join(f"{line}\n" for line in switch.commands)
    if name == "install" and switch.install_log and switch.spec.install_log:
        return switch.install_log
    if name == "messages":
        return "".join(f"{line}\n" for line in switch.buffer)
    return f"error: could not resolve file {name}\n"
