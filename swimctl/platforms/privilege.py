"""The privilege level of a session, on the systems that have such levels: IOS, IOS-XE, EOS."""

from __future__ import annotations

import re
from typing import Final

from swimctl.config.settings import Readiness
from swimctl.errors import UnparsableOutput
from swimctl.models import Finding
from swimctl.platforms.terminal import Terminal
from swimctl.platforms.text import filled, passed_over

_PRIVILEGE: Final = re.compile(r"Current +privilege +level +is +(\d+)", re.IGNORECASE)


def level_of(text: str, terminal: Terminal) -> int:
    """Return the privilege level of the session, 0 to 15, from `show privilege`."""
    command = "show privilege"
    lines = filled(text, command, terminal)
    found = [match for line in lines if (match := _PRIVILEGE.fullmatch(line.strip()))]
    if len(found) != 1 or int(found[0][1]) > 15:
        raise UnparsableOutput(command, lines[-1])
    for line in lines:
        if not _PRIVILEGE.fullmatch(line.strip()):
            passed_over(command, line)
    return int(found[0][1])


def privilege(level: int, policy: Readiness) -> Finding:
    """Return whether the session may do what an upgrade needs."""
    return Finding(
        "privilege",
        level >= policy.privilege,
        f"level {level}",
        f"level {policy.privilege}",
        "give the account that privilege, or set SWIMCTL_ENABLE_SECRET",
    )
