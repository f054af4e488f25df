"""`show boot-config` and `show reload cause`: what boots next, and why the device booted last."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.facts import ReloadCause
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import BootSettings
from swimctl.platforms.text import filled, passed_over

_SETTING: Final = re.compile(r"([A-Z][\w ()/-]*?) *: *(\S.*)", re.IGNORECASE)
_IMAGE: Final = "software image"
_NOT_SET: Final = "(not set)"

_CAUSE: Final = re.compile(r"Reload +Cause +(\d+) *:", re.IGNORECASE)
_SECTIONS: Final = ("reload time", "recommended action", "debugging information")
_TIME: Final = re.compile(
    r"Reload +occurred +at +[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d:\d\d:\d\d) +(\d{4})(?: +[\w+-]+)?\.?",
    re.IGNORECASE,
)


def parse_show_boot_config(text: str) -> BootSettings:
    """Return the image that boots next (`flash:/EOS.swi`); `variable` is empty where none is set.

    `Software image` has to be there. With `Current CLI settings:` above them the lines are those that the CLI would
    write.
    """
    command = "show boot-config"
    settings: dict[str, str] = {}
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        found = _SETTING.fullmatch(line)
        if found:
            settings.setdefault(" ".join(found[1].lower().split()), " ".join(found[2].split()))
        elif not re.fullmatch(r"current +cli +settings *:", line, re.IGNORECASE):
            passed_over(command, line)
    image = settings.get(_IMAGE)
    if image is None:
        raise UnparsableOutput(command, lines[-1], "there is no 'Software image'")
    if lines[-1].endswith(image) and not image.lower().endswith((".swi", _NOT_SET)):
        raise UnparsableOutput(command, lines[-1], "it ends inside the name of the image")
    return BootSettings(variable=() if image.lower() == _NOT_SET else (image,))


def parse_show_reload_cause(text: str) -> tuple[ReloadCause, ...]:
    """Return every cause, the latest first. Only its words have to be there; older releases print no time."""
    command = "show reload cause"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    causes: list[dict[str, list[str]]] = []
    section: list[str] = []
    for line in lines:
        name = re.sub(r" *:$", "", " ".join(line.lower().split()))
        if _CAUSE.fullmatch(line):
            causes.append({"": (section := [])})
        elif not causes:
            passed_over(command, line)
        elif name in _SECTIONS and name not in causes[-1] and line.endswith(":"):
            section = causes[-1][name] = []
        elif set(line) != {"-"}:
            section.append(line)
    if not causes or not all(cause[""] for cause in causes):
        raise UnparsableOutput(command, lines[-1], "there is no 'Reload Cause 1:', or nothing below it")
    return tuple(_cause(cause) for cause in causes)


def _cause(sections: dict[str, list[str]]) -> ReloadCause:
    time, action, debugging = (sections.get(name, []) for name in _SECTIONS)
    return ReloadCause(
        " ".join(sections[""]), _moment(time[0]) if time else None, " ".join(action), "\n".join(debugging)
    )


def _moment(said: str) -> str | None:
    time = _TIME.fullmatch(said)
    if time is None:
        return None
    try:
        return datetime.strptime(f"{time[4]} {time[1]} {time[2]} {time[3]}", "%Y %b %d %H:%M:%S").isoformat()  # noqa: DTZ007 - the zone's name says no offset
    except ValueError:
        return None
