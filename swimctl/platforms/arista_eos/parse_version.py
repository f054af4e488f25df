"""`show version`: the release, how long the device is up, and what it is."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import SoftwareVersion
from swimctl.platforms.arista_eos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show version"

# A virtual one of older releases is `vEOS` alone.
_MODEL: Final = re.compile(r"(?:Arista )?([A-Za-z][\w+-]*)")
_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z ]*[A-Za-z]):(?: +(\S.*))?")
# `4.27.6M`, `4.31.6M-39953990.4316M (engineering build)`: the remark is no part of the release.
_RELEASE: Final = re.compile(r"(\d+\.\d+\.\d+\S*)(?: \(.*\))?")
_PART: Final = re.compile(r"(\d+) (year|week|day|hour|minute|second)s?(?:, | and )?")
_SECONDS: Final = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 0}


def parse_show_version(text: str) -> SoftwareVersion:
    """Read the release with its build where the device gives it, the uptime, the model and the serial number.

    A virtual device may have no serial number. The last line is the free memory; without it the output is cut off.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    model = _MODEL.fullmatch(lines[0])
    if model is None:
        raise UnparsableOutput(COMMAND, lines[0], "it does not begin with the model")
    fields: dict[str, str] = {}
    for line in lines[1:]:
        found = _FIELD.fullmatch(line)
        if found is None:
            raise UnparsableOutput(COMMAND, line)
        fields[found[1]] = found[2] or ""
    for name in ("Software image version", "Uptime", "Free memory"):
        if not fields.get(name):
            raise UnparsableOutput(COMMAND, lines[-1], f"there is no '{name}'")
    release = _RELEASE.fullmatch(fields["Software image version"])
    if release is None or "Serial number" not in fields:
        raise UnparsableOutput(COMMAND, fields["Software image version"], "the release does not read")
    return SoftwareVersion(
        version=release[1],
        uptime=_seconds(fields["Uptime"]),
        model=model[1],
        serial=fields["Serial number"] or None,
    )


def _seconds(uptime: str) -> int:
    """Add up `3 weeks, 0 days, 20 hours and 45 minutes`, to the minute."""
    parts = list(_PART.finditer(uptime))
    if not parts or "".join(part[0] for part in parts) != uptime:
        raise UnparsableOutput(COMMAND, uptime, "the uptime does not read")
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)
