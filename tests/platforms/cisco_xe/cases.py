"""What IOS-XE's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.contract import Cases

# What `terminal exec prompt timestamp` puts before an output.
_TIMESTAMP = """\
Load for five secs: 1%/0%; one minute: 2%; five minutes: 3%
Time source is NTP, 18:56:04.554 EST Mon Oct 17 2016"""

CASES = Cases(
    syslog=(
        "*Mar  9 16:06:55.053: %INSTALL-5-INSTALL_START_INFO: R0/0: install_mgr: Started install activate NONE",
        "Mar 27 06:45:05.694: %ACE-3-RELOAD_SYSTEM: R0/0: ceo: Reloading: action requested",
        "%SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
        "000123: .Mar  9 2024 16:06:55.053 CEST: %LINEPROTO-5-UPDOWN: Line protocol on Gi1/0/1, changed state to up",
        "1w2d: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to down",
        "*Mar  9 16:06:55.053 UTC+2: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
        "000124: Mar  9 2024 16:06:55.053 GMT/BST: %SYS-6-LOGOUT: User admin has exited tty session 2(192.0.2.9)",
        "*Mar  9 16:06:55.053: %IOSXE_INFRA-6-PROCPATH_CLIENT_HOG: IOS shim client 'x'\n-Traceback= 1#1a2b :5 6:7",
    ),
    prompts=("core-sw1.site#", "core-sw1>", "+++ core: executing command 'x' +++\ncore-sw1#"),
    above=(_TIMESTAMP,),
    refusals=(
        "% Invalid input detected at '^' marker.",
        "        ^\n% Invalid input detected at '^' marker.",
        "% Incomplete command.",
        "% Authorization failed.",
        "Command authorization failed.",
    ),
    denied="Command authorization failed.",
    pager=(" --More-- ", "\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b"),
    commands={
        "dir": "dir flash:",
        "verify": "verify /md5 flash:a.bin",
        "install_remove": "install remove inactive",
        "show_install_state": "show install inactive",
        "show_issu_rollback_timer": "show issu rollback-timer",
        "more": "more flash:packages.conf",
        "request": "request platform software package install switch all",
        "show_stackwise_virtual_link": "show stackwise-virtual link",
        "show_stackwise_virtual_dual_active_detection": "show stackwise-virtual dual-active-detection",
    },
    alike=(
        frozenset({"parse_show_module", "parse_show_platform"}),
        frozenset({"parse_show_switch", "parse_show_chassis"}),
        frozenset({"parse_install_outcome", "parse_install_remove_outcome"}),
    ),
    # A reload is announced by syslog too.
    aside=frozenset({"reload_announced"}),
    untold={
        "_install.<locals>.<lambda>.packages.name": "nothing need stand below the last row; the prompt tells the end",
        "_boot.<locals>.<lambda>.manual": "it is that of the members that are there",
        "_boot.<locals>.<lambda>.config_register": "what it will be stands behind what it is",
        "parse_dir.files.name": "without its last line, of which `free` tells, a listing may end anywhere",
        "parse_show_cdp_neighbors.remote_interface": "the last column; not every release counts the rows below",
        "parse_show_cdp_neighbors_detail.remote_interface": "some releases print no more of a neighbour",
        "parse_show_install_rollback.description": "free text",
        "parse_show_inventory.serial": "the end of the last line",
        "parse_show_lldp_neighbors.end_device": "the column behind the interface, as below",
        "parse_show_lldp_neighbors.remote_interface": "the last column; not every release counts the rows below",
        "parse_show_privilege": "1 is a level, too",
        "parse_show_redundancy_states.fields": "counters, below what decides",
        "parse_show_version.config_register": "the end of the last line, where `0x2` is one too",
        "parse_show_version.parts": "the last line of a stack; a shorter uptime of a member is a doubt and no success",
        "parse_verify.path": "the name in the sentence on the signature is its end",
    },
)
