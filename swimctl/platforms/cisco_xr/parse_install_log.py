"""`show install log` and `show install request`: what the installer did, and what it is at."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_xr import InstallActivity, LoggedInstall
from swimctl.platforms.cisco_xr.parse_install_request import AT, STARTED, read_request
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import ended, filled

_TYPED: Final = re.compile(rf"{AT} *((?:\(admin\) )?(?:admin )?install \w.*)")

_IDLE: Final = re.compile(r"No install operation in progress.*|There are no install requests in operation\.?")
_RUNS: Final = re.compile(
    r"(?:The )?install (?:\w+ )?operation (\d+) is (?:in progress|\d+% complete)\.?", re.IGNORECASE
)
_RUNS_UNNAMED: Final = re.compile(r"The (?:install )?operation is \d+% complete\.?", re.IGNORECASE)
_PENDING: Final = re.compile(r"Install operation completed, pending reload\.?", re.IGNORECASE)


def parse_show_install_log(text: str) -> tuple[LoggedInstall, ...]:
    """Read the operations in their order. What an operation wrote between its beginning and its end is not read.

    One that goes on in another step (`Install operation 1 started:`) is one.
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
    if not starts or starts[0] != 0:
        raise UnparsableOutput(command, lines[0], "it does not begin with an operation")
    found = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        own = lines[start:end]
        typed = next((match for line in own if (match := _TYPED.fullmatch(line))), None)
        request = read_request(own, "\n".join(own))
        if request is None or typed is None or (typed[0] == lines[-1] and not ended(text, lines[-1])):
            raise UnparsableOutput(command, own[-1], "an operation without the command that started it")
        found.append(LoggedInstall(typed[1], request))
    return tuple(found)


def parse_show_install_request(text: str) -> InstallActivity:
    """Read whether an operation runs; what it says of its nodes and packages is not read."""
    command = "show install request"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    idle = any(map(_IDLE.fullmatch, lines))
    pending = any(map(_PENDING.fullmatch, lines))
    runs = [found for line in lines if (found := _RUNS.fullmatch(line))]
    unnamed = any(map(_RUNS_UNNAMED.fullmatch, lines))
    busy = bool(runs) or unnamed or pending
    if idle is busy:
        raise UnparsableOutput(command, lines[0], "it says neither that an operation runs nor that none does")
    return InstallActivity(busy, int(runs[0][1]) if runs else None, pending)
