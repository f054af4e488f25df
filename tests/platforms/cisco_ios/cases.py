"""What classic IOS's terminal adds to an output: its parsers are those of IOS-XE, and so is most of what it prints."""

from __future__ import annotations

from dataclasses import replace

from platforms.cisco_xe import cases

CASES = replace(
    cases.CASES,
    syslog=(
        "*Mar  1 00:01:23.456: %SYS-5-CONFIG_I: Configured from console by console",
        "Mar  9 16:06:55: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to up",
        "9w4d: %STACKMGR-4-STACK_LINK_CHANGE: Stack Port 1 Switch 2 has changed to state DOWN",
    ),
    prompts=("edge-5#", "edge-5>", "edge-5(config-if)#"),
    untold={
        each: why
        for each, why in cases.CASES.untold.items()
        if each in {"parse_dir.files.name", "parse_show_inventory.serial", "parse_show_version.config_register"}
    },
)
