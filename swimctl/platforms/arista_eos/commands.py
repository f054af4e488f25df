"""Which parser reads which command's output."""

from __future__ import annotations

from typing import Any, Final

from swimctl.platforms.arista_eos.parsers.boot import parse_show_boot_config, parse_show_reload_cause
from swimctl.platforms.arista_eos.parsers.files import parse_dir, parse_verify
from swimctl.platforms.arista_eos.parsers.install import parse_install_outcome
from swimctl.platforms.arista_eos.parsers.interfaces import (
    parse_show_interfaces_status,
    parse_show_ip_interface_brief,
)
from swimctl.platforms.arista_eos.parsers.inventory import parse_show_inventory
from swimctl.platforms.arista_eos.parsers.lldp import parse_show_lldp_neighbors, parse_show_lldp_neighbors_detail
from swimctl.platforms.arista_eos.parsers.mlag import parse_show_mlag, parse_show_mlag_detail
from swimctl.platforms.arista_eos.parsers.routes import parse_show_ip_route_summary
from swimctl.platforms.arista_eos.parsers.session import parse_show_clock, parse_show_privilege, parse_write_memory
from swimctl.platforms.arista_eos.parsers.version import parse_show_version
from swimctl.platforms.arista_eos.structured import boot_data, mlag_data, mlag_delay_data, version_data
from swimctl.platforms.commands import Command, find_command

COMMANDS: Final = (
    Command("show version", parse_show_version),
    Command("show boot-config", parse_show_boot_config),
    Command("show reload cause", parse_show_reload_cause),
    Command("show inventory", parse_show_inventory),
    Command("show mlag", parse_show_mlag),
    Command("show mlag detail", parse_show_mlag_detail),
    Command("dir", parse_dir, open_end=True),
    Command("verify", parse_verify, open_end=True),
    Command("install source", parse_install_outcome, open_end=True),
    Command("show interfaces status", parse_show_interfaces_status),
    Command("show interfaces * status", parse_show_interfaces_status),
    Command("show ip interface brief", parse_show_ip_interface_brief),
    Command("show lldp neighbors", parse_show_lldp_neighbors),
    Command("show lldp neighbors detail", parse_show_lldp_neighbors_detail),
    Command("show clock", parse_show_clock),
    Command("show ip route summary", parse_show_ip_route_summary),
    Command("show privilege", parse_show_privilege),
    Command("write memory", parse_write_memory),
)


DATA: Final = (
    Command("show version", version_data),
    Command("show boot-config", boot_data),
    Command("show mlag", mlag_data),
    Command("show mlag detail", mlag_delay_data),
)
"""What is read as data, behind `| json`."""

ASKED: Final = (
    "show version | json",
    "show boot-config | json",
    "show reload cause",
    "show version",
    "show privilege",
    "show inventory",
    "show boot-config",
    "show mlag",
    "show mlag detail",
    "dir flash:",
    "show interfaces status",
    "show ip interface brief",
    "show ip route summary",
    "show lldp neighbors",
)
"""What is read before an upgrade, by one driver or another, beside the log and the configuration; a test holds it."""


def find(command: str) -> Command:
    """Find the entry for a command as typed; raises NotFound with the known commands."""
    return find_command(COMMANDS, command, DATA)


def parse(command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts; raises NotFound for a command that no parser reads, else as the parser."""
    return find(command).parser(text)
