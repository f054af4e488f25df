"""`show stackwise-virtual link` and `… dual-active-detection`: what holds a pair of chassis together."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_xe import DualActive, VirtualLink
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import filled

LINK: Final = "show stackwise-virtual link"
DETECTION: Final = "show stackwise-virtual dual-active-detection"

_PORT: Final = r"[A-Z][A-Za-z]+\d+(?:/\d+)+"
_LINK_TITLE: Final = re.compile(r"Stackwise Virtual Link *\(SVL\) Information *:", re.IGNORECASE)
_LINK_TABLE: Final = re.compile(r"Switch\s+SVL\s+Ports\s+Link-Status\s+Protocol-Status", re.IGNORECASE)
_LINK_ROW: Final = re.compile(rf"(?:(\d+)\s+\d+\s+)?({_PORT})\s+([UD])\s+([A-Za-z])")
# One letter means Pending on some releases and Bundled on others: the legend above the table tells.
_LEGEND: Final = re.compile(r"[A-Za-z]-\w+(?: +[A-Za-z]-\w+)+")
_LINK_WORDS: Final = re.compile(r"Flags *:|Link Status|Protocol Status", re.IGNORECASE)

_DETECTION_TITLE: Final = re.compile(r"Dual-Active-Detection Configuration *:", re.IGNORECASE)
_DETECTION_TABLE: Final = re.compile(r"Switch\s+Dad port\s+Status", re.IGNORECASE)
_DETECTION_ROW: Final = re.compile(rf"(?:(\d+)\s+)?({_PORT})\s+(up|down)", re.IGNORECASE)
_RECOVERY: Final = re.compile(r"In dual-active recovery mode *: *(Yes|No)", re.IGNORECASE)
_RECOVERY_RELOAD: Final = re.compile(r"Recovery Reload *: *\w+", re.IGNORECASE)


def parse_virtual_link(text: str) -> tuple[VirtualLink, ...]:
    """Read the ports of the link between the chassis, with both of their states."""
    found: list[VirtualLink] = []
    legend: dict[str, str] = {}
    table, chassis = False, 0
    lines = [line.strip() for line in filled(text, LINK, TERMINAL)]
    for line in lines:
        row = _LINK_ROW.fullmatch(line)
        if table and row:
            chassis = int(row[1] or chassis)
            found.append(VirtualLink(chassis, row[2], row[3] == "U", _word(legend, line, row[4])))
        elif _LINK_TABLE.fullmatch(line):
            table = True
        elif not table and _LEGEND.fullmatch(line):
            # The link's own legend comes first and has other letters for up and down.
            legend = dict(part.split("-", 1) for part in line.split())
        elif not (_LINK_TITLE.fullmatch(line) or _LINK_WORDS.fullmatch(line) or _is_rule(line)):
            raise UnparsableOutput(LINK, line)
    _check_both(LINK, lines[-1], [link.chassis for link in found])
    return tuple(found)


def _word(legend: dict[str, str], line: str, letter: str) -> str:
    # The legend of some releases has `s-Suspended` for what the table prints in either case.
    words = legend.get(letter) or legend.get(letter.swapcase())
    if words is None:
        raise UnparsableOutput(LINK, line, f"the legend does not say what {letter} is")
    return words


def parse_dual_active(text: str) -> DualActive:
    """Read the ports that watch for a second active chassis; no rows at all: none were configured."""
    found: list[tuple[int, str, bool]] = []
    table, recovery, chassis = False, False, 0
    lines = [line.strip() for line in filled(text, DETECTION, TERMINAL)]
    for line in lines:
        row = _DETECTION_ROW.fullmatch(line)
        if table and row:
            chassis = int(row[1] or chassis)
            found.append((chassis, row[2], row[3].lower() == "up"))
        elif _DETECTION_TABLE.fullmatch(line):
            table = True
        elif said := _RECOVERY.fullmatch(line):
            recovery = said[1].lower() == "yes"
        elif not (_DETECTION_TITLE.fullmatch(line) or _RECOVERY_RELOAD.fullmatch(line) or _is_rule(line)):
            raise UnparsableOutput(DETECTION, line)
    if not table:
        raise UnparsableOutput(DETECTION, lines[-1], "there is no table of ports")
    if found or not _is_rule(lines[-1]):
        _check_both(DETECTION, lines[-1], [port[0] for port in found])
    return DualActive(tuple(found), recovery)


def _is_rule(line: str) -> bool:
    return not set(line) - set("- \t")


def _check_both(command: str, last: str, chassis: list[int]) -> None:
    """Refuse a table that ends before the ports of the second chassis; both have as many."""
    counts = {each: chassis.count(each) for each in chassis}
    if len(counts) != 2 or 0 in counts or len(set(counts.values())) != 1:
        raise UnparsableOutput(command, last, "it does not list as many ports of one chassis as of the other")
