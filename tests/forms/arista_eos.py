"""The forms in which EOS prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
    output(
        "show version",
        "layout",
        seen(
            "values in a column",
            r"Uptime: {3,}\d",
            of("arista_eos/show_version", "unicon_eos_mock_data_enable"),
            of("more/arista_eos/show_version", "02 b_07_7280SR_4.20.11M"),
        ),
        seen(
            "one blank before a value",
            r"Uptime: \d",
            of(
                "arista_eos/show_version",
                "ntc_arista_eos_show_version2 ntc_arista_eos_show_version3 ntc_arista_eos_show_version_ceos "
                "ntc_arista_eos_show_version_clab",
            ),
            of(
                "more/arista_eos/show_version",
                "01 06 08 11 13 b_01_7280SR3K_4.33.1.1F b_02_7280CR3K_4.25.1F b_03_7280SR3_4.31.2F "
                "b_04_7280SR_4.28.0F b_05_7280SR3_4.33.1.1F b_06_AWE-5310_4.31.2F b_09_cEOS_4.32.2.1F "
                "b_10_vEOS_4.27.0F",
            ),
        ),
    ),
    output(
        "show boot-config",
        "",
        seen(
            "settings by their names, one in a line",
            r"^Software image: ",
            of("more/arista_eos/show_boot-config", "b_01_4.31.6M"),
            ("two public snapshots of vEOS-lab 4.27.3F",),
        ),
    ),
    output(
        "show interfaces status",
        "",
        seen(
            "blanks as separators",
            r"^Port Name Status",
            of("arista_eos/show_interfaces_status", "ntc_arista_eos_show_interfaces_status_port_channel"),
        ),
        seen(
            "columns under a header",
            r"^Port {2,}Name",
            of("arista_eos/show_interfaces_status", "ntc_arista_eos_show_interfaces_status"),
        ),
    ),
    output(
        "show ip interface brief",
        "",
        seen(
            "name, address, status, protocol, MTU",
            r"Protocol +MTU *$",
            of("arista_eos/show_ip_interface_brief", "ntc_arista_eos_show_ip_interface_brief"),
        ),
        seen(
            "with the owner of the address",
            r"MTU +Owner",
            of("more/arista_eos/show_ip_interface_brief", "01"),
        ),
    ),
    output(
        "show ip route summary",
        "",
        seen(
            "a table of each VRF",
            r"^VRF: ",
            of("more/arista_eos/show_ip_route_summary", "01"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "changes of the table above it",
            r"^Last table change",
            of("arista_eos/show_lldp_neighbors", "ntc_arista_eos_show_lldp_neighbors2"),
        ),
    ),
    output(
        "show version | json",
        "",
        seen(
            "the names of the models",
            "",
            ("aristanetworks/anta on GitHub, tests/units", "NAPALM on GitHub, test/eos/mocked_data"),
        ),
    ),
    output(
        "show boot-config | json",
        "",
        seen("`softwareImage`", "", ("a change script for CloudVision, which reads that name",)),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {}
