"""The interfaces of a lab Juniper as NETCONF alone is asked for them: with their hardware, and those inside it. Pure.

Names of elements: what NAPALM's and Ansible's programs ask for. Inside an EX: bme0.32768 has the addresses of the
master and of each slot, which /etc/hosts.junos names (Juniper/py-junos-eznc, tests/unit/facts/rpc-reply:
personality_ex and sw_info_ex).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from swimctl.lab.juniper_junos import shows_network
from swimctl.lab.juniper_junos.elements import Element, element, text
from swimctl.lab.juniper_junos.structured import family, space, states

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper

INSIDE = "__juniper_private1__"
HOSTS_FILE = "/etc/hosts.junos"
_HOSTS = (
    ("128.0.0.1", "master"), ("128.0.0.1", "member"), ("128.0.0.4", "re0"), ("128.0.0.5", "re1"),
    ("128.0.0.6", "backup"), *((f"128.0.0.{16 + number}", f"fpc{number}") for number in range(10)),
)  # fmt: skip
_SPEEDS = {"ge": "1000mbps", "xe": "10Gbps"}


def hardware(switch: Juniper) -> Element:
    """Return every interface with its speed and addresses."""
    up, flapped = set(shows_network.ports_up(switch)), int(switch.uptime)
    rows = []
    for number in switch.members:
        for name in switch.spec.members[number].hardware.port_names(number):
            link = "up" if name in up else "down"
            unit = element("logical-interface", text("name", f"{name}.0"), family("eth-switch"))
            rows.append(_physical(name, link, "Ethernet", _SPEEDS[name[:2]], _address(switch, name), flapped, unit))
    for name, address in shows_network.VIRTUAL.items():
        unit = element("logical-interface", text("name", name), family("inet", address))
        kind, mac = ("Loopback", None) if name.startswith("lo") else ("Ethernet", _address(switch, name))
        rows.append(_physical(name.partition(".")[0], "up", kind, "Unspecified", mac, flapped, unit))
    rows += [
        _physical(name, "down", "Ethernet", "1000mbps", _address(switch, name), flapped, None)
        for name in shows_network.MANAGEMENT
    ]
    return element("interface-information", *rows, xmlns=space(switch, "-interface"), junos_style="normal")


def _physical(
    name: str, link: str, kind: str, speed: str, mac: str | None, flapped: int, unit: Element | None
) -> Element:
    addresses = () if mac is None else (
        text("current-physical-address", mac), text("hardware-physical-address", mac),
    )  # fmt: skip
    return element(
        "physical-interface",
        *states(name, link),
        text("if-type", kind),
        text("mtu", "Unlimited" if mac is None else 1514),
        text("speed", speed),
        *addresses,
        text("interface-flapped", "Never" if mac is None else f"{flapped} seconds ago", junos_seconds=flapped),
        unit,
    )


def _address(switch: Juniper, name: str) -> str:
    mark = zlib.crc32(f"{switch.spec.serial} {name}".encode())
    return ":".join(("0c", "75", "bd", *(f"{mark >> shift & 255:02x}" for shift in (16, 8, 0))))


def inside(switch: Juniper) -> Element:
    """Return the interfaces of the routing instance that is the system's own."""
    mine = family("inet", "128.0.0.1/2", "128.0.0.16/2")
    unit = element("logical-interface", *states("bme0.32768", "up"), mine)
    return element(
        "interface-information", element("physical-interface", unit), xmlns=space(switch, "-interface"),
        junos_style="terse",
    )  # fmt: skip


def hosts() -> str:
    """Return the file that names the addresses inside."""
    return "".join(f"{address:<17}{name}\n" for address, name in _HOSTS)
