"""The committed configuration of a lab Juniper: as text, as the commands that make it, and as elements. Pure.

What somebody committed stands in the text, and among the elements, as remarks: which of its words are names only a
schema would tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.juniper_junos.elements import Element, element, text

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper

SPACE = "http://xml.juniper.net/xnm/1.1/xnm"
_PASSWORD = "$6$lab{$"  # noqa: S105 - a hash of nothing, as the device prints one
_DOMAIN = "system domain-name "


def as_commands(switch: Juniper) -> str:
    """Show configuration as the commands that make it."""
    own = [f"version {switch.running[0]}", f"system host-name {switch.hostname}", "system services ssh"]
    own += ["system services netconf ssh"] if switch.spec.offers_netconf else []
    own += ["system login user admin class super-user",
            f'system login user admin authentication encrypted-password "{_PASSWORD}"']  # fmt: skip
    return "".join(f"set {line}\n" for line in (*own, *switch.statements))


def as_text(switch: Juniper) -> str:
    """Show configuration."""
    added = "".join(f"    /* set {each} */\n" for each in switch.statements)
    netconf = "        netconf {\n            ssh;\n        }\n" if switch.spec.offers_netconf else ""
    return (
        f"## Last commit: 2031-01-01 00:00:00 UTC by admin\nversion {switch.running[0]};\n"
        f"system {{\n    host-name {switch.hostname};\n    services {{\n        ssh;\n{netconf}    }}\n"
        "    login {\n        user admin {\n            class super-user;\n            authentication {\n"
        f'                encrypted-password "{_PASSWORD}"; ## SECRET-DATA\n            }}\n        }}\n    }}\n'
        f"{added}}}\n"
    )


def as_elements(switch: Juniper) -> Element:
    """Show configuration as elements."""
    domains = [each.removeprefix(_DOMAIN) for each in switch.statements if each.startswith(_DOMAIN)]
    secret = element("authentication", text("encrypted-password", _PASSWORD))
    user = element("user", text("name", "admin"), text("class", "super-user"), secret)
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
        xmlns=SPACE,
    )
