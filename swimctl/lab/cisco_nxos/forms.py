"""The forms in which a lab Nexus prints. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swimctl.lab.forms import Form, Output, Outputs

if TYPE_CHECKING:
    from swimctl.lab.chassis_spec import ChassisSpec


def _wide(_spec: ChassisSpec, release: str) -> bool:
    return release.startswith("10.")


def _narrow(_spec: ChassisSpec, release: str) -> bool:
    return not release.startswith("10.")


def _modular(spec: ChassisSpec, _release: str) -> bool:
    return spec.role == "spine"


def _fixed(spec: ChassisSpec, _release: str) -> bool:
    return spec.role != "spine"


@dataclass(frozen=True, slots=True)
class VersionText:
    """`show version`: `gap` stands between its parts, `build` behind the release, `host` tells what it lies on."""

    gap: str = "\n"
    indent: str = "  "
    build: bool = False
    host: bool = False


OLD_VERSION = Form(
    "two blank lines above the hardware",
    VersionText(gap="\n\n"),
    ("cisco_nxos/show_version/ntc_cisco_nxos_show_version4", "more/cisco_nxos/show_version/01"),
    r"^  NXOS: version (?:.*\n){4}\n\nHardware",
    suits=_narrow,
)
DENSE_VERSION = Form(
    "no blank lines, a build in brackets, a blank less above it",
    VersionText(gap="", indent=" ", build=True),
    ("cisco_nxos/show_version/genie_golden_output_1",),
    r"^ NXOS: version .*\[build .*\n(?:.*\n){3}Hardware",
    suits=_narrow,
)
NEW_VERSION = Form(
    "a blank line above the hardware",
    VersionText(),
    ("cisco_nxos/show_version/ntc_cisco_nxos_show_version6", "more/cisco_nxos/show_version/04"),
    r"^  NXOS: version .* Release\](?:\n.*){3}\n\nHardware",
    suits=_wide,
)
HOST_VERSION = Form(
    "the host's release, and that it boots in LXC mode",
    VersionText(host=True),
    ("cisco_nxos/show_version/genie_golden_output_2", "cisco_nxos/show_version/ntc_cisco_nxos_show_version5"),
    r"^  Host NXOS: version",
    suits=_wide,
)
VERSION: Output[VersionText] = Output(
    "show version", "what runs", (OLD_VERSION, DENSE_VERSION, NEW_VERSION, HOST_VERSION)
)

WITH_TIME = Form(
    "the moment, to the microsecond",
    True,
    ("cisco_nxos/show_version/ntc_cisco_nxos_show_version6", "more/cisco_nxos/show_version/01"),
    r"^Last reset at \d+ usecs after ",
)
WITHOUT_TIME = Form(
    "no moment",
    False,
    ("cisco_nxos/show_version/ntc_cisco_nxos_show_version4", "more/cisco_nxos/show_version/04"),
    r"^Last reset *$",
)
LAST_RESET: Output[bool] = Output("show version", "the last reset", (WITH_TIME, WITHOUT_TIME))


@dataclass(frozen=True, slots=True)
class BootText:
    """`show boot`: what stands below each title, and at the end of each part."""

    below: str = ""
    end: str = ""


BOOT: Output[BootText] = Output(
    "show boot",
    "below a title and at its end",
    (
        Form(
            "a blank line below it",
            BootText(below="\n"),
            ("more/cisco_nxos/show_boot/01",),
            r"Variables:\n\nsup-1\nNXOS",
            suits=_narrow,
        ),
        Form(
            "no blank line",
            BootText(),
            ("more/cisco_nxos/show_boot/b_02_10.3.1", "more/cisco_nxos/show_boot/b_03_10.5.3"),
            r"Variables:\nsup-1\n(?:.*\n){2}(?!System-wide)",
        ),
        Form(
            "no blank line, and whether POAP is on at its end",
            BootText(end="System-wide POAP is disabled  using exec command 'system no poap'\n\n"),
            ("cisco_nxos/show_boot/unicon_nxos_mock_n9k_n9k_exec2",),
            r"^System-wide POAP",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ModuleText:
    """`show module`: the columns of kind and model, and what has tables of its own."""

    kind: int = 37
    fabric: bool = False
    accelerators: bool = False


WIDE = Form(
    "a wide column of kinds",
    ModuleText(kind=48),
    ("cisco_nxos/show_module/genie_rv1_golden_output7",),
    r"^Mod Ports {10,}Module-Type {24,}Model",
)
NARROW = Form(
    "a narrow column of kinds",
    ModuleText(),
    ("cisco_nxos/show_module/ntc_cisco_nxos_show_module2", "cisco_nxos/show_module/genie_rv1_output"),
    r"^Mod Ports {6,}Module-Type {20,23}Model",
)
MODULE: Output[ModuleText] = Output(
    "show module",
    "tables",
    (
        NARROW,
        WIDE,
        Form(
            "fabric modules in tables of their own",
            ModuleText(kind=48, fabric=True),
            ("cisco_nxos/show_module/genie_rv1_golden_output4", "more/cisco_nxos/show_module/b_m01_"),
            r"^LFM Ports ",
            suits=_modular,
        ),
        Form(
            "accelerators (DPU) in tables of their own, below the last line",
            ModuleText(kind=48, accelerators=True),
            ("cisco_nxos/show_module/genie_golden_output9",),
            r"^\* this terminal session\n+Mod SAM",
            suits=_fixed,
        ),
    ),
    stays=True,
)


@dataclass(frozen=True, slots=True)
class VpcText:
    """`show vpc`: the VLANs of a link, cut into lines, and whether words of a reason are cut at the 80th column."""

    vlans: str = "1,10"
    reason: bool = False
    more: bool = True


VPC_LINES = Form(
    "each fact in a line",
    VpcText(more=False),
    ("more/cisco_nxos/show_vpc/b_05_brief_7.0", "cisco_nxos/show_vpc/ntc_cisco_nxos_show_vpc"),
    r"^1 +Po\d+ +\w+ +[\d,-]+ *$",
)
VPC: Output[VpcText] = Output(
    "show vpc",
    "lines that go on",
    (
        VPC_LINES,
        Form(
            "a list of VLANs goes on",
            VpcText(vlans=f"1-5,10-15,21-25,31-35,41-45,51-55,61-65,71-75,\n{'':20}81-85,91-95"),
            ("cisco_nxos/show_vpc/genie_golden_output_7", "cisco_nxos/show_vpc/genie_golden_output_1"),
            r"^1 +Po\d+ +\w+ +[\d,-]+[,-]\n\s+\d",
        ),
        Form(
            "the reason of a type-2 inconsistency goes on, in the midst of a word",
            VpcText(reason=True),
            (
                "more/cisco_nxos/show_vpc/b_01_delay_restore_runs",
                "more/cisco_nxos/show_vpc/b_03_type2_failed_wrapped",
            ),
            r"^Type-2 inconsistency reason       : .*\ne$",
        ),
    ),
)

BRIEF_ABOVE = Form(
    "in a table of its own, above all",
    True,
    (
        "cisco_nxos/show_interface_brief/ntc_cisco_nxos_show_interface_brief",
        "cisco_nxos/show_interface_brief/ntc_cisco_nxos_show_interface_brief_02",
    ),
    r"^Port +VRF +Status(?:.*\n)+?.*Ethernet +VLAN",
)
BRIEF: Output[bool] = Output(
    "show interface brief",
    "the port of management",
    (
        BRIEF_ABOVE,
        Form(
            "in such a table below the ports",
            False,
            ("cisco_nxos/show_interface_brief/ntc_cisco_nxos_show_interface_brief2",),
            r"^Ethernet +VLAN(?:.*\n)+?Port +VRF +Status",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class CdpText:
    """`show cdp neighbors`: the title of the first column, whether a long port stands alone, and whether it counts."""

    title: str = "Device-ID        "
    alone: bool = False
    counts: bool = True


CDP: Output[CdpText] = Output(
    "show cdp neighbors",
    "long names",
    (
        Form(
            "a long name in a line of its own, and a count below",
            CdpText(),
            ("cisco_nxos/show_cdp_neighbors/ntc_cisco_nxos_show_cdp_neighbors",),
            r"^ *Device-ID(?:.*\n)+Total entries displayed",
        ),
        Form(
            "a long port in a line of its own too, no count",
            CdpText(alone=True, counts=False),
            ("cisco_nxos/show_cdp_neighbors/genie_golden_output_4",),
            r"^ *Device-ID(?s:(?!.*Total entries))",
        ),
        Form(
            "`Device ID`, no count",
            CdpText(title="Device ID        ", counts=False),
            (
                "cisco_nxos/show_cdp_neighbors/genie_golden_output_1",
                "cisco_nxos/show_cdp_neighbors/genie_golden_output_2",
            ),
            r"^ *Device ID ",
        ),
    ),
)

MASKS: Output[bool] = Output(
    "show ip route summary vrf all",
    "the length of masks",
    (
        Form(
            "a count of each length",
            True,
            ("cisco_nxos/show_ip_route_summary/genie_golden_output_1",),
            r"^Number of routes per mask-length",
        ),
        Form(
            "none",
            False,
            ("cisco_nxos/show_ip_route_summary/genie_golden_output_2",),
            r"(?s)\A(?!.*per mask-length)",
        ),
    ),
)

DIR: Output[bool] = Output(
    "dir bootflash:",
    "the flash that it counts",
    (
        Form(
            "bootflash, whichever supervisor's",
            False,
            ("cisco_nxos/dir/genie_golden_output_dir", "more/cisco_nxos/dir/b_m01_nxos_mock_n9k"),
            r"^Usage for bootflash://$",
        ),
        Form(
            "that of one supervisor",
            True,
            (
                "a comment in the Ansible collection cisco.nxos: dir rollback_config.txt",
                "a public log of an N9K: dir bootflash:scripts",
            ),
            r"^Usage for bootflash://sup-",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class InventoryText:
    """`show inventory`: what stands between two parts, and the version of each; a virtual one has none."""

    gap: str = "\n"
    version: str = "V03 "


INVENTORY: Output[InventoryText] = Output(
    "show inventory",
    "between two parts",
    (
        Form(
            "a blank line",
            InventoryText(),
            (
                "cisco_nxos/show_inventory/ntc_cisco_nxos_show_inventory",
                "cisco_nxos/show_inventory/genie_golden_output_1",
                "more/cisco_nxos/show_inventory/01",
            ),
            r"VID: \S+ *,  SN: .*\n\nNAME",
        ),
        Form(
            "nothing, and no version of a part",
            InventoryText(gap="", version="    "),
            ("cisco_nxos/show_inventory/ntc_cisco_nxos_show_inventory3",),
            r"VID: +,  SN: .*\nNAME",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class InstallText:
    """The installer's dialogue: `alternate` is the second BIOS, `stamps` are moments, `info` words for people."""

    alternate: bool = True
    stamps: bool = False
    info: bool = False


INSTALL: Output[InstallText] = Output(
    "install all nxos bootflash:IMAGE",
    "the table of images, and what stands below it",
    (
        Form(
            "running versions with their alternates",
            InstallText(),
            ("transcripts/cisco_nxos/install_all_nxos_success_disruptive_n9508",),
            r"Running-Version\(pri:alt\)(?:.*\n)+?Install is in progress(?s:(?!.*Additional info))",
        ),
        Form(
            "one running version, and moments between the steps",
            InstallText(alternate=False, stamps=True),
            ("more/cisco_nxos/install_all/01", "more/cisco_nxos/install_all/11_n3064_bios_powerseq"),
            r"Running-Version {3,}New-Version(?:.*\n)+?Time Stamp: ",
        ),
        Form(
            "additional words for this installation",
            InstallText(info=True),
            ("more/cisco_nxos/install_all/b_01_10.6.3_noreload_epld_vpc",),
            r"^Additional info for this installation:",
        ),
    ),
)

OUTPUTS: Outputs = (VERSION, LAST_RESET, BOOT, MODULE, VPC, BRIEF, CDP, MASKS, DIR, INVENTORY, INSTALL)
