"""The configuration that a lab switch has at the start."""

from __future__ import annotations

from swimctl.lab.cisco_xe.spec import SwitchSpec
from swimctl.lab.configuration import Configuration

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
        "vlan 10",
        " name users",
        *([f"interface {spec.management}", " shutdown"] if spec.management else []),
    ]
    up = set(spec.ports_up())
    for number, member in enumerate(spec.members, 1):
        for name, _bank in member.hardware.ports(number):
            lines.append(f"interface {name}")
            if name in up:
                lines.append(" description in use")
    lines += ["interface Vlan1", " ip address 192.0.2.10 255.255.255.0", "ip ssh version 2", "ip scp server enable"]
    lines += ["line con 0", "line vty 0 15", " login local", " transport input ssh"]
    kept = [line for line in lines if not line.startswith("no ")]
    return Configuration([*kept, *spec.config], single=spec.single_lines)
