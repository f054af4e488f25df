"""What NX-OS's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.cisco_nxos.material import command_of, samples
from platforms.laws import Laws

from swimctl.platforms import cisco_nxos

LAWS = Laws(
    cisco_nxos,
    samples(),
    command_of,
    syslog=(
        "2024 Mar  9 16:06:55 hall-7 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up in mode trunk",
        "2024 Mar  9 16:06:55.123 hall-7 %$ VDC-1 %$ %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin",
        "2024 Mar  9 16:06:55  %$ VDC-1 %$  %DAEMON-2-SYSTEM_MSG: <<%XMLMA-2-XMLMACRIT>> XML agent: done - xmlma[40]",
        "2024 Mar  9 16:06:55 hall-7 %USER-2-SYSTEM_MSG : CLIS: init begin  - clis",
    ),
    prompts=("hall-7# ", "hall-7#", "hall-7(config-if)# ", "core-1-vdc2# ", "switch(standby)# "),
    refusals=(
        "                    ^\n% Invalid command at '^' marker.",
        "% Incomplete command at '^' marker.",
        "% Ambiguous command at '^' marker.",
        "% Invalid number at '^' marker.",
        "% Permission denied for the role",
        "Syntax error while parsing 'show nothing'",
    ),
    alike=(
        frozenset({"parse_copy", "parse_copy_configuration"}),
        # The beginning of an installation is the output of the check.
        frozenset({"parse_install_all", "parse_install_impact"}),
    ),
)
