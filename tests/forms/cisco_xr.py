"""The forms in which IOS-XR prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
    output(
        "show version",
        "family",
        seen(
            "32-bit: image file and bootstrap",
            r"System image file is",
            of(
                "cisco_xr/show_version",
                "genie_generic-rv1_golden_output_iosxr_8 genie_golden_output_1 genie_golden_output_2 "
                "unicon_generic_mock_data_iosxr_iosxr_enable",
            ),
            of("cisco_xr/show_version_brief", "ntc_cisco_xr_show_version_brief"),
            of("more/cisco_xr/show_version", "02"),
        ),
        seen(
            "LNT",
            r"Version \S+ LNT",
            of("cisco_xr/show_version", "genie_generic-rv1_golden_output_iosxr_5"),
            of("more/cisco_xr/show_version", "09 15 17"),
        ),
        seen(
            "64-bit",
            r"^ *Built By",
            of(
                "cisco_xr/show_version",
                "genie_golden_output_3 ntc_cisco_xr_show_version ntc_cisco_xr_show_version2 "
                "ntc_cisco_xr_show_version_label",
            ),
            of("more/cisco_xr/show_version", "03 06 10 11 13 14"),
        ),
    ),
    output(
        "show install active",
        "layout",
        seen(
            "counts and a hash (LNT)",
            r"All: +\d",
            of("cisco_xr/show_install_active_summary", "genie_golden_output_3"),
            of("cisco_xr/show_install_commit_summary", "genie_golden_output_3"),
            of("more/cisco_xr/show_install_active_summary", "04 05 08 09 10 11"),
            of("more/cisco_xr/show_install_committed_summary", "02 04"),
        ),
        seen(
            "32-bit: by secure domain router or profile",
            r"Secure Domain Router|Default Profile",
            of("cisco_xr/show_install_active_summary", "genie_golden_output_1"),
            of("more/cisco_xr/show_install_active", "02"),
            of("more/cisco_xr/show_install_committed", "02"),
        ),
        seen(
            "by node, with the boot partition",
            r"Boot Partition",
            of("cisco_xr/show_install_active", "ntc_cisco_xr_show_install_active"),
            of("more/cisco_xr/show_install_active", "03 04 05"),
            of("more/cisco_xr/show_install_committed", "01 03"),
        ),
        seen(
            "a label above the packages",
            r"^Label *:",
            of("more/cisco_xr/show_install_active_summary", "01"),
            of("more/cisco_xr/show_install_committed_summary", "01"),
        ),
        seen(
            "packages alone",
            r"^ +(?:Active|Committed) Packages: \d|^Active Packages: \d+$",
            of("cisco_xr/show_install_active_summary", "genie_golden_output_2"),
            of("more/cisco_xr/show_install_active_summary", "13 14"),
            of("more/cisco_xr/show_install_committed_summary", "09"),
        ),
        seen(
            "inactive packages",
            r"inactive package",
            of("more/cisco_xr/show_install_inactive", "01 03 04"),
            of("more/cisco_xr/show_install_inactive_summary", "01"),
        ),
    ),
    output(
        "show interfaces brief",
        "",
        seen(
            "columns",
            r"Intf",
            of("cisco_xr/show_interface_brief", "ntc_cisco_xr_show_interface_brief"),
            of("more/cisco_xr/show_interfaces_brief", "01"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "columns",
            r"Device ID",
            of("cisco_xr/show_lldp_neighbors", "ntc_cisco_xr_show_lldp_neighbors"),
        ),
    ),
    output(
        "show cdp neighbors detail",
        "",
        seen(
            "blocks",
            r"Device ID",
            of(
                "cisco_xr/show_cdp_neighbors_detail",
                "genie_golden_output_1 genie_golden_output_2 ntc_cisco_xr_show_cdp_neighbors_detail",
            ),
        ),
    ),
    output(
        "show route summary",
        "",
        seen(
            "sources",
            r"Route Source",
            of("cisco_xr/show_route_summary", "genie_golden_outpu_1"),
            of("more/cisco_xr/show_route_ipv6_summary", "01"),
            of("more/cisco_xr/show_route_summary", "01 02 03 05"),
        ),
    ),
    output(
        "install commit",
        "",
        seen(
            "64-bit: the operation by its number, in the background",
            r"install operation \d+|Install operation \d+",
            of("transcripts/cisco_xr", "install_commit_success_exr"),
            of("more/cisco_xr/install", "02 24"),
        ),
        seen("LNT: dates of ISO 8601", r"^\d{4}-\d\d-\d\d", of("more/cisco_xr/install_commit", "01")),
        seen("32-bit: in admin mode", r"\(admin\)", of("more/cisco_xr/admin_install", "07")),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {}
