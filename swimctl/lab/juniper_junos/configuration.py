"""The committed configuration of a lab Juniper: as text, as the commands that make it, and as elements. Pure.

What somebody committed stands in the text, and among the elements, as remarks: which of its words are names only a
schema would tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.juniper_junos.elements import Element, element, text
from swimctl.lab.routing import BGP, ISIS, OSPF

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper

SPACE = "http://xml.juniper.net/xnm/1.1/xnm"
_PASSWORD = "$6$lab{$"  # noqa: S105 - a hash of nothing, as the device prints one
VLANS = {"desks": 10, "voice": 20}
_DOMAIN = "system domain-name "


def as_commands(switch: Juniper) -> str:
    """Show configuration as the commands that make it."""
    own = [f"version {switch.running[0]}", f"system host-name {switch.hostname}", "system services ssh"]
    own += ["system services netconf ssh"] if switch.spec.offers_netconf else []
    own += ["system login user admin class super-user",
            f'system login user admin authentication encrypted-password "{_PASSWORD}"']  # fmt: skip
    own += ["poe interface all"] if _gives_power(switch) else []
    own += [f"vlans {name} vlan-id {number}" for name, number in VLANS.items()]
    own += [f"protocols {words}" for _protocol, lines in _protocols(switch) for words in lines]
    return "".join(f"set {line}\n" for line in (*own, *switch.statements))


def _gives_power(switch: Juniper) -> bool:
    return any(member.hardware.gives_power for member in switch.spec.members)


def _protocols(switch: Juniper) -> list[tuple[str, list[str]]]:
    """List what it speaks with routers, with the commands of each below `protocols`."""
    lines = {
        BGP: ["bgp group core type internal", *(f"bgp group core neighbor 203.0.113.{number}" for number in (1, 2))],
        ISIS: ["isis interface irb.10"],
        OSPF: ["ospf area 0.0.0.0 interface irb.10"],
    }
    return [(protocol, below) for protocol, below in lines.items() if protocol in switch.protocols]


_BLOCKS = {
    BGP: "    bgp {\n        group core {\n            type internal;\n            neighbor 203.0.113.1;\n"
    "            neighbor 203.0.113.2;\n        }\n    }\n",
    ISIS: "    isis {\n        interface irb.10;\n    }\n",
    OSPF: "    ospf {\n        area 0.0.0.0 {\n            interface irb.10;\n        }\n    }\n",
}
"""What stands below `protocols` in the text."""


def as_text(switch: Juniper) -> str:
    """Show configuration."""
    added = "".join(f"    /* set {each} */\n" for each in switch.statements)
    spoken = "".join(_BLOCKS[protocol] for protocol, _lines in _protocols(switch))
    protocols = f"protocols {{\n{spoken}}}\n" if spoken else ""
    poe = "poe {\n    interface all;\n}\n" if _gives_power(switch) else ""
    vlans = "".join(f"    {name} {{\n        vlan-id {number};\n    }}\n" for name, number in VLANS.items())
    netconf = "        netconf {\n            ssh;\n        }\n" if switch.spec.offers_netconf else ""
    return (
        f"## Last commit: 2031-01-01 00:00:00 UTC by admin\nversion {switch.running[0]};\n"
        f"system {{\n    host-name {switch.hostname};\n    services {{\n        ssh;\n{netconf}    }}\n"
        "    login {\n        user admin {\n            class super-user;\n            authentication {\n"
        f'                encrypted-password "{_PASSWORD}"; ## SECRET-DATA\n            }}\n        }}\n    }}\n'
        f"{added}}}\n{poe}vlans {{\n{vlans}}}\n{protocols}"
    )


def as_elements(switch: Juniper) -> Element:
    """Show configuration as elements."""
    domains = [each.removeprefix(_DOMAIN) for each in switch.statements if each.startswith(_DOMAIN)]
    secret = element("authentication", text("encrypted-password", _PASSWORD))
    user = element("user", text("name", "admin"), text("class", "super-user"), secret)
    spoken = _protocols(switch)
    netconf = element("netconf", element("ssh")) if switch.spec.offers_netconf else None
    return element(
        "configuration",
        text("version", switch.running[0]),
        element(
            "system",
            text("host-name", switch.hostname),
            text("domain-name", domains[-1]) if domains else None,
            element("services", element("ssh"), netconf),
            element("login", user),
            *(text("junos:comment", f"/* set {each} */") for each in switch.statements),
        ),
        element("poe", element("interface", text("name", "all"))) if _gives_power(switch) else None,
        element("vlans", *(element("vlan", text("name", n), text("vlan-id", number)) for n, number in VLANS.items())),
        element("protocols", *(_element(protocol) for protocol, _lines in spoken)) if spoken else None,
        xmlns=SPACE,
    )


def _element(protocol: str) -> Element:
    interface = element("interface", text("name", "irb.10"))
    if protocol == BGP:
        neighbours = (element("neighbor", text("name", f"203.0.113.{number}")) for number in (1, 2))
        return element(BGP, element("group", text("name", "core"), text("type", "internal"), *neighbours))
    if protocol == OSPF:
        return element(OSPF, element("area", text("name", "0.0.0.0"), interface))  # noqa: S104 - an area
    return element(protocol, interface)
