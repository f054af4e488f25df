"""The forms in which Junos prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.forms import Form, Outputs
from swimctl.lab.juniper_junos import forms

SEEN: Outputs = (
    output(
        "show version",
        "family",
        seen(
            "members of a Virtual Chassis",
            r"^(?:fpc|node|member)\d:$",
            of(
                "juniper_junos/show_version", "ntc_juniper_junos_show_version_ex ntc_juniper_junos_show_version_qfx5100"
            ),
            of("more/juniper_junos/show_version", "02_ex4550_12.3 06 08 09"),
        ),
        seen(
            "the routing engine above it",
            r"^localre:$",
            of("more/juniper_junos/show_version", "04_qfx5120_flex"),
        ),
        seen(
            "a line `Junos:` and packages",
            r"^ *Junos: ",
            of("juniper_junos/show_version_detail", "genie_golden_output genie_golden_output_2"),
            of("more/juniper_junos/show_version", "01 05"),
            of("more/juniper_junos/show_version_detail", "02 03"),
        ),
        seen(
            "packages in brackets alone",
            r"^ *JUNOS",
            of("more/juniper_junos/show_version", "07"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "columns",
            r"Local Interface",
            of(
                "juniper_junos/show_lldp_neighbors",
                "ntc_juniper_junos_show_lldp_neighbors ntc_juniper_junos_show_lldp_neighbors_ae7",
            ),
        ),
        seen("a wide column of chassis ids", "", ("a public log of a QFX5240 with Junos Evolved",)),
        seen("narrow columns, no parent interface", "", ("OpenNMS on GitHub, outputs of an EX and an MX",)),
        seen("no names", "", ("a public program for switches, with an EX4200",)),
    ),
    output(
        "show route summary",
        "",
        seen("tables", "", ("a public guide for the MX304",)),
    ),
    output(
        "show interfaces terse",
        "",
        seen(
            "ports, their units, and addresses in lines of their own",
            "",
            ("Juniper's Junos CLI Reference", "a public log of a vQFX with 18.1R1"),
        ),
    ),
    output(
        "show version | display xml",
        "",
        seen(
            "software-information",
            r"<software-information",
            of("more/juniper_junos/show_version", "b_01_evo_xml_23.1R1.8"),
            ("Juniper/py-junos-eznc on GitHub, tests/unit/facts/rpc-reply",),
        ),
    ),
    output(
        "show system uptime | display xml",
        "",
        seen(
            "system-uptime-information",
            "",
            (
                "a public guide with 23.2R1 and its XML",
                "a public collector, of members with 18.3R3",
                "a public tool for a Virtual Chassis of QFX5110, whose master is `localre`",
            ),
        ),
    ),
    output(
        "show virtual-chassis | display xml",
        "",
        seen(
            "virtual-chassis-information",
            "",
            ("a public tool for a Virtual Chassis of QFX5110", "a public inventory's driver, with an EX4300"),
        ),
    ),
    output(
        "show chassis hardware",
        "who it is",
        seen(
            "the number of the chassis",
            r"^ *Chassis  +\w+",
            of(
                "juniper_junos/show_chassis_hardware",
                "genie_golden_output genie_golden_output_1 ntc_juniper_junos_show_chassis_hardware "
                "ntc_juniper_junos_show_chassis_hardware3 "
                "ntc_juniper_junos_show_chassis_hardware_dac_no_revision",
            ),
        ),
    ),
    output(
        "file copy scp:",
        "what it asks and shows",
        seen(
            "whether a host key is believed, password",
            "",
            (
                "a public script of a configuration manager, deploy_image_scp_cli.tcl",
                "Juniper's command reference, How to Specify Filenames and URLs: the URL",
            ),
        ),
        seen(
            "Password for NAME@HOST; a bar",
            "",
            ("a public guide to EX switches, of an EX4300",),
        ),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {
    forms.OWN_TIME: of("juniper_junos/show_system_uptime", "genie_golden_output_1_2"),
}
