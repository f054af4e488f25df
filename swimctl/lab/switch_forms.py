"""The forms in which the lab's Catalysts print. Pure."""

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

OUTPUTS: Outputs = (TIMER,)
