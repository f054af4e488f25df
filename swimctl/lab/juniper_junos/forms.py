"""The forms in which a lab Juniper prints. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from swimctl.lab.forms import Form, Output, Outputs
from swimctl.lab.juniper_junos.spec import JunosSpec


def _newer(spec: JunosSpec, _release: str) -> bool:
    return not spec.hardware.old


def _alone(spec: JunosSpec, _release: str) -> bool:
    return len(spec.members) == 1


def _several(spec: JunosSpec, release: str) -> bool:
    return not _alone(spec, release)


@dataclass(frozen=True, slots=True)
class VersionText:
    """`show version`: what stands behind the release, and whether packages are suites with the release in brackets."""

    behind: str = ""
    suites: bool = False


SUITES = Form(
    "suites with the release in brackets",
    VersionText(suites=True),
    ("juniper_junos/show_version/ntc_juniper_junos_show_version_qfx5100",),
    r"^Junos: \S+\n(?:Pending: .*\n)?JUNOS Base OS boot \[",
)
DATED = Form(
    "dated packages",
    VersionText(),
    ("more/juniper_junos/show_version/05", "more/juniper_junos/show_version/08"),
    r"^Junos: \S+\n(?:Pending: .*\n)?JUNOS OS Kernel \d\d-bit +\[",
    suits=_newer,
)
PACKAGES: Output[VersionText] = Output(
    "show version",
    "release and packages",
    (
        DATED,
        SUITES,
        Form(
            "`limited` behind the release, and suites",
            VersionText(" limited", suites=True),
            ("more/juniper_junos/show_version/06", "more/juniper_junos/show_version/09"),
            r"^Junos: \S+ limited\nJUNOS Base OS boot \[",
            suits=_newer,
        ),
        Form(
            "`flex` behind the release, and dated packages",
            VersionText(" flex"),
            ("more/juniper_junos/show_version/04_qfx5120_flex",),
            r"^Junos: \S+ flex\nJUNOS OS Kernel \d\d-bit +\[",
            suits=_newer,
        ),
    ),
)

NUMBERED: Output[bool] = Output(
    "show version",
    "above a member",
    (
        Form(
            "its number, of each in a Virtual Chassis",
            True,
            ("juniper_junos/show_version/ntc_juniper_junos_show_version_ex",),
            r"^fpc1:\n-+\n",
            suits=_several,
        ),
        Form(
            "its number, of a switch alone",
            True,
            ("more/juniper_junos/show_version/02_ex4550_12.3", "more/juniper_junos/show_version/09"),
            r"^fpc0:\n-+\nHostname: (?:.*\n)*(?!fpc1)",
            suits=_alone,
        ),
        Form(
            "nothing",
            False,
            ("more/juniper_junos/show_version/01", "more/juniper_junos/show_version/05"),
            r"(?<!-\n)^Hostname: ",
            suits=_alone,
        ),
    ),
    stays=True,
)

_UPTIME = "juniper_junos/show_system_uptime"
OWN_TIME = Form(
    "its own",
    "Time Source:  LOCAL CLOCK ",
    (f"{_UPTIME}/genie_golden_output_1", f"{_UPTIME}/genie_golden_output_2"),
    r"^ *Current time: .*\n *Time Source:  LOCAL CLOCK *\n *System booted",
)
TIME_SOURCE: Output[str] = Output(
    "show system uptime",
    "the source of its time",
    (
        Form(
            "NTP",
            "Time Source:  NTP CLOCK",
            (f"{_UPTIME}/ntc_juniper_junos_show_system_uptime",),
            r"^Current time: .*\nTime Source:  NTP CLOCK *\nSystem booted",
        ),
        OWN_TIME,
        Form("not told", "", (f"{_UPTIME}/genie_golden_output_3",), r"^Current time: .*\nSystem booted"),
    ),
)
ROUTE_MODE: Output[bool] = Output(
    "show virtual-chassis",
    "columns",
    (
        Form(
            "without route mode",
            False,
            ("a test of a public collector, with an EX4500",),
            r"^ +Mstr +Mixed +Neighbor List$",
        ),
        Form(
            "with route mode",
            True,
            ("a public log of a vQFX with 18.1R1", "a public guide for the EX3400", "a public guide for the vQFX"),
            r"^ +Mstr +Mixed Route Neighbor List$",
        ),
    ),
)
WATERMARK: Output[bool] = Output(
    "show route summary",
    "above the tables",
    (
        Form(
            "the highest numbers that there ever were",
            True,
            ("juniper_junos/show_route_summary/ntc_juniper_junos_show_route_summary",),
            r"^Highwater Mark ",
        ),
        Form(
            "nothing",
            False,
            ("CiscoTestAutomation/genieparser on GitHub, junos/tests/ShowRouteSummary",),
            r"^Router ID: \S+\n\ninet\.0: ",
        ),
    ),
)
_HARDWARE = "juniper_junos/show_chassis_hardware"
BUILT_IN: Output[bool] = Output(
    "show chassis hardware",
    "the routing engine",
    (
        Form(
            "a part of its own",
            False,
            (
                f"{_HARDWARE}/ntc_juniper_junos_show_chassis_hardware2",
                f"{_HARDWARE}/ntc_juniper_junos_show_chassis_hardware4",
            ),
            r"^Routing Engine 0 REV \d+ +\d{3}-\d+",
        ),
        Form(
            "built in, below a board that is none",
            True,
            (
                f"{_HARDWARE}/ntc_juniper_junos_show_chassis_hardware1",
                f"{_HARDWARE}/ntc_juniper_junos_show_chassis_hardware_add_fpc_info",
            ),
            r"^Pseudo CB 0 *\nRouting Engine 0 +BUILTIN +BUILTIN",
        ),
    ),
    stays=True,
)
_ENGINE = "juniper_junos/show_chassis_routing_engine"
LOAD: Output[tuple[str, ...]] = Output(
    "show chassis routing-engine",
    "the load of the processor",
    (
        Form("now", ("",), (f"{_ENGINE}/genie_golden_output2",), r"^ +CPU utilization:"),
        Form(
            "over four times",
            ("5 sec ", "1 min ", "5 min ", "15 min "),
            (f"{_ENGINE}/genie_golden_output",),
            r"^ +5 sec CPU utilization:",
        ),
    ),
)

_ADD = "more/juniper_junos/request_system_software_add"
STAMPED: Output[bool] = Output(
    "request system software add /var/tmp/IMAGE no-validate",
    "what it checks first",
    (
        Form(
            "with the time of each line",
            True,
            (f"{_ADD}/09_ex4550_151", f"{_ADD}/b_03_ex4200_15.1_reboot"),
            r"^\[[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\]: Checking pending install on fpc0",
        ),
        Form(
            "without",
            False,
            (f"{_ADD}/02_qfx5120_invalid_file", f"{_ADD}/15", f"{_ADD}/b_02_ex3300_12.3"),
            r"^Checking pending install on fpc0",
        ),
    ),
)
_REBOOT = "more/juniper_junos/request_system_reboot"
_FINAL = "*** FINAL System shutdown message from {user}@{name} ***"
SHUTDOWN: Output[str] = Output(
    "request system reboot",
    "what it answers",
    (
        Form(
            "a last message to all, and that it goes down now",
            f"\n{'':79}\n{_FINAL:<77}\n\n{'System going down IMMEDIATELY':<79}\n\n{'':79}\n"
            "Shutdown NOW!\n[pid 17221]\n",
            (f"{_REBOOT}/b_01_mx304", f"{_REBOOT}/b_02_mx480_pending_jinstall"),
            r"^System going down IMMEDIATELY *\n\s*Shutdown NOW!\n",
        ),
        Form(
            "that it goes down now",
            "\nShutdown NOW!\n[pid 17221]\n",
            (f"{_REBOOT}/b_03_srx220",),
            r"\(no\) y(?:es)?\s*Shutdown NOW!\n\[pid \d+\]",
        ),
        Form(
            "a message to all that it goes down in a minute",
            "\n*** System shutdown message from {user}@{name} ***                   \n\n"
            f"{'System going down in 1 minute':<79}\n\n",
            (f"{_REBOOT}/01_ex4550",),
            r"^System going down in 1 minute",
        ),
    ),
)

OUTPUTS: Outputs = (
    PACKAGES,
    NUMBERED,
    TIME_SOURCE,
    ROUTE_MODE,
    WATERMARK,
    BUILT_IN,
    LOAD,
    STAMPED,
    SHUTDOWN,
)
