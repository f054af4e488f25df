"""What `show log interactive-commands` tells of the commands that a device took. Pure.

Junos writes each command line of every session there, in full words, where its syslog has that file, as it does from
the factory. A log that is not there, or that was cut, cannot tell, and says so.
"""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.base import Trace
from swimctl.platforms.journal import Logged

# Its own line is in what it gives: that proves that commands are written down.
SHOW: Final = 'show log interactive-commands | match "request system |show log" | last 300'
# What ends each operation: a way back is a rollback and a reboot.
_LAST_COMMAND: Final = {
    "preserve": "request system snapshot ",
    "add": "request system software add ",
    "activate": "request system reboot",
    "abort": "request system reboot",
}
_BEGINS: Final = {
    "request system software add ": frozenset({"add"}),
    "request system software rollback": frozenset({"abort"}),
    "request system reboot": frozenset({"activate", "abort"}),
}
_SOFTWARE: Final = re.compile(r"request system software (add|rollback|delete)\b")
_COMMAND: Final = re.compile(r"UI_CMDLINE_READ_LINE: User '[^']*', command '(.*)'\s*$")


def last_line(log: str) -> str | None:
    """Return the newest command's line, None where there is none."""
    lines = _lines(log)
    return lines[-1] if lines else None


def trace_operation(log: str, operation: str, mark: str | None) -> Trace:
    """Return whether the operation's last command came after the line `mark`. The log never tells that one has ended.

    That none came is believed only while the mark is still there, and later commands are: those of whoever looked.
    """
    lines, wanted = _lines(log), _LAST_COMMAND.get(operation)
    if mark is None or wanted is None or mark not in lines:
        return Trace(None, None)
    after = lines[len(lines) - lines[::-1].index(mark) :]
    if not after:
        return Trace(None, None)
    return Trace(any(_command(line).startswith(wanted) for line in after), None)


def journal(log: str, *, reboots: bool) -> tuple[Logged, ...]:
    """Return the commands; of those that install or reboot, where `reboots`, one that asked for a reboot has not ended.

    `reboots` tells that the device has one planned.
    """
    entries = []
    for line in _lines(log):
        command = _command(line)
        found = next((does for words, does in _BEGINS.items() if command.startswith(words)), frozenset[str]())
        pending = reboots and "activate" in found
        entries.append(Logged(line, found, " ".join(command.split()[:4]), line, ended=not pending))
    return tuple(entries)


def rolled_back_last(log: str) -> bool:
    """Return whether the last command about software took something back, as far as the log tells."""
    words = [words for line in _lines(log) if (words := _SOFTWARE.match(_command(line)))]
    return bool(words) and words[-1][1] != "add"


def _lines(log: str) -> list[str]:
    return [line.strip() for line in log.splitlines() if _COMMAND.search(line)]


def _command(line: str) -> str:
    found = _COMMAND.search(line)
    return found[1] if found else ""
