"""The forms in which EOS prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.arista_eos import forms
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
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
        "show ip route summary",
        "",
        seen(
            "a table of each VRF, with what only splits a count",
            r"^VRF: (?s:.*)^ +Intra-area: ",
            of("more/arista_eos/show_ip_route_summary", "01"),
            ("a script on GitHub that picks these lines out of it",),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "changes of the table above it",
            r"^Last table change",
            of("arista_eos/show_lldp_neighbors", "ntc_arista_eos_show_lldp_neighbors2"),
            ("public snapshots of devices of AVD's labs, with all commands that were given",),
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
    output(
        "show inventory",
        "the line of the serial number",
        seen(
            "without its headings",
            r"(?s)\ASystem information\n [^\n]+\n [\d.]+ \w+ \d{4}-\d\d-\d\d$",
            of("arista_eos/show_inventory", "ntc_arista_eos_show_inventory"),
        ),
    ),
    output(
        "copy scp:",
        "what it asks and shows",
        seen(
            "password; a bar, Copy completed successfully",
            "",
            (
                "the README of rphm, a public extension of EOS",
                "the README of triggertrap, another one",
                "pyntc on GitHub, eos_device: the name in the URL, the password when asked",
            ),
        ),
    ),
    output(
        "copy sftp:",
        "what it asks and shows",
        seen("as copy scp:", "", ("pyntc on GitHub, eos_device",)),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {
    forms.IN_COLUMN: of("more/arista_eos/show_version", "02"),
    forms.WITH_WEEKS: of("arista_eos/show_version", "ntc_arista_eos_show_version2 ntc_arista_eos_show_version3"),
    forms.SHORT_UPTIME: of(
        "arista_eos/show_version", "ntc_arista_eos_show_version_ceos ntc_arista_eos_show_version_clab"
    )
    + of(
        "more/arista_eos/show_version",
        "01 08 11 13 b_03_7280SR3_4.31.2F b_04_7280SR_4.28.0F b_06_AWE-5310_4.31.2F b_09_cEOS_4.32.2.1F",
    ),
}
