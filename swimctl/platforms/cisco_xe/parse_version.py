"""`show version`: release, running mode of every member, uptime, and why it reloaded last."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import MemberSoftware, SoftwareVersion
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import REGISTER, filled

COMMAND: Final = "show version"

# The first that is there wins: the XE release where the device names one, else that of IOS.
_RELEASES: Final = (
    re.compile(r"Cisco IOS[ -]XE Software, Version (\S+)"),
    re.compile(r"IOS XE Version: (\S+)"),
    re.compile(r"(?:Cisco IOS|IOS \(tm\)).* Software.*?[,)] ?(?:Experimental )?Version ([^\s,]+)"),
)
_FOREIGN: Final = re.compile(r"Cisco IOS XR|NX-OS|Adaptive Security Appliance")
_UPTIME: Final = re.compile(r"(\S+) uptime is (.+)")
_SECONDS: Final = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60}
_RESTARTED: Final = re.compile(
    r"System restarted .*?(\d{1,2}:\d\d:\d\d)(?:\.\d+)? (?:\S+ )?[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{4})"
)
_REASONS: Final = (
    re.compile(r"Last reload reason *: *(\S.*)"),
    re.compile(r"System returned to ROM by (.+?)(?: at \d.*| \(SP by .*)?"),
)
_IMAGE: Final = re.compile(r'System image file is "([^"]+)".*')
_HARDWARE: Final = re.compile(r"cisco (\S+) .*\bmemory\.?", re.IGNORECASE)
_MODEL_NUMBER: Final = re.compile(r"Model Number +: (\S+)", re.IGNORECASE)
_BOARD: Final = re.compile(r"Processor board ID ([^\s,]+).*")
_SYSTEM_SERIAL: Final = re.compile(r"System Serial Number +: (\S+)", re.IGNORECASE)
_REGISTER: Final = re.compile(rf"Configuration register is ({REGISTER})(?: \(will be ({REGISTER}) at next reload\))?")
_MODE: Final = re.compile(r"Installation mode is (\S+)")
_TABLE: Final = re.compile(r"Switch +Ports +Model +SW Version +SW Image( +Mode)?")
_ROW: Final = re.compile(r"(\*)? *(\d+) +(\d+) +(\S+) +(\S+) +(\S+)(?: +(\S+))?")
# Without the configuration register an output is whole only where it ends so: C9400, C9500X and C9600 with the
# numbers of the chassis or of its last supervisor, some routers with their last disk.
_LAST_OF_SWITCH: Final = re.compile(r"(?:System Serial Number|Last reload reason|CLEI Code Number) +:.*", re.IGNORECASE)
_LAST_OF_ROUTER: Final = re.compile(r"\d+K bytes of .* at \w+:\.?")
# These always print the table of members.
_STACKABLE: Final = re.compile(r"C9[23]00|WS-C3[68]50|WS-C3750")


def parse_show_version(text: str) -> SoftwareVersion:
    """Read `show version` of IOS-XE and classic IOS; `members` is empty where the device prints no such table.

    `mode` is that of the active member, else what `Installation mode` says, else what the booted file tells:
    packages.conf is INSTALL, any other BUNDLE; None on classic IOS, which has no such thing.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    version = _version(lines)
    register = _first(lines, _REGISTER)
    last = _LAST_OF_SWITCH if any("Switch Software" in line for line in lines) else _LAST_OF_ROUTER
    if register is None and not last.fullmatch(lines[-1]):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends before the hardware and the configuration register")
    members = _members(lines)
    image = _text(lines, _IMAGE)
    model = _text(lines, _HARDWARE, _MODEL_NUMBER)
    if not members and is_stackable(model):
        raise UnparsableOutput(COMMAND, lines[-1], f"it has no table of members, and a {model} prints one")
    uptime = next((found for line in lines if (found := _UPTIME.fullmatch(line)) and found[1] != "Kernel"), None)
    next_register = register[2] if register else None
    return SoftwareVersion(
        version=version,
        hostname=uptime[1] if uptime else None,
        uptime=seconds(uptime[2]) if uptime else None,
        restarted_at=_restarted(lines),
        reload_reason=_text(lines, *_REASONS),
        system_image=image,
        model=model,
        serial=_text(lines, _BOARD, _SYSTEM_SERIAL),
        config_register=register[1] if register else None,
        next_config_register=next_register,
        mode=_mode(lines, members, image),
        members=members,
    )


def is_stackable(model: str | None) -> bool:
    """Tell whether a model is one of those that always print a table of members, and know `show switch`."""
    return model is not None and _STACKABLE.match(model) is not None


def _version(lines: list[str]) -> str:
    for line in lines:
        if _FOREIGN.search(line):
            raise UnparsableOutput(COMMAND, line, "this is another operating system's")
    for pattern in _RELEASES:
        found = next((match for line in lines if (match := pattern.match(line))), None)
        if found:
            return found[1].rstrip(",")
    raise UnparsableOutput(COMMAND, lines[0], "no line names the software version")


def _first(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def _text(lines: list[str], *patterns: re.Pattern[str]) -> str | None:
    for pattern in patterns:
        found = _first(lines, pattern)
        if found:
            return found[1].strip()
    return None


def seconds(words: str) -> int | None:
    """Add up `1 year, 22 weeks, 6 days, 9 hours, 38 minutes`; None where a part does not read."""
    total = 0
    for part in words.split(","):
        found = re.fullmatch(r"(\d+) (year|week|day|hour|minute)s?", part.strip())
        if not found:
            return None
        total += int(found[1]) * _SECONDS[found[2]]
    return total


def _restarted(lines: list[str]) -> str | None:
    found = next((match for line in lines if (match := _RESTARTED.match(line))), None)
    if not found:
        return None
    try:
        moment = datetime.strptime(f"{found[4]} {found[2]} {found[3]} {found[1]}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        return None
    return moment.isoformat()


def _members(lines: list[str]) -> tuple[MemberSoftware, ...]:
    start, header = next(((n, found) for n, line in enumerate(lines) if (found := _TABLE.fullmatch(line))), (0, None))
    if header is None:
        return ()
    has_mode = bool(header[1])
    members: list[MemberSoftware] = []
    ended = False
    for line in lines[start + 1 :]:
        if not set(line) - set("- "):
            continue
        row = _ROW.fullmatch(line)
        if row and bool(row[7]) == has_mode:
            members.append(MemberSoftware(int(row[2]), row[4], row[5], row[6], row[7], active=bool(row[1])))
        elif re.match(r"\*|\d+ +\d", line):
            raise UnparsableOutput(COMMAND, line, "a row of the table of members does not read")
        else:
            ended = True
            break
    numbers = {member.member for member in members}
    if not members or len(numbers) != len(members):
        raise UnparsableOutput(COMMAND, lines[start], "the table of members has no rows, or one twice")
    if not ended:
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside the table of members")
    return tuple(members)


def _mode(lines: list[str], members: tuple[MemberSoftware, ...], image: str | None) -> str | None:
    shown = [member for member in members if member.mode]
    if shown:
        return next((member.mode for member in shown if member.active), shown[0].mode)
    said = _text(lines, _MODE)
    if said:
        return said
    if image is None or not any("IOS XE" in line or "IOS-XE" in line for line in lines):
        return None
    return "INSTALL" if image.endswith("packages.conf") else "BUNDLE"
