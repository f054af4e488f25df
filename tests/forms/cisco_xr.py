"""The forms in which IOS-XR prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.cisco_xr import forms
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
            "a summary below a label",
            r"^Label *:",
            of("more/cisco_xr/show_install_active_summary", "01"),
            of("more/cisco_xr/show_install_committed_summary", "01"),
        ),
        seen(
            "a summary alone",
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
        "install commit",
        "family",
        seen("32-bit: in admin mode", r"\(admin\)", of("more/cisco_xr/admin_install", "07")),
    ),
    output(
        "show inventory",
        "the names of parts",
        seen(
            "modules by their places",
            r'^NAME: "module \d+/\w+/CPU0"',
            of(
                "cisco_xr/admin_show_inventory",
                "ntc_cisco_xr_admin_show_inventory ntc_cisco_xr_admin_show_inventory1",
            ),
        ),
        seen(
            "in two columns",
            r"^ Name: Rack \d+ +Descr: ",
            of("cisco_xr/admin_show_inventory", "ntc_cisco_xr_admin_show_inventory2"),
        ),
        seen(
            "a chassis alone",
            r'^NAME: "Chassis"',
            of("cisco_xr/admin_show_inventory", "ntc_cisco_xr_admin_show_inventory5"),
        ),
        seen(
            "every place of a rack, also an empty one",
            r'^NAME: "Rack 0-',
            of("cisco_xr/show_inventory_raw", "genie_golden_output_1 genie_golden_output_2 genie_golden_output_3"),
        ),
    ),
    output(
        "copy ftp:",
        "what it asks and shows",
        seen(
            "host, name, password, destination; a C for each block, Copy operation success",
            "",
            (
                "Cisco's forensic guide for IOS-XR: copy ftp: harddisk:",
                "pyATS issue 229, an ASR 9000: with a name in the URL it makes another URL of the answers",
            ),
        ),
    ),
    output(
        "scp",
        "what it asks and shows",
        seen(
            "password; Transferred N Bytes",
            "",
            (
                "a public guide of a Cisco engineer to iSCSI boot over IOS-XR",
                "genielibs on GitHub, filetransferutils/plugins/iosxr/scp: the command",
            ),
        ),
    ),
    output(
        "sftp",
        "what it asks and shows",
        seen(
            "password; Transferred N Bytes",
            "",
            (
                "genielibs on GitHub, filetransferutils/tests/iosxr, with a VRF, of a copy to a server",
                "Cisco's System Security guide for the NCS 5000, 7.4: the command",
            ),
        ),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {
    forms.BUILD_HOST: of("more/cisco_xr/show_version", "06"),
    forms.BLANKS: of("cisco_xr/show_version", "ntc_cisco_xr_show_version2"),
}
