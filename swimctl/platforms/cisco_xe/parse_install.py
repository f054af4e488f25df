"""`show install summary`, its sisters (active, committed, inactive, uncommitted), and `show install rollback`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import InstallSummary, Package, PackageState, RollbackPoint
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import filled
from swimctl.versions import release

COMMAND: Final = "show install summary"

_BLOCK: Final = re.compile(r"\[ *(.+?) *\] (\w+) Package\(s\) Information:")
_LEGEND: Final = re.compile(r"State \(St\): .*|C - Activated & Committed.*|-{5,}")
_TABLE: Final = re.compile(r"Type +St +Filename/Version")
_ROW: Final = re.compile(r"([A-Z]{2,}) +([IUCD]) +(\S+)")
_WHOLE_NAME: Final = re.compile(r"\d+(?:\.\d+){3}.*|\S+\.bin")
_NOTHING: Final = re.compile(r"No .*Packages?\.?", re.IGNORECASE)
_TIMER: Final = re.compile(
    r"Auto abort timer: *(?:(inactive)|active(?: on ([^\s,]+))?,? *time before rollback *-? *(\d+):(\d\d):(\d\d))"
)
# Every release from here on closes the table with the timer; without it, the output was cut off.
_TIMER_SINCE: Final = 17

_ROLLBACK_TABLE: Final = re.compile(r"ID +Label +Description")
_ROLLBACK_ROW: Final = re.compile(r"(\d+) +(\S.*?)(?: {2,}(\S.*))?")
_NO_ROLLBACK: Final = re.compile(r"No rollback .*", re.IGNORECASE)


def parse_show_install(text: str, command: str = COMMAND) -> InstallSummary:
    """Read the packages of all blocks, one block for each set of members in the same state, and the auto-abort timer.

    Members are named as printed without the word before them: `1`, `R0`, `1/R0`. No packages at all is an answer
    only where the device says so (`No Inactive Packages`), or where an empty table of a sister was printed whole.
    """
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    packages: list[Package] = []
    members: tuple[str, ...] = ()
    timer: re.Match[str] | None = None
    tables = blocks = 0
    nothing = False
    for line in lines:
        block = _BLOCK.fullmatch(line)
        row = _ROW.fullmatch(line)
        if block:
            members = _members(block[1])
            blocks += 1
        elif _TABLE.fullmatch(line):
            tables += 1
        elif row and tables == blocks > 0:
            packages.append(Package(members, row[1], PackageState(row[2]), row[3]))
        elif found := _TIMER.fullmatch(line):
            timer = found
        elif _NOTHING.fullmatch(line):
            nothing = True
        elif not _LEGEND.fullmatch(line):
            raise UnparsableOutput(command, line)
    if not tables or tables != blocks:
        raise UnparsableOutput(command, lines[-1], "a block '[ … ] Package(s) Information' has no table")
    if timer is None:
        _check_whole(command, lines[-1], packages, nothing=nothing)
    images = [package for package in packages if package.kind == "IMG"]
    if command == COMMAND and not images:
        raise UnparsableOutput(command, lines[-1], "it lists no image, and a device runs one")
    seconds = int(timer[3]) * 3600 + int(timer[4]) * 60 + int(timer[5]) if timer and not timer[1] else None
    return InstallSummary(
        packages=tuple(packages),
        timer_printed=timer is not None,
        abort_timer=seconds,
        abort_operation=timer[2] if timer else None,
    )


def _members(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.split() if word.lower() not in {"switch", "chassis"})


def _check_whole(command: str, last: str, packages: list[Package], *, nothing: bool) -> None:
    """Refuse an output without the timer unless it is an old release's, which ends with its last row."""
    if nothing:
        return
    row = _ROW.fullmatch(last)
    if row is None or not _WHOLE_NAME.fullmatch(row[3]):
        raise UnparsableOutput(command, last, "it ends before the auto abort timer")
    if any(_major(package.name) >= _TIMER_SINCE for package in packages if package.kind == "IMG"):
        raise UnparsableOutput(command, last, "it ends before the auto abort timer")


def _major(name: str) -> int:
    found = re.match(r"(\d+)", release(name))
    return int(found[1]) if found else 0


def parse_show_install_rollback(text: str) -> tuple[RollbackPoint, ...]:
    """Read the rollback points, newest first as printed; ids may repeat. Empty where the device says there is none."""
    command = "show install rollback"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if len(lines) == 1 and _NO_ROLLBACK.fullmatch(lines[0]):
        return ()
    if not _ROLLBACK_TABLE.fullmatch(lines[0]):
        raise UnparsableOutput(command, lines[0], "there is no header 'ID Label Description'")
    points = []
    for line in lines[1:]:
        if not set(line) - {"-"}:
            continue
        row = _ROLLBACK_ROW.fullmatch(line)
        if not row:
            raise UnparsableOutput(command, line)
        points.append(RollbackPoint(int(row[1]), row[2], row[3] or ""))
    if not points:
        raise UnparsableOutput(command, lines[-1], "there are no rows")
    return tuple(points)
