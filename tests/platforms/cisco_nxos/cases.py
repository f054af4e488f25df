"""What NX-OS's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.contract import Cases

CASES = Cases(
    syslog=(
        "2024 Mar  9 16:06:55 hall-7 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up in mode trunk",
        "2024 Mar  9 16:06:55.123 hall-7 %$ VDC-1 %$ %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin",
        "2024 Mar  9 16:06:55  %$ VDC-1 %$  %DAEMON-2-SYSTEM_MSG: <<%XMLMA-2-XMLMACRIT>> XML agent: done - xmlma[40]",
        "2024 Mar  9 16:06:55 hall-7 %USER-2-SYSTEM_MSG : CLIS: init begin  - clis",
        "2024 Mar  9 16:06:55 hall-7 %$ VDC-1 %$ pltfm_config[9616]: WARNING: without double-wide it is old",
        "2024 Mar  9 16:06:55 hall-7 %$ VDC-1 %$ Mar  9 16:06:54 %KERN-0-SYSTEM_MSG: [62608.8] writing reset reason 9",
        "2024 Mar  9 16:06:55 7th-hall GMT+3 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up in mode trunk",
    ),
    prompts=("hall-7# ", "hall-7#", "hall-7(config-if)# ", "core-1-vdc2# ", "switch(standby)# "),
    refusals=(
        "                    ^\n% Invalid command at '^' marker.",
        "% Incomplete command at '^' marker.",
        "% Ambiguous command at '^' marker.",
        "% Invalid number at '^' marker.",
        "% Permission denied for the role",
        "Error: AAA authorization failed AAA_AUTHOR_STATUS_METHOD=16(0x10)",
        "Syntax error while parsing 'show nothing'",
    ),
    denied="% Permission denied for the role",
    pager=("\x1b[7m--More--\x1b[m", "\r\x1b[K"),
    alike=(
        frozenset({"parse_copy", "parse_copy_configuration"}),
        # The beginning of an installation is the output of the check.
        frozenset({"parse_install_all", "parse_install_impact"}),
    ),
    commands={
        "dir": "dir bootflash:",
        "copy": "copy scp://192.0.2.9/nxos.9.3.5.bin bootflash: vrf management",
        "copy_running-config_startup-config": "copy running-config startup-config",
        "show_file": "show file bootflash:nxos.9.3.5.bin sha512sum",
        "show_incompatibility_nxos": "show incompatibility nxos bootflash:nxos.9.3.5.bin",
        "install_all": "install all nxos bootflash:nxos.9.3.5.bin",
        "show_install_all_impact": "show install all impact nxos bootflash:nxos.9.3.5.bin",
    },
    untold={
        "parse_show_cdp_neighbors.remote_interface": "the last column; not every device counts the rows below",
        "parse_show_inventory.serial": "the end of the last line",
        "parse_show_incompatibility.mend": "the end of the last line, in free words",
        "parse_show_redundancy_status.fields": "times, below what decides",
        "parse_show_cdp_neighbors_detail.remote_interface": "the end of a line, and nothing behind it is needed",
        "parse_show_lldp_neighbors.remote_interface": "the last column; the number of rows need not follow",
        "parse_show_lldp_neighbors.end_device": "its letters stand in the last columns, as the port does",
        "parse_show_lldp_neighbors_detail.name": "the end of a line, and nothing behind it is needed",
        "parse_show_module.serial": "the last column of a table that is not needed",
        "parse_show_module.diagnosis": "as above",
        "parse_show_version.reload_reason": "free words, and nothing behind them is needed",
        "parse_show_vpc.fields": "the device's own words below what decides",
        "parse_show_vpc.ports.consistency": "`Not Applicable` goes on in the next line",
    },
)
