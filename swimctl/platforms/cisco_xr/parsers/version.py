"""`show version` and `show version brief`: the release, how long the device is up, and what it is."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import SoftwareVersion
from swimctl.platforms.systems import answered_by
from swimctl.platforms.text import REGISTER, filled, passed_over

COMMAND: Final = "show version"

# `6.1.4.10I[Default]` on classic, `7.5.1.20I LNT` on the newest: neither suffix is a part of the release.
_RELEASE: Final = re.compile(
    r"Cisco +IOS +XR +Software *, +Version +(\d+\.\d+[\w.-]*)(?: *(\[\w+\]))?( +LNT)?(?: .*)?", re.IGNORECASE
)
_UPTIME: Final = re.compile(r"(\S+) +uptime +is +(.+)", re.IGNORECASE)
_PART: Final = re.compile(r"(\d+) +(year|week|day|hour|minute|second)s?", re.IGNORECASE)
_PARTS: Final = re.compile(rf"{_PART.pattern}(?:(?: *, *| +){_PART.pattern})*", re.IGNORECASE)
_SECONDS: Final = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 0}
# XRd, which runs in a container, names no processor in brackets: `cisco XRd-CP-C-01 processor with 28GB of memory`
# (seen of 7.8.2 in one public source).
_HARDWARE: Final = re.compile(r"cisco +(\S.*?)(?: +\(.*\))? +processor\b.*", re.IGNORECASE)
_CLASSIC: Final = re.compile(r'System +image +file +is +"([^"]+)"', re.IGNORECASE)
_REGISTER: Final = re.compile(rf"Configuration +register +on +node +\S+ +is +({REGISTER})", re.IGNORECASE)
# What every device prints around that: its build, and on classic its interfaces, disks and packages.
_AROUND: Final = re.compile(
    r"Copyright .*|ROM *:.*|Build +Information *:|Buil[td] +\w+ *:.*|(?:Workspace|Version|Location|Label) *:.*|cisco .*"
    r"|\d+[kM]? .*|.* processor +at .*|.* Chassis\b.*|Boot +device +on .*|Package +active +on .*|\S+, +V .*"
    r"|Built +on .*|By +\S+ +in .*|(?:NCS|XRd) *\S.*",
    re.IGNORECASE,
)


def parse_show_version(text: str, command: str = COMMAND) -> SoftwareVersion:
    """Return the release without its suffix, the uptime in seconds, and the model.

    Release and uptime are needed. Where the host's own name is not printed (`System uptime`), `hostname` is None.
    `mode` is `classic`, `64-bit` or `LNT`, three ways to install; None where the device shows no mark of any.
    """
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if other := answered_by(lines, "cisco_xr"):
        raise UnparsableOutput(command, *other)
    release, uptime = _first(lines, _RELEASE), _first(lines, _UPTIME)
    if release is None:
        raise UnparsableOutput(command, lines[0], "no line names the release of IOS XR")
    if uptime is None:
        raise UnparsableOutput(command, lines[-1], "there is no line '… uptime is …'")
    hardware, classic, register = (_first(lines, each) for each in (_HARDWARE, _CLASSIC, _REGISTER))
    read = {found[0] for found in (release, uptime, hardware, classic, register) if found}
    for line in lines:
        if line not in read and not _AROUND.fullmatch(line):
            passed_over(command, line)
    named = uptime[1].lower() != "system"
    mode = "classic" if classic or release[2] else "LNT" if release[3] else None if named else "64-bit"
    return SoftwareVersion(
        version=release[1],
        hostname=uptime[1] if named else None,
        uptime=_seconds(command, uptime),
        system_image=classic[1] if classic else None,
        model=hardware[1] if hardware else None,
        config_register=register[1] if register else None,
        mode=mode,
    )


def _first(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def _seconds(command: str, uptime: re.Match[str]) -> int:
    """Add up `4 weeks, 6 days, 1 hour, 42 minutes`, or `23 hours 3 minutes`, to the minute.

    Minutes that are none are not printed, so an uptime may end with any of its words.
    """
    if not _PARTS.fullmatch(uptime[2]):
        raise UnparsableOutput(command, uptime[0], "the uptime cannot be read")
    return sum(int(part[1]) * _SECONDS[part[2].lower()] for part in _PART.finditer(uptime[2]))
