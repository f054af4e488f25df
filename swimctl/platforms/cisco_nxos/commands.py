"""Which parser reads which command's output."""

from __future__ import annotations

from typing import Any, Final

from swimctl.platforms.cisco_nxos.parsers.boot import parse_show_boot
from swimctl.platforms.cisco_nxos.parsers.feature import parse_show_feature
from swimctl.platforms.cisco_nxos.parsers.files import (
    parse_copy,
    parse_copy_configuration,
    parse_dir,
    parse_show_file_hash,
)
from swimctl.platforms.cisco_nxos.parsers.incompatibility import parse_show_incompatibility
from swimctl.platforms.cisco_nxos.parsers.install import parse_install_all, parse_install_impact
from swimctl.platforms.cisco_nxos.parsers.interfaces import (
    parse_show_interface_brief,
    parse_show_interface_status,
    parse_show_ip_interface_brief,
)
from swimctl.platforms.cisco_nxos.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_nxos.parsers.module import parse_show_module
from swimctl.platforms.cisco_nxos.parsers.neighbours import (
    parse_show_cdp_neighbors,
    parse_show_cdp_neighbors_detail,
    parse_show_lldp_neighbors,
    parse_show_lldp_neighbors_detail,
)
from swimctl.platforms.cisco_nxos.parsers.redundancy import parse_show_redundancy_status
from swimctl.platforms.cisco_nxos.parsers.routes import parse_show_ip_route_summary
from swimctl.platforms.cisco_nxos.parsers.session import parse_show_clock
from swimctl.platforms.cisco_nxos.parsers.version import parse_show_version
from swimctl.platforms.cisco_nxos.parsers.vpc import parse_show_vpc
from swimctl.platforms.cisco_nxos.structured import boot_data, modules_data, version_data, vpc_data
from swimctl.platforms.commands import Command, find_command

COMMANDS: Final = (
    Command("show version", parse_show_version),
    Command("show module", parse_show_module),
    Command("show inventory", parse_show_inventory),
    Command("show inventory all", parse_show_inventory),
    Command("show boot", parse_show_boot),
    Command("dir", parse_dir, open_end=True),
    Command("show file", parse_show_file_hash, open_end=True),
    Command("show feature", parse_show_feature),
    Command("show incompatibility nxos", parse_show_incompatibility, open_end=True),
    Command("show install all impact", parse_install_impact, open_end=True),
    Command("install all", parse_install_all, open_end=True),
    Command("copy", parse_copy, open_end=True),
    Command("copy running-config startup-config", parse_copy_configuration, open_end=True),
    Command("show vpc", parse_show_vpc),
    Command("show interface status", parse_show_interface_status),
    Command("show interface * status", parse_show_interface_status),
    Command("show interface brief", parse_show_interface_brief),
    Command("show interface * brief", parse_show_interface_brief),
    Command("show ip interface brief", parse_show_ip_interface_brief),
    Command("show ip interface brief vrf *", parse_show_ip_interface_brief),
    Command("show ip route summary", parse_show_ip_route_summary),
    Command("show ip route summary vrf *", parse_show_ip_route_summary),
    Command("show cdp neighbors", parse_show_cdp_neighbors),
    Command("show cdp neighbors detail", parse_show_cdp_neighbors_detail),
    Command("show lldp neighbors", parse_show_lldp_neighbors),
    Command("show lldp neighbors detail", parse_show_lldp_neighbors_detail),
    Command("show redundancy status", parse_show_redundancy_status),
    Command("show system redundancy status", parse_show_redundancy_status),
    Command("show clock", parse_show_clock),
)


DATA: Final = (
    Command("show version", version_data),
    Command("show module", modules_data),
    Command("show boot", boot_data),
    Command("show vpc", vpc_data),
)
"""What is read as data, behind `| json`."""

ASKED: Final = (
    "show version | json",
    "show module | json",
    "show boot | json",
    "show version",
    "show module",
    "show inventory",
    "show boot",
    "show system redundancy status",
    "show vpc",
    "show feature",
    "dir bootflash:",
    "show interface brief",
    "show ip route summary vrf all",
    "show cdp neighbors",
    "show lldp neighbors",
)
"""What is read before an upgrade, by one driver or another, beside the log and the configuration; a test holds it."""


def find(command: str) -> Command:
    """Find the entry for a command as typed; raises NotFound with the known commands."""
    return find_command(COMMANDS, command, DATA)


def parse(command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts; raises NotFound for a command that no parser reads, else as the parser."""
    return find(command).parser(text)
