"""`show boot-config` and `show reload cause`: what boots next, and why the device booted last."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import BootSettings
from swimctl.facts_eos import ReloadCause
from swimctl.platforms.arista_eos.terminal import TERMINAL
from swimctl.platforms.text import filled

_SETTING: Final = re.compile(r"([A-Z][A-Za-z ()]*): *(\S.*)")
_NOT_SET: Final = "(not set)"

_CAUSE: Final = re.compile(r"Reload Cause (\d+):")
_SECTIONS: Final = ("Reload Time:", "Recommended Action:", "Debugging Information:")
_TIME: Final = re.compile(
    r"Reload occurred at [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: [\w+-]+)?\.?"
)


def parse_show_boot_config(text: str) -> BootSettings:
    """Read the image that boots next (`flash:/EOS.swi`); `variable` is empty where none is set.

    The console's speed follows the image; without it the output is cut off. With `Current CLI settings:` above them
    the lines are those that the CLI would write.
    """
    command = "show boot-config"
    settings: dict[str, str] = {}
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        found = _SETTING.fullmatch(line)
        if found:
            settings.setdefault(found[1], found[2])
        elif line.lower() != "current cli settings:":
            raise UnparsableOutput(command, line)
    image = settings.get("Software image")
    if image is None or "Console speed" not in settings:
        raise UnparsableOutput(command, lines[-1], "it ends before 'Software image' and 'Console speed'")
    return BootSettings(variable=() if image == _NOT_SET else (image,))


def parse_show_reload_cause(text: str) -> tuple[ReloadCause, ...]:
    """Read every cause, the latest first; older releases print no time."""
    command = "show reload cause"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    causes: list[dict[str, list[str]]] = []
    section: list[str] = []
    for line in lines:
        if _CAUSE.fullmatch(line):
            causes.append({"": (section := [])})
        elif not causes:
            raise UnparsableOutput(command, line, "there is no 'Reload Cause 1:'")
        elif line in _SECTIONS and line not in causes[-1]:
            section = causes[-1][line] = []
        elif set(line) != {"-"}:
            section.append(line)
    return tuple(_cause(command, cause, lines[-1]) for cause in causes)


def _cause(command: str, sections: dict[str, list[str]], last: str) -> ReloadCause:
    if any(not said for said in sections.values()) or _SECTIONS[-1] not in sections or _SECTIONS[1] not in sections:
        raise UnparsableOutput(command, last, "it ends before the debugging information")
    moment = None
    if said := sections.get(_SECTIONS[0]):
        time = _TIME.fullmatch(said[0])
        if time is None:
            raise UnparsableOutput(command, said[0], "the time does not read")
        try:
            moment = datetime.strptime(f"{time[4]} {time[1]} {time[2]} {time[3]}", "%Y %b %d %H:%M:%S").isoformat()  # noqa: DTZ007 - the zone's name says no offset
        except ValueError:
            raise UnparsableOutput(command, said[0], "this is no date") from None
    return ReloadCause(
        " ".join(sections[""]), moment, " ".join(sections[_SECTIONS[1]]), "\n".join(sections[_SECTIONS[2]])
    )
