"""What Junos's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.juniper_junos.material import command_of, samples
from platforms.laws import Laws

from swimctl.platforms import juniper_junos

LAWS = Laws(
    juniper_junos,
    samples(),
    command_of,
    syslog=(
        "Mar  9 16:06:55  hall-7 mgd[2011]: UI_COMMIT: User 'anna' requested 'commit' operation (comment: none)",
        "Mar  9 16:06:55.123 2024 hall-7 rpd[2011]: %DAEMON-4-RPD_OSPF_NBRDOWN: OSPF neighbor 192.0.2.9 went down",
        "Mar  9 16:06:55 hall-7 /kernel: KERN_LACP_TIMEOUT: ae7: xe-0/1/1 timed out",
    ),
    prompts=("anna@hall-7> ", "{master:0}\nanna@hall-7> ", "{primary:node0}\nroot@hall-7-re0> "),
    refusals=(
        "                ^\nsyntax error, expecting <command>.",
        "                ^\nunknown command.",
        "missing argument.",
        "error: command is not valid on the ex4300-48t",
        "error: permission denied: system",
        "error: the chassis-control subsystem is not running",
    ),
)
