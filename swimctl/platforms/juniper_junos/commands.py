"""Which parser reads which command's output."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any, Final

from swimctl.platforms.commands import Command, Parser, find_command
from swimctl.platforms.juniper_junos.parsers.alarms import parse_show_alarms
from swimctl.platforms.juniper_junos.parsers.chassis import parse_show_chassis_fpc, parse_show_chassis_routing_engine
from swimctl.platforms.juniper_junos.parsers.files import (
    parse_file_checksum,
    parse_file_list,
    parse_show_system_storage,
)
from swimctl.platforms.juniper_junos.parsers.hardware import parse_show_chassis_hardware
from swimctl.platforms.juniper_junos.parsers.interfaces import parse_show_interfaces_terse
from swimctl.platforms.juniper_junos.parsers.lldp import parse_show_lldp_neighbors
from swimctl.platforms.juniper_junos.parsers.members import parse_show_virtual_chassis
from swimctl.platforms.juniper_junos.parsers.reboot import parse_reboot, parse_show_system_reboot
from swimctl.platforms.juniper_junos.parsers.routes import parse_show_route_summary
from swimctl.platforms.juniper_junos.parsers.session import parse_show_cli_authorization
from swimctl.platforms.juniper_junos.parsers.snapshot import parse_show_system_snapshot, parse_snapshot
from swimctl.platforms.juniper_junos.parsers.software import parse_software
from swimctl.platforms.juniper_junos.parsers.uptime import parse_show_system_uptime
from swimctl.platforms.juniper_junos.parsers.version import parse_show_version
from swimctl.platforms.juniper_junos.parsers.vlans import parse_show_vlans
from swimctl.platforms.juniper_junos.structured import engines_data, members_data, uptime_data


def _named(parser: Any, command: str) -> Parser:  # noqa: ANN401 - any parser that takes the command's words
    """Return a parser that knows the command's words."""
    return update_wrapper(partial(parser, command=command), parser)


COMMANDS: Final = (
    *(
        Command(name, _named(parse_show_version, name))
        for name in ("show version", "show version detail", "show version all-members")
    ),
    Command("show chassis hardware", parse_show_chassis_hardware),
    Command("show chassis fpc", parse_show_chassis_fpc),
    *(
        Command(f"show {kind} alarms", _named(parse_show_alarms, f"show {kind} alarms"))
        for kind in ("chassis", "system")
    ),
    *(
        Command(f"{name}{more}", parser)
        for name, parser in (
            ("show chassis routing-engine", parse_show_chassis_routing_engine),
            ("show system storage", parse_show_system_storage),
            ("show system uptime", parse_show_system_uptime),
        )
        for more in ("", " no-forwarding", " all-members")
    ),
    *(Command(f"show system storage detail{more}", parse_show_system_storage) for more in ("", " all-members")),
    Command("show system reboot", parse_show_system_reboot),
    *(
        Command(name, _named(parse_show_system_snapshot, name))
        for name in (
            f"show system snapshot{kind}{more}" for kind in ("", " media internal") for more in ("", " all-members")
        )
    ),
    Command("request system snapshot", _named(parse_snapshot, "request system snapshot"), open_end=True),
    Command("show virtual-chassis", parse_show_virtual_chassis),
    Command("show virtual-chassis status", parse_show_virtual_chassis),
    Command("show cli authorization", parse_show_cli_authorization),
    Command("show interfaces terse", parse_show_interfaces_terse),
    Command("file list", parse_file_list, open_end=True),
    Command("file checksum", parse_file_checksum, open_end=True),
    Command("show vlans", parse_show_vlans),
    Command("show lldp neighbors", parse_show_lldp_neighbors),
    Command("show route summary", parse_show_route_summary),
    *(
        Command(name, _named(parse_software, name), open_end=True)
        for name in (
            *(f"request system software {kind}" for kind in ("add", "validate", "rollback")),
            *(f"request vmhost software {kind}" for kind in ("add", "validate", "rollback")),
        )
    ),
    *(
        Command(name, _named(parse_reboot, name), open_end=True)
        for name in (
            "request system reboot",
            "request system halt",
            "request system power-off",
            "request vmhost reboot",
        )
    ),
)


_DATA_OF_ALL: Final = (
    ("show version", _named(parse_show_version, "show version | display xml")),
    ("show system uptime", uptime_data),
)
DATA: Final = (
    *(Command(f"{name}{more}", parser) for name, parser in _DATA_OF_ALL for more in ("", " all-members")),
    Command("show virtual-chassis", members_data),
    Command("show chassis routing-engine", engines_data),
)
"""What is read as data, behind `| display xml`."""

ASKED: Final = (
    "show version | display xml",
    "show system uptime | display xml",
    "show version",
    "show cli authorization",
    "show virtual-chassis",
    "show chassis hardware",
    "show chassis routing-engine",
    "show chassis alarms",
    "show system uptime",
    "show system reboot",
    "show system storage detail",
    "file list /var/tmp detail",
    "show interfaces terse",
    "show route summary",
    "show vlans",
    "show lldp neighbors",
)
"""What is read before an upgrade, by one driver or another, beside the log and the configuration; a test holds it."""


def find(command: str) -> Command:
    """Find the entry for a command as typed; raises NotFound with the known commands."""
    return find_command(COMMANDS, command, DATA)


def parse(command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts; raises NotFound for a command that no parser reads, else as the parser."""
    return find(command).parser(text)
