"""`show boot`: what the next reload will start."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import BootSettings
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show boot"

_CURRENT: Final = re.compile(r"Current +Boot +Variables *:", re.IGNORECASE)
_NEXT: Final = re.compile(r"Boot +Variables +on +next +reload *:", re.IGNORECASE)
_SUPERVISOR: Final = re.compile(r"sup-\d+", re.IGNORECASE)
_VARIABLE: Final = re.compile(
    r"(kickstart|system|NXOS) +variable(?: *= *(\S.*)?| +(?:is +)?not +set| *: *not +set)", re.IGNORECASE
)
_IMAGE: Final = re.compile(r".*\.(?:g?bin|upg|swi)(?:;.*\.(?:g?bin|upg|swi))*;?", re.IGNORECASE)
_NONE: Final = re.compile(
    r"(?:No +(?:kickstart|system|NXOS|boot) +variable(?: +is)? +set|Boot +variable +not +set)", re.IGNORECASE
)
# The boot variables of modules, which no driver needs.
_OF_MODULES: Final = re.compile(
    r"No +module +boot +variable +set|Module +\d+ +boot +variable.*|System-wide POAP .*|Boot (?:POAP|mode)\b.*",
    re.IGNORECASE,
)
_LIKE_A_VARIABLE: Final = re.compile(r".*\bvariables?\b.*", re.IGNORECASE)


def parse_show_boot(text: str) -> BootSettings:
    """Return the images of the next reload; `members` has those of every supervisor where several are listed.

    `variable` is `(image)`, or `(kickstart, system)` where they are two, of the first supervisor. A supervisor that
    has variables now and is not told of below refuses.
    """
    phases: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    phase, member = "", ""
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    for line in lines:
        variable = _VARIABLE.fullmatch(line)
        if _CURRENT.fullmatch(line) or _NEXT.fullmatch(line):
            phase, member = ("now" if _CURRENT.fullmatch(line) else "next"), ""
            phases[phase] = {}
        elif phase and _SUPERVISOR.fullmatch(line):
            member = line.lower()
            phases[phase][member] = {}
        elif phase and variable:
            images = tuple(part for part in (variable[2] or "").split(";") if part)
            phases[phase].setdefault(member, {})[variable[1].lower()] = images
        elif phase and _NONE.fullmatch(line):
            phases[phase].setdefault(member, {})[""] = ()
        elif not _OF_MODULES.fullmatch(line):
            if _LIKE_A_VARIABLE.fullmatch(line) and phase:
                raise UnparsableOutput(COMMAND, line, "a boot variable cannot be read")
            passed_over(COMMAND, line)
    last = _VARIABLE.fullmatch(lines[-1])
    if last and last[2] and not _IMAGE.fullmatch(last[2]):
        raise UnparsableOutput(COMMAND, lines[-1], "it ends inside the name of an image")
    now, following = phases.get("now", {}), phases.get("next", {})
    whole = all(variables and ("kickstart" in variables) is ("system" in variables) for variables in following.values())
    if not following or not whole or set(now) - set(following):
        raise UnparsableOutput(COMMAND, lines[-1], "the boot variables of the next reload are not told of all")
    settings = {name: BootSettings(variable=_images(variables)) for name, variables in following.items()}
    first = next(iter(settings.values()))
    return BootSettings(variable=first.variable, members=settings if len(settings) > 1 else {})


def _images(variables: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(image for name in ("kickstart", "system", "nxos") for image in variables.get(name, ()))
