"""`show version` and `show version brief`: the release, how long the device is up, and what it is."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import SoftwareVersion
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import REGISTER, ended, filled

COMMAND: Final = "show version"

# `6.1.4.10I[Default]` on classic, `7.5.1.20I LNT` on the newest: neither suffix is a part of the release.
_RELEASE: Final = re.compile(r"Cisco IOS XR Software, Version (\d+\.\d+[\w.-]*)(?:\[\w+\])?( LNT)?")
_UPTIME: Final = re.compile(r"(\S+) uptime is (.+)")
_PART: Final = re.compile(r"(\d+) (year|week|day|hour|minute|second)s?,? *")
_SECONDS: Final = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 0}
_HARDWARE: Final = re.compile(r"cisco (\S.*?) \(.*\) processor\b.*", re.IGNORECASE)
_CLASSIC: Final = re.compile(r'System image file is "([^"]+)"')
_REGISTER: Final = re.compile(rf"Configuration register on node \S+ is ({REGISTER})")
_DISKS: Final = re.compile(r"\d+[kM] bytes of .*", re.IGNORECASE)


def parse_show_version(text: str, command: str = COMMAND) -> SoftwareVersion:
    """Read the release without its suffix, the uptime and the model.

    A classic device prints its image and, behind its disks, the configuration register (not with `brief`); a 64-bit
    one ends with the uptime. Where the host's own name is not printed (`System uptime`), `hostname` is None. `mode` is
    `classic`, `64-bit` or `LNT`: three ways to install.
    """
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    release = _RELEASE.fullmatch(lines[0])
    if release is None:
        raise UnparsableOutput(command, lines[0], "it does not begin with the release of IOS XR")
    uptime = _first(lines, _UPTIME)
    hardware = _first(lines, _HARDWARE)
    if uptime is None or hardware is None:
        raise UnparsableOutput(command, lines[-1], "it ends before the hardware and the uptime")
    classic = _first(lines, _CLASSIC)
    register = _first(lines, _REGISTER)
    if classic is not None and register is None and not any(map(_DISKS.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it ends before the disks and the configuration register")
    return SoftwareVersion(
        version=release[1],
        hostname=uptime[1] if uptime[1] != "System" else None,
        # Minutes that are none are not printed: then only the line's end tells that it is whole.
        uptime=_seconds(command, uptime) if "minute" in uptime[0] or ended(text, uptime[0]) else None,
        system_image=classic[1] if classic else None,
        model=hardware[1],
        config_register=register[1] if register else None,
        mode="classic" if classic else "LNT" if release[2] or uptime[1] != "System" else "64-bit",
    )


def _first(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def _seconds(command: str, uptime: re.Match[str]) -> int:
    """Add up `4 weeks, 6 days, 1 hour, 42 minutes`, or `23 hours 3 minutes`, to the minute."""
    parts = list(_PART.finditer(uptime[2]))
    if not parts or "".join(part[0] for part in parts) != uptime[2]:
        raise UnparsableOutput(command, uptime[0], "the uptime does not read")
    return sum(int(part[1]) * _SECONDS[part[2]] for part in parts)
