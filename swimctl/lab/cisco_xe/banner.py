"""Banners in the configuration of a lab switch: text over several lines, up to a character of the user's choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swimctl.lab.configuration import Configuration
from swimctl.lab.effects import Dialogue, Print

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.modes import Modes

SHOWN = "^C"
"""The character as the running configuration shows it, whichever it was."""
_BEGINS = re.compile(r"banner\s+(?P<kind>motd|login|exec|incoming)\s+(?P<mark>\^C|\S)(?P<text>.*)", re.DOTALL)


def begins(line: str) -> bool:
    """Return whether a configuration line begins a banner."""
    return _BEGINS.fullmatch(line) is not None


def take(session: Modes, line: str) -> Dialogue:
    """Read the first or the next line of a banner; `session.banner_lines` holds those that wait for the end."""
    session.mode, session.section = "config", ""
    session.banner_lines.append(line)
    if keep(session.switch.configuration, "\n".join(session.banner_lines)):
        session.banner_lines.clear()
    elif len(session.banner_lines) == 1 and (match := _BEGINS.fullmatch(line)):
        yield Print(f"Enter TEXT message.  End with the character '{match['mark']}'.\n")


def keep(configuration: Configuration, whole: str) -> bool:
    """Configure a banner; False: it is none, or its end is not there yet."""
    match = _BEGINS.fullmatch(whole)
    if match is None or match["mark"] not in match["text"]:
        return False
    command = f"banner {match['kind']}"
    configuration.top(f"no {command}")
    configuration.top(f"{command} {SHOWN}{match['text'].partition(match['mark'])[0]}{SHOWN}")
    return True


def whole_lines(text: str) -> Iterator[str]:
    """Yield the lines of a configuration file, a banner with all of its own as one."""
    waiting = ""
    for line in text.split("\n"):
        waiting = f"{waiting}\n{line}" if waiting else line
        match = _BEGINS.fullmatch(waiting)
        if match is None or match["mark"] in match["text"]:
            yield waiting
            waiting = ""
    if waiting:
        yield waiting
