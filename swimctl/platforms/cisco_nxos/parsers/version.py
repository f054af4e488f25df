"""`show version`: release, image files, uptime, and why it reloaded last."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import NxosVersion
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.systems import answered_by
from swimctl.platforms.text import filled

COMMAND: Final = "show version"

_VERSION: Final = re.compile(r"(NXOS|system|kickstart) *: +version +(\S+)(?: +[\[(].*)?", re.IGNORECASE)
_IMAGE: Final = re.compile(r"(NXOS|system|kickstart) +image +file +is *: +(\S+)", re.IGNORECASE)
_MODE: Final = re.compile(r"NXOS +boot +mode *: +(\S.*)", re.IGNORECASE)
_HARDWARE: Final = re.compile(r"cisco +(?!Nexus +Operating )(\S.*?)(?: +chassis\b.*| +\(.*)", re.IGNORECASE)
_BOARD: Final = re.compile(r"Processor +Board +ID +(\S+)", re.IGNORECASE)
_HOSTNAME: Final = re.compile(r"Device +name *: +(\S+)", re.IGNORECASE)
_UPTIME: Final = re.compile(
    r"Kernel +uptime +is +(\d+) +day\(?s?\)? *, *(\d+) +hour\(?s?\)? *, *"
    r"(\d+) +minute\(?s?\)? *, *(\d+) +second\(?s?\)?",
    re.IGNORECASE,
)
_RESET: Final = re.compile(
    r"Last +reset +at +\d+ +usecs +after +[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d:\d\d:\d\d) +"
    r"(\d{4})(?: +\S+)?",
    re.IGNORECASE,
)
_REASON: Final = re.compile(r"Reason *: +(\S.*)", re.IGNORECASE)
# A line card's console: no banner, and its own uptime at the end.
_CARD_UPTIME: Final = re.compile(
    r"(\S+) +uptime +is +(\d+) +days? +(\d+) +hours? +(\d+) +minute\(s\) +(\d+) +second\(s\)", re.IGNORECASE
)
_LIKE_A_RELEASE: Final = re.compile(r"(?:NXOS|system) *: *version.*", re.IGNORECASE)


def parse_show_version(text: str) -> NxosVersion:
    """Return what `show version` of a supervisor says, or of a line card's console, which has no model and no image.

    Release and uptime have to be there; the rest is None where it cannot be read. `mode` is the boot mode (`LXC`) where
    the device prints one. `uptime` is the kernel's.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    if other := answered_by(lines, "cisco_nxos"):
        raise UnparsableOutput(COMMAND, *other)
    versions: dict[str, str] = {}
    for line in lines:
        if found := _VERSION.fullmatch(line):
            versions.setdefault(found[1].lower(), found[2])
        elif _LIKE_A_RELEASE.fullmatch(line):
            raise UnparsableOutput(COMMAND, line, "the release cannot be read")
    version = versions.get("nxos", versions.get("system"))
    if version is None or "software" not in " ".join(lines).lower().split():
        raise UnparsableOutput(COMMAND, lines[0], "no line names the software version")
    uptime, card = _first(lines, _UPTIME), _first(lines, _CARD_UPTIME)
    if card and not uptime:
        return NxosVersion(version=version, hostname=card[1], uptime=_seconds(card.groups()[1:]))
    if uptime is None:
        raise UnparsableOutput(COMMAND, lines[-1], "there is no 'Kernel uptime', or it cannot be read")
    images = {found[1].lower(): found[2] for line in lines if (found := _IMAGE.fullmatch(line))}
    return NxosVersion(
        version=version,
        hostname=_text(lines, _HOSTNAME),
        uptime=_seconds(uptime.groups()),
        restarted_at=_reset(lines),
        reload_reason=_text(lines, _REASON),
        system_image=images.get("nxos", images.get("system")),
        model=_text(lines, _HARDWARE),
        serial=_text(lines, _BOARD),
        mode=_text(lines, _MODE),
        kickstart_version=versions.get("kickstart"),
        kickstart_image=images.get("kickstart"),
    )


def _first(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def _text(lines: list[str], pattern: re.Pattern[str]) -> str | None:
    found = _first(lines, pattern)
    return found[1].strip() if found else None


def _seconds(words: tuple[str, ...]) -> int:
    days, hours, minutes, seconds = map(int, words)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _reset(lines: list[str]) -> str | None:
    found = _first(lines, _RESET)
    if not found:
        return None
    try:
        moment = datetime.strptime(f"{found[4]} {found[1]} {found[2]} {found[3]}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007 - the device names no offset
    except ValueError:
        return None
    return moment.isoformat()
