"""`show stackwise-virtual link` and `… dual-active-detection`: what holds a pair of chassis together."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import DualActive, VirtualLink
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

LINK: Final = "show stackwise-virtual link"
DETECTION: Final = "show stackwise-virtual dual-active-detection"

_PORT: Final = r"[A-Z][A-Za-z]+\d+(?:/\d+)+"
# A row of either table: it begins with the number of a chassis, or with a port.
_LIKE_A_ROW: Final = re.compile(r"\d+(?: .*)?|[A-Z][A-Za-z]+\d+/.*", re.IGNORECASE)

_LINK_TITLE: Final = re.compile(r"Stackwise +Virtual +Link *\(SVL\) +Information *:.*", re.IGNORECASE)
_LINK_TABLE: Final = re.compile(r"Switch +SVL +Ports +Link-Status +Protocol-Status\b.*", re.IGNORECASE)
_LINK_ROW: Final = re.compile(rf"(?:(\d+) +\d+ +)?({_PORT}) +([UD]) +([A-Za-z])(?: .*)?")
# One letter means Pending on some releases and Bundled on others: the legend above the table tells.
_LEGEND: Final = re.compile(r"(?:[A-Za-z]-\w+ +)+[A-Za-z]-\w+(?: .*)?")
_MEANING: Final = re.compile(r"(?<!\S)([A-Za-z])-(\w+)")
_LINK_WORDS: Final = re.compile(r"Flags *:.*|(?:Link|Protocol) +Status\b.*", re.IGNORECASE)

_DETECTION_TITLE: Final = re.compile(r"Dual-Active-Detection +Configuration *:.*", re.IGNORECASE)
_DETECTION_TABLE: Final = re.compile(r"Switch +Dad +port +Status\b.*", re.IGNORECASE)
_DETECTION_ROW: Final = re.compile(rf"(?:(\d+) +)?({_PORT}) +(up|down)(?: .*)?", re.IGNORECASE)
_RECOVERY: Final = re.compile(r"In +dual-active +recovery +mode *: *(.*)", re.IGNORECASE)
_RECOVERY_RELOAD: Final = re.compile(r"Recovery +Reload *: *\w+.*", re.IGNORECASE)


def parse_virtual_link(text: str) -> tuple[VirtualLink, ...]:
    """Return the ports of the link between the chassis, with both of their states; each chassis must have one."""
    found: list[VirtualLink] = []
    legend: dict[str, str] = {}
    table, chassis = False, 0
    lines = [line.strip() for line in filled(text, LINK, TERMINAL)]
    for line in lines:
        if _LINK_TABLE.fullmatch(line):
            table = True
        elif table and _LIKE_A_ROW.fullmatch(line):
            row = _LINK_ROW.fullmatch(line)
            if row is None or not (row[1] or chassis):
                raise UnparsableOutput(LINK, line, "a port of the link cannot be read")
            chassis = int(row[1] or chassis)
            found.append(VirtualLink(chassis, row[2], row[3] == "U", _word(legend, line, row[4])))
        elif not table and _LEGEND.fullmatch(line):
            # The link's own legend comes first and has other letters for up and down.
            legend = dict(_MEANING.findall(line))
        elif not (_LINK_TITLE.fullmatch(line) or _LINK_WORDS.fullmatch(line) or _is_rule(line)):
            passed_over(LINK, line)
    if len({link.chassis for link in found}) != 2:
        raise UnparsableOutput(LINK, lines[-1], "it does not list ports of both chassis")
    return tuple(found)


def _word(legend: dict[str, str], line: str, letter: str) -> str:
    # The legend of some releases has `s-Suspended` for what the table prints in either case.
    words = legend.get(letter) or legend.get(letter.swapcase())
    if words is None:
        raise UnparsableOutput(LINK, line, f"the legend does not say what {letter} is")
    return words


def parse_dual_active(text: str) -> DualActive:
    """Return the ports that watch for a second active chassis; no rows at all: none were configured.

    Something has to stand below the header, as the line of dashes does where there are no rows.
    Older releases do not say whether the pair is in recovery (cisco_xe/show_stackwise_virtual_dual_active_detection).
    """
    found: list[tuple[int, str, bool]] = []
    table, recovery, chassis = False, False, 0
    lines = [line.strip() for line in filled(text, DETECTION, TERMINAL)]
    for line in lines:
        if _DETECTION_TABLE.fullmatch(line):
            table = True
        elif said := _RECOVERY.fullmatch(line):
            recovery = _yes(line, said[1])
        elif table and _LIKE_A_ROW.fullmatch(line):
            row = _DETECTION_ROW.fullmatch(line)
            if row is None or not (row[1] or chassis):
                raise UnparsableOutput(DETECTION, line, "a port that watches cannot be read")
            chassis = int(row[1] or chassis)
            found.append((chassis, row[2], row[3].lower() == "up"))
        elif not (_DETECTION_TITLE.fullmatch(line) or _RECOVERY_RELOAD.fullmatch(line) or _is_rule(line)):
            passed_over(DETECTION, line)
    if not table or _DETECTION_TABLE.fullmatch(lines[-1]):
        raise UnparsableOutput(DETECTION, lines[-1], "there is no table of ports, or it ends at its header")
    return DualActive(tuple(found), recovery)


def _yes(line: str, word: str) -> bool:
    if word.casefold() not in {"yes", "no"}:
        raise UnparsableOutput(DETECTION, line, "it does not say whether the pair is in recovery")
    return word.casefold() == "yes"


def _is_rule(line: str) -> bool:
    return not set(line) - set("- \t")
