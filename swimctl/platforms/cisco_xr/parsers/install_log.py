"""`show install log` and `show install request`: what the installer did, and what it is at."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.facts import InstallActivity, LoggedInstall
from swimctl.platforms.cisco_xr.parsers.install_request import AT, STARTED, read_request
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.text import ended, filled, passed_over

_TYPED: Final = re.compile(rf"{AT} *((?:\(admin\) +)?(?:admin +)?install +(?!operation\b)\w.*)", re.IGNORECASE)
# What tools of Cisco's own look for where nothing was ever installed (more/cisco_xr/install/13).
_NEVER: Final = re.compile(r"No +install +operations?(?! +in +progress)\b.*", re.IGNORECASE)

# Of IOS-XR 7 with LNT, general knowledge: `State: Success since …` and `Current activity: No install operation in
# progress`.
_IDLE: Final = re.compile(
    r"(?:Current +activity *: *)?No +install +operation +in +progress\b.*"
    r"|There +are +no +install +requests +in +operation\.?|State *: *(?:Success|Failure) +since\b.*",
    re.IGNORECASE,
)
_RUNS: Final = re.compile(
    r"(?:The +)?install +(?:\w+ +)?operation +(\d+) +is +(?:in +progress|\d+% +complete)\b.*", re.IGNORECASE
)
# `State:        In progress since 2024-07-04 08:20:39 UTC` is that of IOS-XR 7 with LNT, whose ids have several numbers
# (xrdocs/8000, cisco-8000-software-upgrade-install-replace: one source).
_RUNS_UNNAMED: Final = re.compile(
    r"The +(?:install +)?operation +is +\d+% +complete\b.*|User +\S+ *, +Op +Id +\d+|State *: *In +progress\b.*",
    re.IGNORECASE,
)
_PENDING: Final = re.compile(r"Install +operation +completed *, +pending +reload\.?", re.IGNORECASE)


def parse_show_install_log(text: str) -> tuple[LoggedInstall, ...]:
    """Return the operations as they are listed. What an operation wrote between its start and its end is not read.

    Needed of each: its id, and the command that started it. One that goes on in another step (`Install operation 1
    started:`) is one. Empty only where the device says that there was none.
    """
    command = "show install log"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    starts: list[int] = []
    current = None
    for number, line in enumerate(lines):
        started = STARTED.fullmatch(line)
        if started and started[1] != current:
            starts.append(number)
            current = started[1]
    for line in lines[: starts[0] if starts else None]:
        if not _NEVER.fullmatch(line):
            passed_over(command, line)
    if not starts and not any(map(_NEVER.fullmatch, lines)):
        raise UnparsableOutput(command, lines[0], "it names no operation, and does not say that there was none")
    pieces = zip(starts, [*starts[1:], len(lines)], strict=True) if starts else ()
    found = []
    for own in (lines[start:end] for start, end in pieces):
        request, typed = read_request(own, "\n".join(own)), _typed(own)
        if request is None or typed is None or (lines[-1].endswith(typed) and not ended(text, typed)):
            raise UnparsableOutput(command, own[-1], "an operation without the command that started it")
        found.append(LoggedInstall(typed, request))
    return tuple(found)


def _typed(own: list[str]) -> str | None:
    """Return the command of an operation, which classic quotes: `Install operation 60 '(admin) install commit' …`."""
    started = STARTED.fullmatch(own[0])
    if started and started[2]:
        return started[2].partition("'")[0]
    return next((match[1] for line in own if (match := _TYPED.fullmatch(line))), None)


def parse_show_install_request(text: str) -> InstallActivity:
    """Return whether an operation runs, which is needed; what it says of its nodes and packages is not read."""
    command = "show install request"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    idle = any(map(_IDLE.fullmatch, lines))
    pending = any(map(_PENDING.fullmatch, lines))
    ids = [int(found[1]) for line in lines if (found := _RUNS.fullmatch(line))]
    busy = bool(ids) or any(map(_RUNS_UNNAMED.fullmatch, lines)) or pending
    if idle is busy:
        raise UnparsableOutput(command, lines[0], "it says neither that an operation runs nor that none does")
    return InstallActivity(busy, ids[0] if ids else None, pending)
