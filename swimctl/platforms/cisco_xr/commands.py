"""Which parser reads which command's output."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any, Final

from swimctl.platforms.cisco_xr.parsers.boot import parse_show_variables_boot
from swimctl.platforms.cisco_xr.parsers.files import (
    parse_dir,
    parse_show_filesystem,
    parse_show_filesystem_location,
    parse_show_md5,
)
from swimctl.platforms.cisco_xr.parsers.install import parse_show_install
from swimctl.platforms.cisco_xr.parsers.install_log import parse_show_install_log, parse_show_install_request
from swimctl.platforms.cisco_xr.parsers.install_request import parse_install_request
from swimctl.platforms.cisco_xr.parsers.interfaces import (
    parse_show_interface_brief,
    parse_show_ip_interface_brief,
    parse_show_route_summary,
    parse_show_route_summary_all,
)
from swimctl.platforms.cisco_xr.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xr.parsers.neighbours import (
    parse_show_cdp_neighbors_detail,
    parse_show_lldp_neighbors,
    parse_show_lldp_neighbors_detail,
)
from swimctl.platforms.cisco_xr.parsers.platform import parse_show_platform
from swimctl.platforms.cisco_xr.parsers.redundancy import parse_show_redundancy, parse_show_redundancy_summary
from swimctl.platforms.cisco_xr.parsers.session import parse_show_clock, parse_show_user_tasks
from swimctl.platforms.cisco_xr.parsers.version import parse_show_version
from swimctl.platforms.commands import Command, Parser, find_command


def _named(parser: Any, command: str) -> Parser:  # noqa: ANN401 - any parser that takes the command's words
    """Return a parser that names this command in its errors."""
    return update_wrapper(partial(parser, command=command), parser)


COMMANDS: Final = (
    *(Command(name, _named(parse_show_version, name)) for name in ("show version", "show version brief")),
    *(Command(name, _named(parse_show_platform, name)) for name in ("show platform", "admin show platform")),
    *(
        Command(name, _named(parse_show_inventory, name))
        for prefix in ("", "admin ")
        for name in (f"{prefix}show inventory", f"{prefix}show inventory raw", f"{prefix}show inventory all")
    ),
    *(
        Command(name, _named(parse_show_install, name))
        for kind in ("active", "inactive", "commit", "committed")
        for name in (f"show install {kind}", f"show install {kind} summary")
    ),
    *(Command(name, _named(parse_install_request, name), open_end=True) for name in ("install", "admin install")),
    Command("show install request", parse_show_install_request),
    Command("show install log", parse_show_install_log, open_end=True),
    Command("show md5 file *", parse_show_md5),
    Command("show user tasks", parse_show_user_tasks),
    Command("dir", parse_dir, open_end=True),
    Command("show filesystem", parse_show_filesystem),
    Command("show filesystem location *", parse_show_filesystem_location),
    Command("show redundancy", parse_show_redundancy),
    Command("show redundancy summary", parse_show_redundancy_summary),
    Command("show variables boot", parse_show_variables_boot),
    *(Command(f"show {word} brief", parse_show_interface_brief) for word in ("interface", "interfaces")),
    *(Command(f"show {word} interface brief", parse_show_ip_interface_brief) for word in ("ip", "ipv4")),
    *(Command(f"show route {word}summary", parse_show_route_summary) for word in ("", "vrf * ", "ipv4 ", "ipv6 ")),
    # The short name is that of the collections of outputs; the device wants the long ones.
    *(
        Command(f"show route {word} summary", parse_show_route_summary_all)
        for word in ("all", "afi-all safi-all", "vrf * afi-all safi-all")
    ),
    Command("show cdp neighbors detail", parse_show_cdp_neighbors_detail),
    Command("show lldp neighbors", parse_show_lldp_neighbors),
    Command("show lldp neighbors detail", parse_show_lldp_neighbors_detail),
    Command("show clock", parse_show_clock),
)


ASKED: Final = (
    "show version",
    "show user tasks",
    "show platform",
    "admin show platform",
    "show inventory",
    "show redundancy",
    "show install active",
    "show install committed",
    "show install inactive summary",
    "show install log",
    "show install request",
    "show filesystem location all",
    "dir harddisk:",
    "show interfaces brief",
    "show route summary",
    "show cdp neighbors detail",
    "show lldp neighbors",
)
"""What is read before an upgrade, by one driver or another, beside the log and the configuration; a test holds it."""


def find(command: str) -> Command:
    """Find the entry for a command as typed; raises NotFound with the known commands."""
    return find_command(COMMANDS, command)


def parse(command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts; raises NotFound for a command that no parser reads, else as the parser."""
    return find(command).parser(text)
