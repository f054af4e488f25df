"""`show cli authorization`: what the account of this session may do."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import Authorization
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show cli authorization"

_USER: Final = re.compile(r"Current +user *: +'(\S+) *'(?: +login *: +'(\S+) *')?,? +class +'([^']+)'.*", re.IGNORECASE)
_PERMISSION: Final = re.compile(r"([a-z][a-z-]*) *-- *\S.*", re.IGNORECASE)
_KNOWN: Final = re.compile(
    r"Permissions *:|Individual +command +authorization *:|(?:Allow|Deny) +[\w -]+ *: .*", re.IGNORECASE
)


def parse_show_cli_authorization(text: str) -> Authorization:
    """Return user, class and permissions; who it is and of which class has to be there, once."""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    users = [found for line in lines if (found := _USER.fullmatch(line))]
    if len(users) != 1:
        raise UnparsableOutput(COMMAND, lines[0], "there is no 'Current user:' with its class, or more than one")
    permissions: list[str] = []
    for line in lines:
        if found := _PERMISSION.fullmatch(line):
            permissions.append(found[1].rstrip("-"))
        elif "--" in line and line[0].isalpha():
            raise UnparsableOutput(COMMAND, line, "a permission cannot be read")
        elif not (_USER.fullmatch(line) or _KNOWN.fullmatch(line)):
            passed_over(COMMAND, line)
    user = users[0]
    return Authorization(user[2] or user[1], user[3], tuple(permissions))
