"""`show version`: release, running mode of every member, uptime, and why it reloaded last."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import MemberSoftware, SoftwareVersion
from swimctl.platforms.systems import answered_by
from swimctl.platforms.text import REGISTER, filled, plain_words

COMMAND: Final = "show version"

# The first that is there wins: the XE release where the device names one, else that of IOS. A console of 79 columns
# puts the last letter of a longer line, as of a log message, in front of the next (a C9300's in
# "Staging Infrastructure Switch DHCP and TFTP configuration" on GitHub).
_RELEASES: Final = (
    re.compile(r".?Cisco IOS[ -]XE Software, Version (\S+).*", re.IGNORECASE),
    re.compile(r"IOS XE Version: (\S+).*", re.IGNORECASE),
    re.compile(
        r"(?:Cisco IOS|IOS \(tm\)).* Software.*?[,)] ?(?:Experimental )?Version ([^\s,]+)(?:[, ].*)?", re.IGNORECASE
    ),
)
_XE: Final = re.compile(r"\bIOS[ -]XE\b", re.IGNORECASE)
_UPTIME: Final = re.compile(r"(?!Kernel )(\S+) uptime is (.+)", re.IGNORECASE)
# Below the table of members, of each but the active one; and of the supervisor that answers, as the uptime of all goes
# on when it takes over (cisco_ios/show_version/ntc_cisco_ios_show_version1 and ntc_cisco_ios_show_version).
_OF_A_PART: Final = re.compile(
    r"(?:Switch uptime|Uptime for this control processor)\b:?(?: is)?(?: (\d+ [a-z]+(?:, \d+ [a-z]+)*))?(?:\W.*)?",
    re.IGNORECASE,
)
_SECONDS: Final = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60}
_RESTARTED: Final = re.compile(
    r"System restarted .*?(\d{1,2}:\d\d:\d\d)(?:\.\d+)? (?:\S+ )?[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4})\b.*",
    re.IGNORECASE,
)
_REASONS: Final = (
    re.compile(r"Last reload reason: (\S.*)", re.IGNORECASE),
    re.compile(r"System returned to ROM by (.+?)(?: at \d.*| \(SP by .*)?", re.IGNORECASE),
)
_IMAGE: Final = re.compile(r'System image file is "([^"]+)".*', re.IGNORECASE)
# An old terminal cuts it at 80 columns: `… bytes of memo.` (more/cisco_xe/show_version/10).
_HARDWARE: Final = re.compile(
    r"(?:cisco|Allen-Bradley) (\S+) .*(?:\bmemory\.?|\bprocessor .*\bwith .*\bbytes\b.*)", re.IGNORECASE
)
_MODEL_NUMBER: Final = re.compile(r"Model Number: (\S+)", re.IGNORECASE)
_BOARD: Final = re.compile(r"Processor board ID ([^\s,]+).*", re.IGNORECASE)
_SYSTEM_SERIAL: Final = re.compile(r"System Serial Number: (\S+)", re.IGNORECASE)
_REGISTER: Final = re.compile(
    rf"Configuration register is ({REGISTER})(?: \(will be ({REGISTER}) at next reload\).*| (?!\(will\b).*)?",
    re.IGNORECASE,
)
_MODE: Final = re.compile(r"Installation mode is (\S+).*", re.IGNORECASE)
# Transcripts of an ASR 1000 and a C8500 say `Autonomous`; an ASR 1001-X and a C8000V in two public repositories say
# `Controller-Managed`.
_OPERATING: Final = re.compile(r"Router operating mode: (Autonomous|Controller-Managed)\b.*", re.IGNORECASE)
_MODES: Final = frozenset({"INSTALL", "BUNDLE"})
_TABLE: Final = re.compile(r"Switch Ports Model SW Version SW Image( Mode)?\b.*", re.IGNORECASE)
_ROW: Final = re.compile(r"(\*)? ?(\d+) (\d+) (\S+) (\S+) (\S+)(?: (\S+))?(?: .*)?")
_LIKE_A_ROW: Final = re.compile(r"\* ?\S.*|\d+ \d+ .*")
# These always print the table of members.
_STACKABLE: Final = re.compile(r"C9[23]00|WS-C3[68]50|WS-C3750", re.IGNORECASE)


def parse_show_version(text: str) -> SoftwareVersion:
    """Read `show version` of IOS-XE and classic IOS; `members` is empty where the device prints no such table.

    Needed: the release; the configuration register, or on IOS-XE, where some have none, the hardware and the image that
    was booted; each row of the table of members, which some models always print, and something below it. The rest is
    None where it cannot be read.

    `mode` is that of the active member, else what `Installation mode` says, else what the booted file tells:
    packages.conf is INSTALL, any other BUNDLE; None on classic IOS, which has no such thing.
    """
    lines = [plain_words(line) for line in filled(text, COMMAND, TERMINAL)]
    version = _version(lines)
    register = _first(lines, _REGISTER)
    image = _text(lines, _IMAGE)
    model = _text(lines, _HARDWARE, _MODEL_NUMBER)
    if register is None and (image is None or model is None or not _goes_on(lines)):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends before the hardware and the configuration register")
    members = _members(lines)
    if not members and is_stackable(model):
        raise UnparsableOutput(COMMAND, lines[-1], f"it has no table of members, and a {model} prints one")
    uptime = _first(lines, _UPTIME)
    parts = tuple(seconds(found[1] or "") for line in lines if (found := _OF_A_PART.fullmatch(line)))
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
        next_config_register=register[2] if register else None,
        mode=_mode(lines, members, image),
        members=members,
        operating_mode=_text(lines, _OPERATING),
        parts=parts,
    )


def is_stackable(model: str | None) -> bool:
    """Return whether a model is one of those that always print a table of members, and know `show switch`."""
    return model is not None and _STACKABLE.match(model) is not None


def _version(lines: list[str]) -> str:
    if other := answered_by(lines, "cisco_xe"):
        raise UnparsableOutput(COMMAND, *other)
    for pattern in _RELEASES:
        if found := _first(lines, pattern):
            return found[1].rstrip(",")
    raise UnparsableOutput(COMMAND, lines[0], "no line names the software version")


def _goes_on(lines: list[str]) -> bool:
    """Return whether it is IOS-XE, and something stands below the lines on the hardware."""
    return any(map(_XE.search, lines)) and not any(each.fullmatch(lines[-1]) for each in (_HARDWARE, _BOARD))


def _first(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def _text(lines: list[str], *patterns: re.Pattern[str]) -> str | None:
    for pattern in patterns:
        found = _first(lines, pattern)
        if found:
            return found[1].strip()
    return None


def seconds(words: str) -> int | None:
    """Add up `1 year, 22 weeks, 6 days, 9 hours, 38 minutes`; None where a part cannot be read."""
    total = 0
    for part in words.split(","):
        found = re.fullmatch(r"(\d+) +(year|week|day|hour|minute)s?", part.strip(), re.IGNORECASE)
        if not found:
            return None
        total += int(found[1]) * _SECONDS[found[2].lower()]
    return total


def _restarted(lines: list[str]) -> str | None:
    found = _first(lines, _RESTARTED)
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
    members: list[MemberSoftware] = []
    last = start
    for number, line in enumerate(lines[start + 1 :], start + 1):
        row = _ROW.fullmatch(line)
        mode = row[7].upper() if row and row[7] and header[1] else None
        if row and (mode in _MODES if header[1] else True):
            members.append(MemberSoftware(int(row[2]), row[4], row[5], row[6], mode, active=bool(row[1])))
            last = number
        elif _LIKE_A_ROW.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "a row of the table of members cannot be read")
    numbers = {member.member for member in members}
    if not members or len(numbers) != len(members):
        raise UnparsableOutput(COMMAND, lines[start], "the table of members has no rows, or one twice")
    if last == len(lines) - 1:
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside the table of members")
    return tuple(members)


def _mode(lines: list[str], members: tuple[MemberSoftware, ...], image: str | None) -> str | None:
    shown = [member for member in members if member.mode]
    if shown:
        return next((member.mode for member in shown if member.active), shown[0].mode)
    said = (_text(lines, _MODE) or "").upper()
    if said in _MODES:
        return said
    if image is None or not any(map(_XE.search, lines)):
        return None
    return "INSTALL" if image.casefold().endswith("packages.conf") else "BUNDLE"
