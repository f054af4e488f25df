"""Output of several members or routing engines: each one's part under a heading with its name."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_NAME: Final = re.compile(r"((?:fpc|node|re|member|lcc|sfc|gnf|bsys|localre|local|bp|spd)[\w-]*):")
_DASHES: Final = re.compile(r"-{10,}")
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([A-Za-z0-9+-]+)")


def by_node(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Split at the headings (`fpc0:` above dashes); one part without a name where there is no heading at the head.

    Lines keep their indentation.
    """
    parts: list[tuple[str, list[str]]] = [("", [])]
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        name = _NAME.fullmatch(line.strip())
        if name and _DASHES.fullmatch(below.strip()):
            parts.append((name[1], []))
        elif not (_DASHES.fullmatch(line.strip()) and parts[-1][0] and not parts[-1][1]):
            parts[-1][1].append(line)
    return parts if parts[0][1] or len(parts) == 1 else parts[1:]


def moment(text: str) -> tuple[str, str] | None:
    """Read `2020-03-26 08:16:41 UTC` into ISO and the name of the zone; None for anything else."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").isoformat(), found[3]
    except ValueError:
        return None
