"""The `boot system` lines of a configuration: read, and written anew in the device's own spelling. Pure.

Six spellings are known: `flash:/IMG`, `flash:IMG`, `flash flash:IMG`, `flash IMG`, `switch all flash:IMG`, and on an
ISR G2 `flash0 IMG` (field/sessions/19; a public configuration of a 2951 with 15.2(4)M4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

# The line of the version is in every configuration: with it, none of `boot system` is an answer too.
COMMAND: Final = "show running-config | include ^version|^boot system"
_VERSION: Final = re.compile(r"version \d\S*", re.IGNORECASE)
_BUILDING: Final = "Building configuration..."
_SYSTEM: Final = r"(?:usb)?flash\d?|disk\d|slot\d|bootflash|bootdisk|sup-bootflash|sup-bootdisk|harddisk"
_LINE: Final = re.compile(rf"boot system (?P<scope>switch \S+ )?(?:(?P<kind>{_SYSTEM}) )?(?P<files>\S+)")
# Images from a server, from ROM, the first of a flash: they are kept as they are, and no new line is written after
# their model.
_OTHER: Final = re.compile(
    rf"boot system (?:tftp|ftp|rcp|mop|rom)\b.*|boot system (?:switch \S+ )?(?:\w+://.*|(?:{_SYSTEM}):?)"
)
# `flash:` of a router is its `flash0:`.
_SAME: Final = {"flash0": "flash"}
_ALL: Final = "switch all "


@dataclass(frozen=True, slots=True)
class Form:
    """How a device takes more than one file: as lines, or (`joined`) in one line; `stack`: for all of its members."""

    joined: bool
    stack: bool


@dataclass(frozen=True, slots=True)
class BootLine:
    """A line, the flash that it names (None where it leaves that to the device), and its files in their order."""

    line: str
    flash: str | None
    files: tuple[str, ...]


def read_boot_lines(text: str) -> tuple[BootLine, ...]:
    """Return the lines in their order with what they name; raises as `parse_boot_lines`."""
    lines = parse_boot_lines(text)
    models = [None if _OTHER.fullmatch(line) else _LINE.fullmatch(line) for line in lines]
    return tuple(
        BootLine(line, _flash_of(model) if model else None, tuple(map(inside, _paths(line))))
        for line, model in zip(lines, models, strict=True)
    )


def parse_boot_lines(text: str) -> tuple[str, ...]:
    """Read the lines in their order, each of which is needed; none is an answer where the version's line is there."""
    lines = [" ".join(line.split()) for line in filled(text, COMMAND, TERMINAL)]
    found: list[str] = []
    for line in lines:
        if _LINE.fullmatch(line) or _OTHER.fullmatch(line):
            found.append(line)
        elif line == "boot" or line.startswith("boot "):
            raise UnparsableOutput(COMMAND, line)
        elif line != _BUILDING and not _VERSION.fullmatch(line):
            passed_over(COMMAND, line)
    if not any(_VERSION.fullmatch(line) for line in lines):
        raise UnparsableOutput(COMMAND, lines[-1], "the line with the version is missing")
    return tuple(found)


def inside(path: str) -> str:
    """Return a path without its file system: what `flash:/IMG`, `flash:IMG` and `IMG` have in common."""
    return path.rpartition(":")[2].lstrip("/") if "//" not in path else path


def files(lines: Sequence[str]) -> tuple[str, ...]:
    """List what the lines name, in the order in which it is tried, each file once and without its file system."""
    named = [inside(path) for line in lines for path in _paths(line)]
    return tuple(dict.fromkeys(named))


def same_setting(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two settings name the same files of the same flashes in the same order, however they are spelled.

    A device may show a line otherwise than it was typed: with `flash:`, with `flash0:`, or without a file system.
    """
    return _entries(one) == _entries(other)


def _entries(lines: Sequence[str]) -> list[tuple[str, str, str]]:
    found = []
    for line in lines:
        model = None if _OTHER.fullmatch(line) else _LINE.fullmatch(line)
        if model is None:
            found.append(("", "", line))
            continue
        for path in _paths(line):
            flash = path.rpartition(":")[0] or model["kind"] or "flash"
            found.append((model["scope"] or "", _SAME.get(flash, flash), inside(path)))
    return found


def put_first(lines: Sequence[str], wanted: str, then: str, form: Form, root: str) -> tuple[str, ...]:
    """Write the lines with `wanted` first, `then` second, and what else was named behind it.

    Both are paths inside the flash `root`. They are spelled as the first line that names a file of it; where there is
    none, or that is of another flash, as `root` and the path.
    """
    files_of = [line for line in lines if not _OTHER.fullmatch(line)]
    model = _LINE.fullmatch(files_of[0]) if files_of else None
    if model is not None and not _is_on(model, root):
        model = None
    head, spelled = _head(model, stack=form.stack), _speller(model, root, stack=form.stack)
    first = [spelled(path) for path in dict.fromkeys((wanted, then))]
    others = [
        line if line not in files_of else _rest(line, left, head)
        for line in lines
        if (left := [path for path in _paths(line) if inside(path) not in {wanted, then}])
    ]
    if form.joined:
        return (head + ";".join([*first, *(other.removeprefix(head) for other in others if other.startswith(head))]),)
    return tuple(dict.fromkeys([*(head + path for path in first), *others]))


def _rest(line: str, left: Sequence[str], head: str) -> str:
    """Write what is left of a line below the head of the new ones; one that names a flash before its files keeps it."""
    found = _LINE.fullmatch(line)
    kind = found["kind"] if found else None
    own = f"boot system {kind} " if kind not in {None, "flash"} else head
    return own + ";".join(left)


def _paths(line: str) -> tuple[str, ...]:
    if _OTHER.fullmatch(line):
        return (line.removeprefix("boot system "),)
    found = _LINE.fullmatch(line)
    return tuple(path for path in found["files"].split(";") if path) if found else ()


def _flash_of(model: re.Match[str]) -> str | None:
    return model["files"].split(";")[0].rpartition(":")[0] or model["kind"]


def _is_on(model: re.Match[str], root: str) -> bool:
    """Return whether the first file of a line is on a flash; `flash` is what each device calls its own."""
    named = _flash_of(model) or "flash"
    system = root.rstrip(":")
    return named == "flash" or _SAME.get(named, named) == _SAME.get(system, system)


def _head(model: re.Match[str] | None, *, stack: bool) -> str:
    """Return what stands before the file: on a stack it is for all members, or only the active one would change."""
    if stack or model is None:
        return f"boot system {_ALL if stack else ''}"
    kind = f"{model['kind']} " if model["kind"] else ""
    return f"boot system {model['scope'] or ''}{kind}"


def _speller(model: re.Match[str] | None, root: str, *, stack: bool) -> Callable[[str], str]:
    """Return what writes a path as the model's first one is written, else below `root`."""
    system, colon, rest = (model["files"].split(";")[0] if model else "").rpartition(":")
    before = f"{system}{colon}" or (root if stack or model is None else "")
    return lambda path: f"{before}{'/' if rest.startswith('/') else ''}{path}"
