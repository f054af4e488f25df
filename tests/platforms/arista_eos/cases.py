"""What EOS's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.contract import Cases

CASES = Cases(
    syslog=(
        "Mar  9 16:06:55 hall-7 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to up",
        "Mar  9 16:06:55 hall-7 ConfigAgent: 21: %SYS-5-CONFIG_I: Configured from console by admin on vty5 (192.0.2.9)",
        "Mar  9 2024 16:06:55 CET hall-7 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1 is up",
        "2024-03-09T16:06:55.123+01:00 hall-7 Mlag[2011]: %MLAG-4-INTF_INACTIVE_LOCAL: Local interface is down",
    ),
    prompts=("hall-7#", "hall-7(s1)>", "hall-7(config-if-Et1)#", "hall-7.16:06:55#"),
    refusals=(
        "% Invalid input",
        "% Invalid input (privileged mode required)",
        "% Invalid input (at token 2: 'x')",
        "% Incomplete command",
        "% Ambiguous command",
        "% Authorization denied for command 'show'",
        "% Unavailable command (not supported on this hardware platform)",
    ),
    denied="% Authorization denied for command",
    pager=("\x1b[7m --More-- \x1b[27m", "\x1b[8D\x1b[K\r"),
    commands={
        "dir": "dir flash:",
        "verify": "verify /sha512 flash:EOS-4.28.3M.swi",
        "install_source": "install source flash:EOS-4.28.3M.swi",
    },
    # An error of the file system may be the answer of either.
    # The details of MLAG begin with all that is told without them.
    alike=(
        frozenset({"parse_install_outcome", "parse_write_memory"}),
        frozenset({"parse_show_mlag", "parse_show_mlag_detail"}),
    ),
    untold={
        "parse_show_clock.zone": "older releases end with it",
        "parse_show_inventory.description": "the table of transceivers is the last, and has rows without all columns",
        "parse_show_inventory.pid": "as above",
        "parse_show_inventory.serial": "as above",
        "parse_show_interfaces_status.mode": "a port's name may hold the words of all columns behind it",
        "parse_show_lldp_neighbors_detail.name": "a neighbour without a name goes by its chassis id, told above",
        "parse_show_reload_cause.debugging": "free text",
        "parse_show_reload_cause.cause": "free words",
        "parse_show_reload_cause.recommended": "free words",
        "parse_show_inventory.name": "as the description of a part above",
        "parse_show_ip_route_summary.routes.total": "the end of a line; what is compared stands above it",
        "parse_show_mlag.fields": "the device's own words below what decides",
        "parse_show_mlag.ports": "the end of the last line; they are told to people alone",
        "parse_show_privilege": "1 is a level, too",
    },
)
