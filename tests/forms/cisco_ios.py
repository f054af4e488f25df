"""The forms in which IOS prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
    output(
        "show version",
        "members",
        seen(
            "a table of members",
            r"^Switch +Ports +Model",
            of(
                "cisco_ios/show_version",
                "genie_golden_output_ios ntc_cisco_ios_show_version1 ntc_cisco_ios_show_version4 "
                "ntc_cisco_ios_show_version_special_build",
            ),
        ),
        seen(
            "no table",
            r"Cisco IOS Software|IOS \(tm\)|Internetwork",
            of(
                "cisco_ios/show_version",
                "genie_cat6k_golden_output_1 genie_cat7k-c7600_golden_output_c7600 "
                "genie_generic-rv1_golden_output_ios_asr901 genie_generic-rv1_golden_output_ios_cat6k "
                "genie_golden_output_ios_c1900 genie_golden_output_ios_cat6k ntc_cisco_ios_show_version "
                "ntc_cisco_ios_show_version6 unicon_generic_mock_data_ios_enable",
            ),
        ),
    ),
    output(
        "show switch",
        "layout",
        seen(
            "ports of the stack below",
            r"Stack Port Status",
            of("cisco_ios/show_switch_detail", "ntc_cisco_ios_show_switch_detail02 ntc_cisco_ios_show_switch_detail3"),
        ),
        seen(
            "members alone",
            r"^ ?Switch#|^ *Switch#",
            of("cisco_ios/show_switch", "genie_golden_output_c3850"),
        ),
    ),
    output(
        "show boot",
        "layout",
        seen(
            "path-list",
            r"BOOT path-list",
            of("cisco_ios/show_boot", "ntc_cisco_ios_show_boot2 ntc_cisco_ios_show_boot_optimization"),
        ),
        seen(
            "variables and the register",
            r"^BOOT variable",
            of("cisco_ios/show_bootvar", "genie_golden_output_iosv"),
        ),
    ),
    output(
        "show ip interface brief",
        "",
        seen(
            "name, address, method, status, protocol",
            r"^ *Interface +IP-Address",
            of("cisco_ios/show_ip_interface_brief", "ntc_cisco_ios_show_ip_interface_brief"),
        ),
        seen(
            "rows that a filter left, no header",
            r"(?s)\A(?!.*IP-Address)",
            of("cisco_ios/show_ip_interface_brief", "genie_golden_output_show_ip_interface_brief_pipe_ip"),
        ),
    ),
    output(
        "show cdp neighbors",
        "names",
        seen(
            "a long name on a line of its own",
            r"^\S{15,}\s*\n +\S",
            of("cisco_ios/show_cdp_neighbors", "ntc_cisco_ios_show_cdp_neighbors_2"),
        ),
        seen(
            "a name in its row",
            r"^ *Device ID",
            of("cisco_ios/show_cdp_neighbors", "ntc_cisco_ios_show_cdp_neighbors ntc_cisco_ios_show_cdp_neighbors_4"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "columns",
            r"^ *Device ID",
            of("cisco_ios/show_lldp_neighbors", "ntc_cisco_ios_show_lldp_neighbors ntc_cisco_ios_show_lldp_neighbors2"),
        ),
    ),
    output(
        "show ip route summary",
        "",
        seen(
            "networks, subnets, replicates",
            r"Replicates",
            of(
                "cisco_ios/show_ip_route_summary",
                "ntc_cisco_ios_show_ip_route_summary ntc_cisco_ios_show_ip_route_summary2",
            ),
        ),
    ),
    output(
        "write memory",
        "",
        seen(
            "`[OK]` at the end", "", ("Cisco's IOS Configuration Fundamentals Command Reference", "netmiko on GitHub")
        ),
    ),
    output(
        "show inventory",
        "the names of parts",
        seen(
            "members by their numbers",
            r'\A\s*NAME: "1"',
            of("cisco_ios/show_inventory", "genie_golden_output_4 genie_golden_output_6"),
        ),
        seen(
            "a chassis, its cards below",
            r'(?i)^NAME: "[^"\n]+", DESCR: "[^"\n]*chassis',
            of(
                "cisco_ios/show_inventory",
                "genie_asr900-asr901_golden_output genie_cat6k_golden_output_2 genie_golden_output_2 "
                "genie_golden_output_3 genie_golden_output_5 genie_golden_output_7 genie_golden_output_8 "
                "genie_golden_output_9 genie_golden_output_iosv",
            ),
        ),
    ),
    output(
        "copy scp:",
        "what it asks and shows",
        seen(
            "host, name, file, destination, password",
            "",
            (
                "a public program for routers of an energy company, with the dialogue in a comment",
                "Cisco's guide to the Catalyst 2960-XR: the password is entered when prompted, not in the command",
            ),
        ),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {}
