"""`show version`: the release, how long the device is up, and what it is."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import SoftwareVersion
from swimctl.platforms.systems import answered_by
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show version"

# A virtual one of older releases is `vEOS` alone.
_MODEL: Final = re.compile(r"(?:Arista +)?([A-Za-z][\w+-]*)", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z ]*[A-Za-z]) *:(?: +(\S.*))?")
# `4.27.6M`, `4.31.6M-39953990.4316M (engineering build)`: the remark is no part of the release.
_RELEASE: Final = re.compile(r"(\d+\.\d+\.\d+\S*)(?: +\(.*\))?")
_PART: Final = re.compile(r"(\d+) +(year|week|day|hour|minute|second)s?(?: *, *| +and +)?", re.IGNORECASE)
_SECONDS: Final = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 0}


def parse_show_version(text: str) -> SoftwareVersion:
    """Return the release with its build where the device gives it, the uptime, the model and the serial number.

    Release and uptime have to be there; a virtual device may have no serial number.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    if other := answered_by(lines, "arista_eos"):
        raise UnparsableOutput(COMMAND, *other)
    fields: dict[str, str] = {}
    model = ""
    for line in lines:
        if found := _FIELD.fullmatch(line):
            fields.setdefault(" ".join(found[1].lower().split()), found[2] or "")
        elif not fields and not model and (named := _MODEL.fullmatch(line)):
            model = named[1]
        else:
            passed_over(COMMAND, line)
    for name in ("software image version", "uptime"):
        if not fields.get(name):
            raise UnparsableOutput(COMMAND, lines[-1], f"there is no '{name.capitalize()}'")
    release = _RELEASE.fullmatch(fields["software image version"])
    if release is None:
        raise UnparsableOutput(COMMAND, fields["software image version"], "the release cannot be read")
    return SoftwareVersion(
        version=release[1],
        uptime=_seconds(fields["uptime"]),
        model=model or None,
        serial=fields.get("serial number") or None,
    )


def _seconds(uptime: str) -> int:
    """Add up `3 weeks, 0 days, 20 hours and 45 minutes`, to the minute, which every release tells."""
    parts = list(_PART.finditer(uptime))
    whole = "".join(part[0] for part in parts) == uptime
    if not parts or not whole or parts[-1][2].lower() not in {"minute", "second"}:
        raise UnparsableOutput(COMMAND, uptime, "the uptime cannot be read")
    return sum(int(part[1]) * _SECONDS[part[2].lower()] for part in parts)
