"""What Junos's terminal adds to an output, for the laws that hold for every parser."""

from __future__ import annotations

from platforms.contract import Cases

CASES = Cases(
    syslog=(
        "Mar  9 16:06:55  hall-7 mgd[2011]: UI_COMMIT: User 'anna' requested 'commit' operation (comment: none)",
        "Mar  9 16:06:55.123 2024 hall-7 rpd[2011]: %DAEMON-4-RPD_OSPF_NBRDOWN: OSPF neighbor 192.0.2.9 went down",
        "Mar  9 16:06:55 hall-7 /kernel: KERN_LACP_TIMEOUT: ae7: xe-0/1/1 timed out",
        "Mar  9 16:06:55  hall-7 fpc0 CMLC: Going disconnected; Routing engine chassis socket closed abruptly",
        "Mar  9 16:06:55  hall-7 (FPC Slot 2, PIC Slot 1) 2024-03-09 16:06:54: ASP_SFW_CREATE_ACCEPT_FLOW: x",
        "Mar  9 16:06:55  hall-7 kernel: ge-0/0/7: promiscuous mode disabled",
        "Message from syslogd@hall-7 at Mar  9 16:06:55  ...\nhall-7 fpc0 Resetting the forwarding engine",
        "Broadcast Message from root@hall-7\n        (/dev/pts/1) at 16:06 CET...\n\nRack 7 goes off at noon\n",
        "Broadcast message from root@hall-7 (pts/1) (Sat Mar  9 16:06:55 2024):\n\nRack 7 goes off\nat noon\n",
        "Message from anna@hall-7 on ttyp0 at 16:06 ...\nRack 7 goes off at noon\n\nLog out\nEOF",
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
    denied="error: permission denied: command",
    pager=("---(more 42%)---", "\r                                        \r"),
    commands={
        "file_list": "file list /var/tmp",
        "file_list_detail": "file list /var/tmp detail",
        "file_checksum": "file checksum md5 /var/tmp/junos-arm-32-22.2R1.9.tgz",
        "show_chassis_routing_engine": "show chassis routing-engine",
        "request_system_software_add": "request system software add /var/tmp/junos-arm-32-22.2R1.9.tgz no-copy",
    },
    untold={
        "parse_file_list": "without `detail`, a path is the whole of an answer",
        "parse_file_list.names": "as above",
        "parse_show_alarms.description": "free text",
        "parse_show_chassis_hardware.description": "the last column of a tree that nothing closes",
        "parse_show_chassis_hardware.name": "as above",
        "parse_show_chassis_hardware.pid": "as above",
        "parse_show_chassis_hardware.serial": "as above",
        "parse_show_chassis_routing_engine.model": "what stands below the state of an engine may be missing",
        "parse_show_chassis_routing_engine.serial": "as above",
        "parse_show_chassis_routing_engine.reload_reason": "as above",
        "parse_show_lldp_neighbors.name": "the last column; without it a neighbour goes by its chassis id",
        "parse_show_lldp_neighbors.remote_interface": "as above",
        "parse_software.succeeded": "the last of several members may be the one that failed; its driver asks each",
        "parse_show_vlans.name": "the older form has a name, or a name and a tag, alone in a line",
        "parse_show_vlans.tag": "as above",
        "parse_show_virtual_chassis.model": "the last word of a member that is not there; nothing closes the table",
        "parse_show_system_storage.systems.prefixes": "a path is the end of the last line",
    },
)
