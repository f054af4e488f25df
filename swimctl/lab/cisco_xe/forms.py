"""The forms in which the lab's Catalysts, and its devices of classic IOS, print. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from swimctl.lab.forms import Form, Output, Outputs

HEAD = "Auto abort timer: "
_STOPPED = f"{HEAD}inactive"


@dataclass(frozen=True, slots=True)
class TimerLine:
    """The line while the timer runs, with `{left}` for the time that is left as H:MM:SS, and while it does not.

    Empty: there is none.
    """

    running: str
    stopped: str = _STOPPED

    def text(self, left: str) -> str:
        """Write the line; `left` empty: no timer runs."""
        return self.running.replace("{left}", left) if left else self.stopped


_GENIE = "Genie's own words on its patterns for show install summary"
ON_OPERATION = Form(
    "names the operation, and the time that is left",
    TimerLine(f"{HEAD}active on install_activate, time before rollback - {{left}}"),
    ("cisco_xe/show_install_summary/genie_golden_output",),
    r"active on install_activate, time before rollback - \d",
)
TIME_ALONE = Form(
    "only the time that is left, with a blank before the comma",
    TimerLine(f"{HEAD}active , time before rollback - {{left}}"),
    ("more/cisco_xe/show_install_uncommitted/b_01_c8000v_17.12.04a_timer",),
    r"active , time before rollback - \d",
)
NO_TIME = Form("no time", TimerLine(f"{HEAD}active"), (_GENIE,), r"timer: active$", named_only=True)
NO_TIME_ON_OPERATION = Form(
    "names the operation, no time",
    TimerLine(f"{HEAD}active on install_activate"),
    (_GENIE,),
    r"active on install_activate$",
    named_only=True,
)
STATE = Form(
    "the state of the release",
    TimerLine(f"{HEAD}Uncommitted", f"{HEAD}Committed"),
    (_GENIE,),
    r"timer: Uncommitted",
    named_only=True,
)
TIMER: Output[TimerLine] = Output(
    "show install summary",
    "the line of the auto-abort timer",
    (ON_OPERATION, TIME_ALONE, NO_TIME, NO_TIME_ON_OPERATION, STATE),
)

RESTARTED = Form(
    "the moment of the restart",
    True,
    (
        "cisco_xe/show_version/genie_cat9k-c9500_golden_output_c9500_5",
        "cisco_xe/show_version/genie_golden_output_c3850",
    ),
    r"^System restarted at ",
)
NOT_RESTARTED = Form(
    "no line of a restart",
    False,
    ("cisco_xe/show_version/genie_golden_output_9500h_standalone", "cisco_xe/show_version/genie_golden_output_c9300"),
    r"(?s)\A(?!.*System restarted)",
)
RESTART: Output[bool] = Output("show version", "the restart", (RESTARTED, NOT_RESTARTED))

LONG_RULE = Form(
    "a long rule",
    85,
    ("cisco_xe/show_switch/genie_golden_output_1", "cisco_xe/show_switch/genie_cat9kv_golden_output_1"),
    r"^-{85}$",
)
SHORT_RULE = Form("a short rule", 60, ("more/cisco_xe/show_switch/01",), r"^-{60}$")
STACK: Output[int] = Output("show switch", "the line below the header", (LONG_RULE, SHORT_RULE))

IN_CURRENT = Form(
    "what it was booted from",
    True,
    (
        "cisco_xe/show_boot/unicon_iosxe_mock_data_cat9k_reload_cat9k_enable_reload_to_rommon_break",
        "more/cisco_xe/show_boot/b_m01_iosxe_cat8k",
    ),
    r"^Current Boot Variables:\s+BOOT variable = \S",
)
NOT_IN_CURRENT = Form(
    "none",
    False,
    ("cisco_xe/show_boot/unicon_iosxe_mock_stack_stack_config", "more/cisco_xe/show_boot/01"),
    r"^Current Boot Variables:\s+BOOT variable does not exist\s+Boot Variables on next reload:\s+BOOT variable = \S",
)
CURRENT_BOOT: Output[bool] = Output("show boot", "current variables of a stack's member", (IN_CURRENT, NOT_IN_CURRENT))

NO_REGISTER = Form(
    "not among them",
    False,
    ("cisco_xe/show_boot/genie_cat9k-c9400_golden_output", "cisco_xe/show_boot/genie_golden_output_cat9400"),
    r"^BOOT variable.*\nMANUAL_BOOT",
)
REGISTER = Form(
    "below the first of them",
    True,
    ("cisco_xe/show_boot/genie_golden_output_cat9k_2", "cisco_xe/show_boot/genie_golden_output_cat9k_3"),
    r"^BOOT variable.*\nConfiguration Register is",
)
CHASSIS_BOOT: Output[bool] = Output("show boot", "the register, among a chassis' variables", (NO_REGISTER, REGISTER))

COUNTED = Form(
    "a long name in a line of its own, and a count below",
    True,
    (
        "cisco_xe/show_cdp_neighbors/genie_golden_output_10",
        "cisco_xe/show_cdp_neighbors/genie_device_output_7",
        "cisco_xe/show_cdp_neighbors/genie_device_output_8",
    ),
    r"^\S+ *\n {15,}\S(?s:.*)Total cdp entries displayed : \d",
)
UNCOUNTED = Form(
    "no count",
    False,
    tuple(f"more/cisco_xe/show_cdp_neighbors/{name}" for name in ("01", "05", "06", "09", "10")),
    r"^Device ID +Local Intrfce(?s:(?!.*Total cdp))",
)
CDP: Output[bool] = Output("show cdp neighbors", "names, and their count", (COUNTED, UNCOUNTED))


RIGHT = Form(
    "numbers to the right",
    ">6",
    ("cisco_xe/dir/genie_golden_output_asr1k_2_dir", "cisco_ios/dir/genie_cat6k_golden_output_dir"),
    r"^ {3,}\d+  [d-]rw",
)
LEFT = Form(
    "numbers to the left",
    "<6",
    ("more/cisco_xe/dir/01", "more/cisco_xe/dir/b_02_c8000v_17.15.05"),
    r"^\d{1,5} {2,}[d-]rw",
)
DIR: Output[str] = Output("dir flash:", "the number of a file", (RIGHT, LEFT))

OUTPUTS: Outputs = (TIMER, RESTART, STACK, CURRENT_BOOT, CHASSIS_BOOT, CDP, DIR)
