"""What a lab switch shows of features that clients read before they configure them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.models import short_port
from swimctl.lab.cisco_xe.shows_ports import ports

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch


def access_lists(switch: Switch) -> str:
    """Show access-lists: those with a name, their entries numbered by tens where they have no number."""
    text = ""
    for kind in ("standard", "extended"):
        for name in switch.configuration.values(f"ip access-list {kind}"):
            text += f"{kind.capitalize()} IP access list {name}\n"
            entries = switch.configuration.sections[f"ip access-list {kind} {name}"]
            for number, entry in enumerate(entries, 1):
                text += f"    {entry if entry[:1].isdigit() else f'{number * 10} {entry}'}\n"
    return text


def lacp(switch: Switch) -> str:
    """Show lacp sys-id."""
    return f"32768, {switch.spec.members[0].mac}\n"


def lldp_interfaces(switch: Switch) -> str:
    """Show lldp interface."""
    if not switch.configuration.has("lldp run"):
        return "% LLDP is not enabled\n"
    return "\n" + "".join(
        f"{short_port(name)}:\n    Tx: enabled\n    Rx: enabled\n    Tx state: IDLE\n"
        f"    Rx state: {'WAIT FOR FRAME' if status == 'connected' else 'INIT'}\n\n"
        for name, _bank, status in ports(switch)
    )


def snmp_users(_switch: Switch) -> str:
    """Show snmp user: nobody, as configured users are not in the configuration and are not kept elsewhere."""
    return ""


def snmp_chassis(switch: Switch) -> str:
    """Show snmp chassis."""
    return f"{switch.spec.members[0].serial}\n"
