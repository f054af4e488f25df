"""The forms in which NX-OS prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.cisco_nxos import forms
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
    output(
        "show version",
        "what runs",
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
            r"^ +system: +version",
            of(
                "cisco_nxos/show_version", "unicon_nxos_mock_data_attach_module unicon_nxos_mock_n9k_n9k_module_console"
            ),
        ),
    ),
    output(
        "show boot",
        "variables",
        seen("kickstart and system", r"kickstart variable", of("cisco_nxos/show_boot", "genie_golden_output")),
    ),
    output(
        "show module",
        "tables",
        seen(
            "no column for the slot",
            r"^Mod +Sw +Hw(?! +Slot)",
            of("cisco_nxos/show_module", "genie_rv1_golden_output genie_rv1_golden_output5 genie_rv1_golden_output6"),
        ),
    ),
    output(
        "show vpc",
        "the domain",
        seen("not configured", r"domain id +: Not", of("cisco_nxos/show_vpc", "genie_golden_output_6")),
    ),
    output(
        "show interface brief",
        "tables",
        seen(
            "of one kind alone",
            r"(?s)\A(?!.*Port +VRF +Status)",
            of("cisco_nxos/show_interface_brief", "genie_golden_output_2 genie_golden_output_tunnel"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "a long name on a line of its own",
            r"^Device ID",
            of("cisco_nxos/show_lldp_neighbors", "ntc_cisco_nxos_show_lldp_neighbors_multiline"),
            ("a public sample of a switch CORE1 with wrapped names", "a public log of an ACI leaf"),
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
    output(
        "show vpc | json",
        "",
        seen(
            "TABLE and ROW",
            "",
            ("a published output of 10.2(3)", "a Robot Framework test of a leaf, with `peer-ok` and `SUCCESS`"),
        ),
    ),
    output(
        "show inventory",
        "what stands beside the chassis",
        seen(
            "fabric extenders",
            r'^NAME: "FEX \d+ CHASSIS"',
            of("cisco_nxos/show_inventory", "genie_generic-golden_output_nxos_2"),
        ),
        seen(
            "a chassis without a number of its own",
            r'^NAME: "Chassis".*\n.*SN: N/A',
            of("cisco_nxos/show_inventory", "genie_golden_output_3"),
        ),
        seen(
            "its modules",
            r'^NAME: "Chassis".*\n.*SN: \w+\n\nNAME: "Slot 1"',
            of("cisco_nxos/show_inventory", "ntc_cisco_nxos_show_inventory1"),
        ),
    ),
    output(
        "copy ftp:",
        "what it asks and shows",
        seen(
            "name where the URL has none, password; Transfer of file Completed Successfully",
            "",
            (
                "genielibs on GitHub, filetransferutils/tests/nxos, with the ends of two that fail",
                "a public guide to a Nexus 3064, copy to the startup-config",
                "Cisco's own module cisco.transfer on the Nexus, for the words of one that fails",
            ),
        ),
    ),
    output(
        "copy scp:",
        "what it asks and shows",
        seen(
            "name where the URL has none, password; a bar, Copy complete",
            "",
            ("a dialogue of unicon.plugins, of a copy to a server", "Cisco's own module cisco.transfer on the Nexus"),
        ),
    ),
    output(
        "copy sftp:",
        "what it asks and shows",
        seen(
            "whether a host key is believed, password; a bar",
            "",
            (
                "genielibs on GitHub, filetransferutils/tests/nxos, of a copy to a server",
                "Cisco's own module cisco.transfer on the Nexus",
            ),
        ),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {
    forms.NARROW: of("cisco_nxos/show_module", "genie_rv1_golden_output3")
    + of("more/cisco_nxos/show_module", "b_m02_nxos_mock_n9k"),
    forms.WIDE: of("cisco_nxos/show_module", "genielibs_get_active_systemcontroller_slot_execute"),
    forms.VPC_LINES: of("cisco_nxos/show_vpc", "genie_golden_output_3 genie_golden_output_5"),
    forms.BRIEF_ABOVE: of("cisco_nxos/show_interface_brief", "ntc_cisco_nxos_show_interface_brief_monitor"),
}
