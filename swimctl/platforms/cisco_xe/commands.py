"""Which parser reads which command's output."""

from __future__ import annotations

from typing import Any, Final

from swimctl.platforms.cisco_xe.models import (
    HARDWARE,
    HARDWARE_SUBTREE,
    INSTALL,
    INSTALL_SUBTREE,
    parse_hardware_oper,
    parse_install_oper,
)
from swimctl.platforms.cisco_xe.parsers.access_points import COMMAND as AP_IMAGE
from swimctl.platforms.cisco_xe.parsers.access_points import parse_show_ap_image
from swimctl.platforms.cisco_xe.parsers.boot import parse_show_boot, parse_show_romvar
from swimctl.platforms.cisco_xe.parsers.files import parse_dir, parse_show_file_systems, parse_verify
from swimctl.platforms.cisco_xe.parsers.install import parse_show_install, parse_show_install_rollback
from swimctl.platforms.cisco_xe.parsers.install_outcome import parse_install_outcome, parse_install_remove_outcome
from swimctl.platforms.cisco_xe.parsers.interfaces import (
    parse_show_etherchannel_summary,
    parse_show_interfaces_status,
    parse_show_ip_interface_brief,
)
from swimctl.platforms.cisco_xe.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.parsers.issu import parse_show_issu
from swimctl.platforms.cisco_xe.parsers.neighbours import (
    parse_show_cdp_neighbors,
    parse_show_cdp_neighbors_detail,
    parse_show_lldp_neighbors,
    parse_show_lldp_neighbors_detail,
)
from swimctl.platforms.cisco_xe.parsers.platform import parse_show_module, parse_show_platform
from swimctl.platforms.cisco_xe.parsers.redundancy import parse_show_redundancy, parse_show_redundancy_states
from swimctl.platforms.cisco_xe.parsers.request import MORE, REQUEST, parse_packages, parse_request
from swimctl.platforms.cisco_xe.parsers.routes import parse_show_ip_route_summary
from swimctl.platforms.cisco_xe.parsers.session import parse_show_clock, parse_show_privilege, parse_write_memory
from swimctl.platforms.cisco_xe.parsers.switch import CHASSIS, parse_show_chassis, parse_show_switch
from swimctl.platforms.cisco_xe.parsers.version import parse_show_version
from swimctl.platforms.cisco_xe.parsers.virtual import DETECTION, LINK, parse_dual_active, parse_virtual_link
from swimctl.platforms.commands import NETCONF, Command, Model, Parser, find_command


def _install(command: str) -> Parser:
    return lambda text: parse_show_install(text, command)


def _boot(command: str) -> Parser:
    return lambda text: parse_show_boot(text, command)


def _issu(command: str) -> Parser:
    return lambda text: parse_show_issu(text, command)


COMMANDS: Final = (
    Command("show version", parse_show_version),
    Command("show switch", parse_show_switch),
    Command("show switch detail", parse_show_switch),
    Command(CHASSIS, parse_show_chassis),
    Command("show inventory", parse_show_inventory),
    Command("show inventory oid", parse_show_inventory),
    Command("show platform", parse_show_platform),
    Command("show module", parse_show_module, open_end=True),
    Command("dir", parse_dir, open_end=True),
    Command("show file systems", parse_show_file_systems),
    Command("verify", parse_verify, open_end=True),
    *(
        Command(name, _install(name))
        for kind in ("summary", "active", "committed", "inactive", "uncommitted")
        for name in (f"show install {kind}",)
    ),
    Command("show install rollback", parse_show_install_rollback),
    Command("install remove", parse_install_remove_outcome, open_end=True),
    Command("install", parse_install_outcome, open_end=True),
    Command(REQUEST, parse_request, open_end=True),
    Command(MORE, parse_packages, open_end=True),
    *(Command(name, _boot(name)) for name in ("show boot", "show bootvar", "show boot system")),
    Command("show romvar", parse_show_romvar, open_end=True),
    Command("show redundancy", parse_show_redundancy),
    Command("show redundancy states", parse_show_redundancy_states),
    Command(LINK, parse_virtual_link),
    Command(AP_IMAGE, parse_show_ap_image),
    Command(DETECTION, parse_dual_active),
    *(Command(name, _issu(name)) for name in ("show issu state detail", "show issu rollback-timer")),
    Command("show interfaces status", parse_show_interfaces_status),
    Command("show interfaces status module", parse_show_interfaces_status, open_end=True),
    Command("show interfaces * status", parse_show_interfaces_status),
    Command("show etherchannel summary", parse_show_etherchannel_summary),
    Command("show ip interface brief", parse_show_ip_interface_brief),
    Command("show ip route summary", parse_show_ip_route_summary),
    Command("show ip route vrf * summary", parse_show_ip_route_summary),
    Command("show cdp neighbors", parse_show_cdp_neighbors),
    Command("show cdp neighbors detail", parse_show_cdp_neighbors_detail),
    Command("show lldp neighbors", parse_show_lldp_neighbors),
    Command("show lldp neighbors detail", parse_show_lldp_neighbors_detail),
    Command("show clock", parse_show_clock),
    Command("show privilege", parse_show_privilege),
    Command("write memory", parse_write_memory),
    Command("copy running-config startup-config", parse_write_memory),
)


MODELS: Final = (
    Model(INSTALL, INSTALL_SUBTREE, parse_install_oper),
    Model(HARDWARE, HARDWARE_SUBTREE, parse_hardware_oper),
)
_MODELS: Final = tuple(model.command for model in MODELS)

ASKED: Final = (
    "show version",
    "show privilege",
    "show inventory",
    "show switch",
    "show chassis",
    "show platform",
    "show redundancy",
    "show install summary",
    "show boot",
    "show bootvar",
    "show romvar",
    "show file systems",
    "dir flash:",
    "show ip interface brief",
    "show interfaces status",
    "show etherchannel summary",
    "show ip route summary",
    "show cdp neighbors",
    "show lldp neighbors",
)
"""What is read before an upgrade, by one driver or another, beside the log and the configuration; a test holds it."""


def find(command: str) -> Command:
    """Find the entry for a command as typed; raises NotFound with the known commands."""
    if command.split(maxsplit=1)[:1] == [NETCONF]:
        return find_command(_MODELS, command)
    return find_command(COMMANDS, command)


def parse(command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts; raises NotFound for a command that no parser reads, else as the parser."""
    return find(command).parser(text)
