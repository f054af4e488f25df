"""`show install summary`, its sisters (active, committed, inactive, uncommitted), and `show install rollback`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import InstallSummary, Package, PackageState, RollbackPoint
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.text import filled, is_half, passed_over

COMMAND: Final = "show install summary"

_BLOCK: Final = re.compile(r"\[ *(.+?) *\] *(\w+) +Package\(s\) +Information *:?", re.IGNORECASE)
_LEGEND: Final = re.compile(r"State *\(St\) *:.*|C - Activated.*|-{5,}", re.IGNORECASE)
# A console of 79 columns puts the last dash of a rule in front of the next line (a C9300's in
# "Staging Infrastructure Switch DHCP and TFTP configuration" on GitHub).
_RULE: Final = re.compile(r"-{79}(?: .*)?")
_TABLE: Final = re.compile(r"Type +St +Filename/Version\b.*", re.IGNORECASE)
_ROW: Final = re.compile(r"([A-Z]{2,}) +([IUCD]) +(\S+)(?: .*)?")
# What stands where a row must stand: a kind that is known, or words of a row's form.
_LIKE_A_ROW: Final = re.compile(r"(?:IMG|SMU|SUBPKG|APSP|APDP|RPM|ISO)\b.*|[A-Z]{2,8} +\S +\S.*", re.IGNORECASE)
_NOTHING: Final = re.compile(r"No .*\bPackages?\b.*", re.IGNORECASE)

# Seen or documented behind the colon: `inactive`; `active on install_activate, time before rollback - 01:49:42`;
# `active , time before rollback - 01:57:12` (more/cisco_xe/show_install_uncommitted/b_01_c8000v_17.12.04a_timer, and a
# C9300 stack); beside Genie's patterns `active`, `active on install_activate`, `Committed` and `Uncommitted`; in
# service `automatic`.
_TIMER: Final = re.compile(r"Auto[ -]+abort +timer *:? *(.*)", re.IGNORECASE)
_TIMER_WORDS: Final = ("inactive", "active", "committed", "uncommitted", "automatic")
_STOPPED: Final = frozenset({"inactive", "committed"})
_LEFT: Final = re.compile(r"time +before +rollback *[-:]? *(\d+):(\d\d):(\d\d)(?!\d)", re.IGNORECASE)
_ON: Final = re.compile(r"\bon +(install_\w+)", re.IGNORECASE)
_OPERATIONS: Final = ("install_activate", "install_deactivate", "install_rollback", "install_add_activate_commit")

_ROLLBACK_TABLE: Final = re.compile(r"ID +Label +Description\b.*", re.IGNORECASE)
# A label is one word; where none was given stands `No Label`.
_ROLLBACK_ROW: Final = re.compile(r"(\d+) +(No +Label|\S+)(?: +(\S.*))?", re.IGNORECASE)
_NO_ROLLBACK: Final = re.compile(r"No rollback .*", re.IGNORECASE)


def parse_show_install(text: str, command: str = COMMAND) -> InstallSummary:
    """Read the packages of all blocks, one block for each set of members in the same state, and the auto-abort timer.

    Needed: every package with its state and its members. The timer's line decides nothing here and refuses nothing: it
    may be missing, doubled or garbled. Members are named as printed without the word before them: `1`, `R0`, `1/R0`. No
    packages at all is an answer only of a sister, where the device says so (`No Inactive Packages`) or closes the empty
    table with the timer.
    """
    lines = _without_last_dashes([line.strip() for line in filled(text, command, TERMINAL)])
    packages: list[Package] = []
    members: tuple[str, ...] = ()
    silent = ""
    timers: list[str] = []
    nothing = False
    for line in lines:
        if block := _BLOCK.fullmatch(line):
            if silent:
                break
            members, silent = _members(block[1]), line
        elif timer := _TIMER.fullmatch(line):
            timers.append(timer[1])
        elif _NOTHING.fullmatch(line):
            nothing, silent = True, ""
        elif members and (row := _ROW.fullmatch(line)):
            packages.append(Package(members, row[1], PackageState(row[2]), row[3]))
            silent = ""
        elif _TABLE.fullmatch(line) or _LEGEND.fullmatch(line):
            continue
        elif _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(command, line)
        else:
            passed_over(command, line)
    if not members:
        raise UnparsableOutput(command, lines[0], "there is no '[ … ] Package(s) Information'")
    if silent and (packages or command == COMMAND or not timers):
        raise UnparsableOutput(command, silent, "it lists no package of these members, nor says that they have none")
    if command == COMMAND and not (nothing or any(package.kind == "IMG" for package in packages)):
        raise UnparsableOutput(command, lines[-1], "it lists no image, and a device runs one")
    return _summary(packages, timers)


def _without_last_dashes(lines: Sequence[str]) -> list[str]:
    above = ["", *lines]
    return [
        line[1:] if _RULE.fullmatch(rule) and line[0] == "-" else line for rule, line in zip(above, lines, strict=False)
    ]


def _members(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.split() if word.lower() not in {"switch", "chassis"})


def _summary(packages: Sequence[Package], timers: Sequence[str]) -> InstallSummary:
    runs = [found for said in timers if (found := _runs(said)) is not None]
    left = [int(h) * 3600 + int(m) * 60 + int(s) for said in timers for h, m, s in _LEFT.findall(said)]
    operations = [found for said in timers for found in _ON.findall(said) if not is_half(found, _OPERATIONS)]
    return InstallSummary(
        packages=tuple(packages),
        timer_runs=any(runs) if runs else None,
        abort_timer=min(left) if left and any(runs) else None,
        abort_operation=operations[0] if operations else None,
    )


def _runs(said: str) -> bool | None:
    """Return whether a timer of which this is said runs; what nobody knows may run. None for a mere beginning."""
    word = re.split(r"[\s,]", said.casefold())[0]
    return None if not word or is_half(word, _TIMER_WORDS) else word not in _STOPPED


def parse_show_install_rollback(text: str) -> tuple[RollbackPoint, ...]:
    """Read the rollback points, newest first as printed; ids may repeat. Empty where the device says there is none.

    Needed: the header, and the id and label of each row.
    """
    command = "show install rollback"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    points: list[RollbackPoint] = []
    table = nothing = False
    for line in lines:
        row = _ROLLBACK_ROW.fullmatch(line) if table else None
        if _ROLLBACK_TABLE.fullmatch(line):
            table = True
        elif row:
            points.append(RollbackPoint(int(row[1]), " ".join(row[2].split()), row[3] or ""))
        elif _NO_ROLLBACK.fullmatch(line):
            nothing = True
        elif table and re.match(r"\d", line):
            raise UnparsableOutput(command, line)
        elif set(line) - {"-"}:
            passed_over(command, line)
    if not (points or nothing):
        raise UnparsableOutput(command, lines[-1], "there is no table 'ID Label Description' with rows")
    return tuple(points)
