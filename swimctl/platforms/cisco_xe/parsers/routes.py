"""`show ip route summary`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import RouteSummary
from swimctl.platforms.text import filled, passed_over, plain_words

COMMAND: Final = "show ip route summary"

# Behind `Networks` and `Subnets` come `Replicates` on newer releases, then `Overhead` and `Memory (bytes)`.
_HEADER: Final = re.compile(r"Route Source (Networks Subnets\b.*)", re.IGNORECASE)
_UNIT: Final = re.compile(r" ?\(\w+\)")
_ROW: Final = re.compile(r"([A-Za-z][\w .-]*?)((?: \d+)+)")
# The device's own routes have no subnets and no overhead: `internal 24 240672`.
_INTERNAL: Final = "internal"
# What else is told: the table, the routes of a protocol by kind, and what waits to be removed (one source:
# field/outputs/ios_show_ip_route_summary_removing_queue).
_ASIDE: Final = re.compile(
    r"IP routing table .*|(?:[A-Za-z][\w-]*(?: \w[\w-]*)*: \d+ ?)+|Removing Queue Size \d+", re.IGNORECASE
)


def parse_show_ip_route_summary(text: str) -> RouteSummary:
    """Return the number of routes (networks and subnets) by source; they have to add up to the line `Total`."""
    counts: dict[str, int] = {}
    total: int | None = None
    columns = 0
    lines = [plain_words(line) for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        row = _ROW.fullmatch(line)
        if header := _HEADER.fullmatch(line):
            columns = len(_UNIT.sub("", header[1]).split())
        elif _ASIDE.fullmatch(line):
            continue
        elif columns and total is None and row:
            source, count = _counted(line, columns)
            if source.casefold() == "total":
                total = count
            elif source in counts:
                raise UnparsableOutput(COMMAND, line, "a source is listed twice")
            else:
                counts[source] = count
        else:
            passed_over(COMMAND, line)
    if total is None or sum(counts.values()) != total:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no line 'Total', or its sources do not add up to it")
    return RouteSummary(counts, total)


def _counted(line: str, columns: int) -> tuple[str, int]:
    """Return the source of a row and its routes; what stands before as many numbers as there are columns names it."""
    words = line.split()
    if words[0].casefold() == _INTERNAL and 2 < len(words) <= columns and words[1].isdecimal():
        return words[0], int(words[1])
    source, numbers = words[:-columns], words[-columns:]
    if not source or not all(number.isdecimal() for number in numbers):
        raise UnparsableOutput(COMMAND, line, "the routes of a source cannot be read")
    return " ".join(source), int(numbers[0]) + int(numbers[1])
