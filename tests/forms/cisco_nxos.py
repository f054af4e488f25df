"""The forms in which NX-OS prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
    output(
        "show version",
        "what runs",
        seen(
            "a line `NXOS:`",
            r"^ +NXOS: +version",
            of(
                "cisco_nxos/show_version",
                "genie_golden_output_1 genie_golden_output_2 ntc_cisco_nxos_show_version4 "
                "ntc_cisco_nxos_show_version5 ntc_cisco_nxos_show_version6",
            ),
            of("more/cisco_nxos/show_version", "01 04"),
        ),
        seen(
            "lines `kickstart:` and `system:`",
            r"^ +kickstart:",
            of(
                "cisco_nxos/show_version",
                "ntc_cisco_nxos_show_version1 ntc_cisco_nxos_show_version3 "
                "unicon_nxos_mock_data_standby_nxos_exec_standby",
            ),
            of("more/cisco_nxos/show_version", "b_m01_generic_nxos"),
        ),
        seen(
            "of a module: a line `system:` alone",
            r"^ +system:",
            of(
                "cisco_nxos/show_version", "unicon_nxos_mock_data_attach_module unicon_nxos_mock_n9k_n9k_module_console"
            ),
        ),
    ),
    output(
        "show boot",
        "layout",
        seen(
            "whether POAP is on system-wide",
            r"System-wide POAP",
            of("cisco_nxos/show_boot", "unicon_nxos_mock_n9k_n9k_exec2"),
        ),
        seen(
            "kickstart and system",
            r"kickstart variable",
            of("cisco_nxos/show_boot", "genie_golden_output"),
        ),
        seen(
            "a blank line below each title",
            r"Variables:\n\nsup-1\nNXOS",
            of("more/cisco_nxos/show_boot", "01"),
        ),
        seen(
            "no blank line below a title",
            r"Variables:\nsup-1\nNXOS",
            of("more/cisco_nxos/show_boot", "b_02_10.3.1 b_03_10.5.3"),
        ),
    ),
    output(
        "show module",
        "tables",
        seen(
            "accelerators of a smart switch (DPU)",
            r"^Mod SAM",
            of("cisco_nxos/show_module", "genie_golden_output9"),
        ),
        seen(
            "fabric modules in tables of their own",
            r"^(?:Xbar|LFM|Lem) ",
            of("cisco_nxos/show_module", "genie_rv1_golden_output genie_rv1_golden_output3 genie_rv1_golden_output4"),
            of("more/cisco_nxos/show_module", "b_m01_"),
        ),
        seen(
            "no column for the slot",
            r"(?s)\A(?!.*^Mod +Sw +Hw +Slot)",
            of("cisco_nxos/show_module", "genie_rv1_golden_output5 genie_rv1_golden_output6"),
        ),
        seen(
            "a wide column of kinds",
            r"^Mod Ports {6,}Module-Type {23,}Model",
            of(
                "cisco_nxos/show_module",
                "genie_rv1_golden_output7 genie_rv1_output genielibs_get_active_systemcontroller_slot_execute",
            ),
        ),
        seen(
            "a narrow column of kinds",
            r"^Mod Ports {6,}Module-Type {20,22}Model",
            of("cisco_nxos/show_module", "ntc_cisco_nxos_show_module2"),
            of("more/cisco_nxos/show_module", "b_m02_nxos_mock_n9k"),
        ),
    ),
    output(
        "show interface brief",
        "",
        seen(
            "a table of each kind, that of management first",
            r"^Port +VRF +Status",
            of(
                "cisco_nxos/show_interface_brief",
                "ntc_cisco_nxos_show_interface_brief ntc_cisco_nxos_show_interface_brief2 "
                "ntc_cisco_nxos_show_interface_brief_02 ntc_cisco_nxos_show_interface_brief_monitor",
            ),
        ),
        seen(
            "tables without that of management",
            r"(?s)\A(?!.*Port +VRF +Status)",
            of("cisco_nxos/show_interface_brief", "genie_golden_output_2 genie_golden_output_tunnel"),
        ),
    ),
    output(
        "show vpc",
        "layout",
        seen(
            "a reason that goes on in the next line",
            r"reason *: .*\n[^ \n]\w*\n|\nincompatible",
            of("cisco_nxos/show_vpc", "genie_golden_output_3"),
            of("more/cisco_nxos/show_vpc", "b_01_delay_restore_runs b_03_type2_failed_wrapped"),
        ),
        seen(
            "a list of VLANs over lines",
            r",\n +\S|-\n\s+\d|- +\n\s+\d",
            of("cisco_nxos/show_vpc", "genie_golden_output_1 genie_golden_output_7"),
        ),
        seen(
            "no domain",
            r"domain id +: Not",
            of("cisco_nxos/show_vpc", "genie_golden_output_6"),
        ),
        seen(
            "peer link and vPCs, each in a line",
            r"domain id +: \d",
            of("cisco_nxos/show_vpc", "genie_golden_output_5 ntc_cisco_nxos_show_vpc"),
            of("more/cisco_nxos/show_vpc", "b_05_brief_7.0"),
        ),
    ),
    output(
        "show cdp neighbors",
        "",
        seen(
            "Device ID with a blank",
            r"^ *Device ID ",
            of("cisco_nxos/show_cdp_neighbors", "genie_golden_output_1 genie_golden_output_2"),
        ),
        seen(
            "a long name on a line of its own",
            r"^ *Device-ID",
            of("cisco_nxos/show_cdp_neighbors", "genie_golden_output_4 ntc_cisco_nxos_show_cdp_neighbors"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "a long name on a line of its own",
            r"^Device ID",
            of("cisco_nxos/show_lldp_neighbors", "ntc_cisco_nxos_show_lldp_neighbors_multiline"),
        ),
    ),
    output(
        "show ip route summary vrf all",
        "",
        seen(
            "a table of each VRF",
            r"^IP Route Table",
            of("cisco_nxos/show_ip_route_summary", "genie_golden_output_1 genie_golden_output_2"),
        ),
    ),
    output(
        "show version | json",
        "",
        seen(
            "the names of the models",
            "",
            ("NAPALM on GitHub, test/nxos/mocked_data", "fixtures of the Ansible collection cisco.nxos"),
        ),
    ),
    output(
        "show module | json",
        "",
        seen(
            "TABLE and ROW",
            "",
            ("allenrobel/nxapi-netbox on GitHub", "fixtures of the Ansible collection cisco.nxos"),
        ),
    ),
    output("show boot | json", "", seen("TABLE and ROW", "", ("allenrobel/nxapi-netbox on GitHub",))),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {}
