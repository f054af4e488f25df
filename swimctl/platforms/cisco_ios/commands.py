"""Which command's output is read by which parser: those of IOS-XE, and the boot lines of the configuration."""

from __future__ import annotations

from typing import Any, Final

from swimctl.platforms.cisco_ios.boot_lines import COMMAND, read_boot_lines
from swimctl.platforms.cisco_xe.commands import ASKED, COMMANDS
from swimctl.platforms.cisco_xe.commands import find as find_of_xe
from swimctl.platforms.commands import Command

__all__ = ["ASKED", "COMMANDS", "find", "parse"]

# It is one by its filter alone: `show running-config` itself is no output that anybody reads here.
_BOOT_LINES: Final = Command(COMMAND, read_boot_lines)


def find(command: str) -> Command:
    """Find the entry for a command as typed; raises NotFound with the known commands."""
    return _BOOT_LINES if _is_boot_lines(command) else find_of_xe(command)


def parse(command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts; raises NotFound for a command that no parser reads, else as the parser."""
    return find(command).parser(text)


def _is_boot_lines(typed: str) -> bool:
    """Return whether this is that command, its words perhaps abbreviated; what it filters by has to be the same."""
    *wanted, pattern = COMMAND.split(maxsplit=4)
    *words, given = typed.split(maxsplit=4) or [""]
    abbreviated = len(words) == len(wanted) and all(map(str.startswith, wanted, map(str.lower, words)))
    return abbreviated and given.strip() == pattern
