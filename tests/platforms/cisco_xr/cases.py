"""What IOS-XR's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.contract import Cases

CASES = Cases(
    syslog=(
        "RP/0/RP0/CPU0:Mar  9 16:06:55.053 CET: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : Interface Te0/0/0/1, changed",
        "LC/0/1/CPU0:2024 Mar  9 16:06:55.053 CET: pfm_node_lc[311]: %FABRIC-NPU-1-ERROR : Set|x[0x1]|y",
        "RP/0/RP0/CPU0:Mar  9 16:06:55.053 GMT/BST: config[65808]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed",
        "RP/0/RP0/CPU0:Mar  9 16:06:55.053 +03: config[65808]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed",
        "0/RP0/ADMIN0:Mar  9 16:06:55.053 : inst_mgr[2915]: %INFRA-INSTMGR-6-OPERATION : text",
    ),
    prompts=(
        "RP/0/RSP0/CPU0:hall-7#",
        "RP/0/RP0/CPU0:hall-7(admin)# ",
        "RP/0/RP0/CPU0:hall-7#admin ",
        "sysadmin-vm:0_RP0# ",
        "Device# ",
    ),
    refusals=(
        "% Invalid input detected at '^' marker.",
        "% Incomplete command.",
        "        ^\n% Invalid input detected at '^' marker.",
        "% This command is not authorized",
    ),
    denied="% This command is not authorized",
    pager=(" --More-- ", "\r          \r"),
    commands={
        "dir": "dir harddisk:",
        "install": "install activate id 25",
        "show_md5_file": "show md5 file /harddisk:/image.iso",
    },
    # One format each: route summaries and file systems, of one or of all; an operation at the terminal and in the log.
    alike=(
        frozenset({"parse_show_route_summary", "parse_show_route_summary_all"}),
        frozenset({"parse_show_filesystem", "parse_show_filesystem_location"}),
        frozenset({"parse_install_request", "parse_show_install_log"}),
    ),
    # The echo alone tells the kind of an installation.
    aside=frozenset({"operation"}),
    untold={
        "parse_show_filesystem_location.systems.prefixes": "a path (`/misc/config`) is the end of the last line",
        "parse_show_install.count": "it adds up the counts of the nodes that are there",
        "parse_show_cdp_neighbors_detail.remote_interface": "the end of a line, and nothing behind it is needed",
        "parse_show_install.packages.name": "nothing need stand below the last row; the prompt tells the end",
        "parse_show_install.packages.version": "as above, in the tables of LNT",
        "parse_show_inventory.serial": "the end of the last line",
        "parse_show_md5.path": "the end of the last line; the hash before it is told whole",
        "parse_show_lldp_neighbors_detail.name": "the end of a line, and nothing behind it is needed",
        "parse_show_lldp_neighbors_detail.remote_interface": "the end of a line, and nothing behind it is needed",
        "parse_show_redundancy.fields": "why a node booted: free text, below what decides",
        "parse_show_variables_boot.values": "words for a kernel; the boot loader's BOOT is told whole",
        "parse_show_version.config_register": "the end of the last line, where `0x2` is one too",
        "parse_show_version.uptime": "a full hour has no minutes behind it; the prompt tells that the line is whole",
    },
)
