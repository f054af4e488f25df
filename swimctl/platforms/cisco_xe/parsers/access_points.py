"""`show ap image` of a wireless controller: what each access point runs, keeps and loads."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import ApImage
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over, plain_words

COMMAND: Final = "show ap image"

# Genie's test of it is of 17.13, while nothing is loaded; two programs on GitHub read the same columns on 17.15. Older
# controllers (AireOS: ntc-templates, pyntc) have the same table, without its last column, and print None for a release.
_TOTAL: Final = re.compile(r"Total number of APs: (\d+)", re.IGNORECASE)
_VERSION: Final = r"\d+\.\d+\.\d+\.\d+"
_ROW: Final = re.compile(
    rf"(?P<name>\S+) (?P<running>{_VERSION}) (?P<backup>{_VERSION}) (?P<status>\S.*?) (?P<version>{_VERSION}|None|N/?A)"
    r" (?P<retry>\S.*?) (?P<count>\d+)(?: (?P<rest>\S.*))?"
)
_HEADER: Final = re.compile(r"AP Name Primary Image Backup Image .*|-+|Number of APs", re.IGNORECASE)
_COUNT: Final = re.compile(r"[A-Za-z][A-Za-z ]*: ?(?:\d+|Yes|No)", re.IGNORECASE)


def parse_show_ap_image(text: str) -> tuple[ApImage, ...]:
    """Read the rows, each access point once. Their number is told above them, and all have to be there."""
    lines = [plain_words(line) for line in filled(text, COMMAND, TERMINAL)]
    total = next((found for line in lines if (found := _TOTAL.fullmatch(line))), None)
    if total is None:
        raise UnparsableOutput(COMMAND, lines[0], "it does not tell how many access points there are")
    rows = []
    for line in lines:
        if row := _ROW.fullmatch(line):
            rows.append(ApImage(row["name"], row["running"], row["backup"], row["status"], row["version"]))
        elif not (_TOTAL.fullmatch(line) or _HEADER.fullmatch(line) or _COUNT.fullmatch(line)):
            passed_over(COMMAND, line)
    named = {row.name for row in rows}
    if len(rows) != int(total[1]) or len(named) != len(rows):
        why = f"it counts {total[1]} access points, and {len(rows)} rows of {len(named)} names can be read"
        raise UnparsableOutput(COMMAND, lines[-1], why)
    return tuple(rows)
