"""`show cli authorization`: what the account of this session may do."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_junos import Authorization
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show cli authorization"

_USER: Final = re.compile(r"Current user: +'(\S+) *'(?: +login: +'(\S+) *')?,? +class +'([^']+)'")
_PERMISSION: Final = re.compile(r"([a-z][a-z-]*) *-- ?\S.*")
_REGEX: Final = re.compile(r"Individual command authorization:|(?:Allow|Deny) [\w -]+: .*")


def parse_show_cli_authorization(text: str) -> Authorization:
    """Read user, class and permissions."""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    user = _USER.fullmatch(lines[0])
    if user is None:
        raise UnparsableOutput(COMMAND, lines[0], "it does not begin with 'Current user:'")
    permissions: list[str] = []
    for line in lines[1:]:
        if found := _PERMISSION.fullmatch(line):
            permissions.append(found[1].rstrip("-"))
        elif line != "Permissions:" and not _REGEX.fullmatch(line):
            raise UnparsableOutput(COMMAND, line)
    return Authorization(user[2] or user[1], user[3], tuple(permissions))
