"""How `show install summary` of a Catalyst words the line of its auto-abort timer: in more than one form. Pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

HEAD = "Auto abort timer: "
_STOPPED = f"{HEAD}inactive"


@dataclass(frozen=True, slots=True)
class TimerLine:
    """The line while the timer runs, with `{left}` for the time that is left as H:MM:SS, and while it does not.

    Empty: there is none. `source` names what the form is modelled on, by its path below captures.
    """

    running: str
    stopped: str = _STOPPED
    source: str = ""

    def text(self, left: str) -> str:
        """Write the line; `left` empty: no timer runs."""
        return self.running.replace("{left}", left) if left else self.stopped


OF_DEVICES = (
    TimerLine(
        f"{HEAD}active on install_activate, time before rollback - {{left}}",
        source="cisco_xe/show_install_summary/genie_golden_output",
    ),
    TimerLine(
        f"{HEAD}active , time before rollback - {{left}}",
        source="more/cisco_xe/show_install_uncommitted/b_01_c8000v_17.12.04a_timer",
    ),
)
"""The forms that captures show: a device has one of them, by its name."""

DOCUMENTED = (
    TimerLine(f"{HEAD}active"),
    TimerLine(f"{HEAD}active on install_activate"),
    TimerLine(f"{HEAD}Uncommitted", f"{HEAD}Committed"),
)
"""The forms that no capture shows, but Genie's own words on its patterns: they are printed where a spec has one."""


def of_device(name: str) -> TimerLine:
    """Give the form that a device has, always the same for a name."""
    return OF_DEVICES[zlib.crc32(name.encode()) % len(OF_DEVICES)]
