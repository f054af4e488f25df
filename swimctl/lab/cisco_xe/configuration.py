"""The configuration that a lab switch has at the start."""

from __future__ import annotations

from swimctl.lab.cisco_xe.spec import SwitchSpec
from swimctl.lab.configuration import Configuration
from swimctl.lab.routing import AS, configured

IGNORED = "system ignore startupconfig"


def first_configuration(spec: SwitchSpec) -> Configuration:
    """Configure a switch as its spec says, and otherwise as access switches are."""
    lines = [
        "service timestamps log datetime msec",
        f"hostname {spec.name}",
        "enable secret 9 $9$lab",
        "no ip domain lookup",
        f"ip domain name {spec.domain}",
        *(f"username {user} privilege {level} secret 9 $9$lab" for user, (_, level) in spec.users.items()),
        spec.boot_line,
        *(["boot manual"] if spec.manual_boot else []),
        "lldp run",
        *(["stackwise-virtual", " domain 1"] if spec.is_pair else []),
        "vlan 10",
        " name users",
        "vlan 20",
        " name voice",
        *([f"interface {spec.management}", " shutdown"] if spec.management else []),
    ]
    up = set(spec.ports_up())
    for number, member in enumerate(spec.members, 1):
        for name, _bank in member.hardware.ports(number):
            lines.append(f"interface {name}")
            if name in up:
                lines.append(" description in use")
    lines += [
        "interface Vlan1",
        " ip address 192.0.2.10 255.255.255.0",
        *_routing(spec),
        "ip ssh version 2",
        "ip scp server enable",
    ]
    lines += ["line con 0", "line vty 0 15", " login local", " transport input ssh"]
    kept = [line for line in lines if not line.startswith("no ")]
    return Configuration([*kept, *spec.config], single=spec.single_lines)


def _routing(spec: SwitchSpec) -> list[str]:
    return configured(
        spec,
        ospf=["router ospf 1", " network 192.0.2.0 0.0.0.255 area 0"],
        isis=["router isis", " net 49.0001.1920.0200.2010.00", " is-type level-2-only"],
        bgp=[f"router bgp {AS}", *(f" neighbor 203.0.113.{number} remote-as {AS}" for number in (1, 2))],
    )
