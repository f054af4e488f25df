"""The forms in which a lab router with IOS-XR prints. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from swimctl.lab.cisco_xr.spec import RouterSpec
from swimctl.lab.forms import Form, Output, Outputs


def _pair(spec: RouterSpec, _release: str) -> bool:
    return len(spec.hardware.slots) > 1


def _alone(spec: RouterSpec, release: str) -> bool:
    return not _pair(spec, release)


@dataclass(frozen=True, slots=True)
class VersionText:
    """`show version`: how the host of the build is titled, whether a label is told, what parts the uptime."""

    host: str = "Built Host"
    label: bool = True
    between: str = " "


BUILD_HOST = Form(
    "the build's host, no label, commas in the uptime",
    VersionText("Build Host", label=False, between=", "),
    ("cisco_xr/show_version/ntc_cisco_xr_show_version", "more/cisco_xr/show_version/03"),
    r"^ Build Host .*\n.*\n Version .*\n Location .*\n\s*cisco [^()\n]*\(\) processor\s*\n"
    r"System uptime is \d+ \w+(?:, .*)?$",
)
COMMAS = Form(
    "no label, commas in the uptime",
    VersionText(label=False, between=", "),
    ("cisco_xr/show_version/genie_golden_output_3",),
    r"^ Built Host .*\n.*\n Version .*\n Location .*\n\s*cisco .*\nSystem uptime is \d+ \w+,",
)
BLANKS = Form(
    "no label, blanks in the uptime",
    VersionText(label=False),
    ("more/cisco_xr/show_version/10", "more/cisco_xr/show_version/11"),
    r"^ Built Host .*\n.*\n Version .*\n Location .*\n\s*cisco .*\nSystem uptime is \d+ \w+(?: \d+ \w+)*\s*$",
)
WITH_LABEL = Form(
    "a label, blanks in the uptime",
    VersionText(),
    (
        "cisco_xr/show_version/ntc_cisco_xr_show_version_label",
        "more/cisco_xr/show_version/13",
        "more/cisco_xr/show_version/14",
    ),
    r"^ Label  +: \S+\n\s*cisco .*\nSystem uptime is \d+ \w+(?: \d+ \w+)*\s*$",
)
VERSION: Output[VersionText] = Output("show version", "build and uptime", (BUILD_HOST, COMMAS, BLANKS, WITH_LABEL))


@dataclass(frozen=True, slots=True)
class PlatformText:
    """`show platform`: the widths of type and state, and which nodes below a card have rows of their own."""

    kind: int = 27
    state: int = 18
    slices: bool = False
    controller: bool = False


PLATFORM: Output[PlatformText] = Output(
    "show platform",
    "columns and rows",
    (
        Form(
            "a wide column of types",
            PlatformText(),
            ("more/cisco_xr/show_platform/03", "more/cisco_xr/show_platform/05"),
            r"^Node {14}Type {23}State {13}Config state\n(?:(?!.*NPU).*\n)*(?:\S*0/RP0|\s*\Z)",
        ),
        Form(
            "a row for each slice of a card, without its configuration",
            PlatformText(slices=True),
            ("more/cisco_xr/show_platform/10", "more/cisco_xr/show_platform/16", "more/cisco_xr/show_platform/24"),
            r"^0/\w+/NPU0 +Slice +UP *$",
        ),
        Form(
            "a wide column of states",
            PlatformText(kind=25, state=25),
            ("cisco_xr/show_platform/unicon_iosxr_ncs5k_mock_data_ncs5k_enable", "more/cisco_xr/show_platform/18"),
            r"^Node {14}Type {21}State {20}Config state\n-+\n.*CPU0 .*\n(?!.*BMC)",
        ),
        Form(
            "a row for each processor's own controller",
            PlatformText(kind=25, state=25, controller=True),
            ("more/cisco_xr/show_platform/06", "more/cisco_xr/show_platform/07"),
            r"^0/\w+/BMC0 +\S+ +OPERATIONAL +NSHUT",
        ),
    ),
    stays=True,
)


@dataclass(frozen=True, slots=True)
class PartnerText:
    """`show redundancy`: what the partner is called, and whether the groups of processes are listed."""

    partner: str
    groups: bool


REDUNDANCY: Output[PartnerText] = Output(
    "show redundancy",
    "the other processor",
    (
        Form(
            "a redundancy partner, with the groups of processes",
            PartnerText("Node Redundancy Partner", groups=True),
            ("cisco_xr/show_redundancy/unicon_iosxr_mock_data_enable", "more/cisco_xr/show_redundancy/b_m01_iosxr"),
            r"^Node Redundancy Partner \([^\n]*\n(?:.*\n)*?Group +Primary",
            suits=_pair,
        ),
        Form(
            "a partner node",
            PartnerText("Partner node", groups=False),
            (
                "cisco_xr/show_redundancy/genie_golden_output2",
                "cisco_xr/show_redundancy/unicon_iosxr_spitfire_mock_data_spitfire_enable",
            ),
            r"^Partner node \(\S+\) is in STANDBY role\nStandby node in ",
            suits=_pair,
        ),
        Form(
            "no valid partner, with the groups of processes",
            PartnerText("", groups=True),
            ("cisco_xr/show_redundancy/unicon_iosxr_mock_data_enable",),
            r"has no valid partner\n\s*Group +Primary",
            suits=_alone,
        ),
    ),
    stays=True,
)

LABEL: Output[bool] = Output(
    "show install active",
    "above the nodes",
    (
        Form(
            "a label",
            True,
            ("cisco_xr/show_install_active/ntc_cisco_xr_show_install_active",),
            r"^Label : \S+\n\nNode 0/",
        ),
        Form(
            "nothing",
            False,
            (
                *(f"more/cisco_xr/show_install_active/{name}" for name in ("03", "04", "05")),
                *(f"more/cisco_xr/show_install_committed/{name}" for name in ("01", "03")),
            ),
            r"(?:\A|[A-Z]\n)Node 0/\S+ \[RP\]\n",
        ),
    ),
)

STAMP: Output[str] = Output(
    "install commit",
    "the time of each line",
    (
        Form(
            "month and day",
            "%b %d %H:%M:%S",
            (
                "more/cisco_xr/install/02",
                "more/cisco_xr/install/24",
                "transcripts/cisco_xr/install_commit_success_exr",
            ),
            r"^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d Install operation \d+ started by \S+:",
        ),
        Form(
            "a date of ISO 8601",
            "%Y-%m-%d %H:%M:%S",
            ("more/cisco_xr/install_commit/01",),
            r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Install operation \d+ started by \S+:",
        ),
    ),
)
INDENT: Output[str] = Output(
    "install commit",
    "what was typed",
    (
        Form(
            "indented by two",
            "  ",
            ("more/cisco_xr/install/11", "more/cisco_xr/install/12", "more/cisco_xr/install/22"),
            r"^  install \w+",
        ),
        Form(
            "indented by one",
            " ",
            ("more/cisco_xr/install/01", "more/cisco_xr/install/19"),
            r"^ install \w+",
        ),
        Form(
            "at the margin",
            "",
            ("transcripts/cisco_xr/install_activate_success_reload_asr9k_exr", "more/cisco_xr/install/20"),
            r":\ninstall \w+",
        ),
    ),
)
PROGRESS: Output[str] = Output(
    "show install request",
    "an operation that runs",
    (
        Form(
            "its number and per cent",
            "The install operation {number} is 30% complete\n",
            ("more/cisco_xr/show_install_request/02",),
            r"^The install operation \d+ is \d+% complete",
        ),
        Form(
            "its kind, number and per cent",
            "The install {kind} operation {number} is 30% complete\n",
            ("more/cisco_xr/show_install_request/05",),
            r"^The install (?!prepare)\w+ operation \d+ is \d+% complete\n(?!\n)",
        ),
        Form(
            "its user and command, and a row for each node",
            "User {user}, Op Id {number}\n{command}\n\nThe install {kind} operation {number} is 40% complete\n\n"
            " install {kind} operation {number} is in progress\n\n"
            "Node(s)                 State                   %Completed              Action\n{rule}\n{nodes}",
            ("more/cisco_xr/show_install_request/04",),
            r"^User \S+, Op Id \d+$",
        ),
    ),
)

SUBINTERFACES: Output[bool] = Output(
    "show interfaces brief",
    "rows",
    (
        Form(
            "loopbacks, and an interface that goes nowhere",
            False,
            ("cisco_xr/show_interface_brief/ntc_cisco_xr_show_interface_brief",),
            r"^ +Nu0 +up +up +Null +1500 +0$",
        ),
        Form(
            "interfaces below a port, by their VLAN",
            True,
            ("more/cisco_xr/show_interfaces_brief/01",),
            r"^ +\S+\.\d+ +up +up +802\.1Q +\d+ +\d+$",
        ),
    ),
    stays=True,
)
LONG_NAMES: Output[bool] = Output(
    "show lldp neighbors",
    "own ports",
    (
        Form(
            "by short names",
            False,
            ("cisco_xr/show_lldp_neighbors/ntc_cisco_xr_show_lldp_neighbors",),
            r"^\S+ +(?:Gi|Te)\d+/\S+ +\d+ +R ",
        ),
        Form(
            "by long names",
            True,
            ("a test of a public collector, with an ASR 9000",),
            r"^\S+ +TenGigE\d+/\S+ +\d+ +R ",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class CdpText:
    """`show cdp neighbors detail`: what stands above a neighbour, and whether the neighbour's own name is told."""

    above: str
    own_name: bool


CDP: Output[CdpText] = Output(
    "show cdp neighbors detail",
    "above a neighbour",
    (
        Form(
            "a rule, and no name of its system",
            CdpText(f"{'-' * 25}\n", own_name=False),
            ("cisco_xr/show_cdp_neighbors_detail/ntc_cisco_xr_show_cdp_neighbors_detail",),
            r"^-+\nDevice ID: \S+\nSysName : *$",
        ),
        Form(
            "nothing",
            CdpText("", own_name=True),
            (
                "cisco_xr/show_cdp_neighbors_detail/genie_golden_output_1",
                "cisco_xr/show_cdp_neighbors_detail/genie_golden_output_2",
            ),
            r"^\s*(?<!-\n)Device ID: \S+\nSysName : \S+$",
        ),
    ),
)
IDLE_SOURCES: Output[tuple[str, ...]] = Output(
    "show route summary",
    "sources without routes",
    (
        Form(
            "one",
            ("dagr",),
            tuple(f"more/cisco_xr/show_route_summary/{name}" for name in ("01", "02", "05")),
            r"^dagr +0 +0 +0 +0(?!.*te-client)",
        ),
        Form(
            "those of applications and traffic engineering",
            ("dagr", "te-client", "application fib_mgr"),
            ("cisco_xr/show_route_summary/genie_golden_outpu_1",),
            r"^application fib_mgr +0 +0 +0 +0",
        ),
        Form(
            "what MPLS keeps for itself",
            ("local LSPV", "dagr"),
            ("more/cisco_xr/show_route_ipv6_summary/01", "more/cisco_xr/show_route_summary/03"),
            r"^local LSPV +\d+ ",
        ),
    ),
)
OPTICS: Output[bool] = Output(
    "show inventory",
    "what is in a port",
    (
        Form(
            "named by its interface",
            True,
            ("cisco_xr/show_inventory/genie_generic-rv1_golden_output_iosxr_3", "more/cisco_xr/show_inventory/01"),
            r'^NAME: "\w+GigE\d\S+", DESCR: "Cisco \w+',
        ),
        Form(
            "named by its place, with nothing more",
            False,
            ("cisco_xr/show_inventory/genie_golden_output_2",),
            r'^NAME: "0/0/\d+", DESCR: "N/A"\nPID: \S+ *, VID: N/A, SN: N/A',
        ),
    ),
    stays=True,
)
CONTEXT: Output[str] = Output(
    "dir harddisk:",
    "behind the rights",
    (
        Form(
            "a dot",
            ".",
            ("more/cisco_xr/dir/01", "cisco_xr/dir/genielibs_get_available_space_execute"),
            r"^ *\d+ [dl-][rwx-]{9}\. +\d+ ",
        ),
        Form("nothing", "", ("cisco_xr/dir/genie_golden_output_1_dir",), r"^ *\d+ [dl-][rwx-]{9} +\d+ "),
    ),
)

OUTPUTS: Outputs = (
    VERSION,
    PLATFORM,
    REDUNDANCY,
    LABEL,
    STAMP,
    INDENT,
    PROGRESS,
    SUBINTERFACES,
    LONG_NAMES,
    CDP,
    IDLE_SOURCES,
    OPTICS,
    CONTEXT,
)
