"""The `boot system` lines of a configuration: read, and written anew in the device's own spelling. Pure.

Five spellings are known: `flash:/IMG`, `flash:IMG`, `flash flash:IMG`, `flash IMG` and `switch all flash:IMG`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import filled

# The line of the version is in every configuration: with it, none of `boot system` is an answer too.
COMMAND: Final = "show running-config | include ^version|^boot system"
_VERSION: Final = re.compile(r"version \d\S*")
_BUILDING: Final = "Building configuration..."
_LINE: Final = re.compile(r"boot system (?P<scope>switch \S+ )?(?P<kind>flash )?(?P<files>\S+)")
# Images from a server, from ROM: they are kept as they are, and no new line is written after their model.
_OTHER: Final = re.compile(r"boot system (?:tftp|ftp|rcp|mop|rom)\b.*|boot system \w+://.*")
_ALL: Final = "switch all "


@dataclass(frozen=True, slots=True)
class Form:
    """How a device takes more than one file: as lines, or (`joined`) in one line; `stack`: for all of its members."""

    joined: bool
    stack: bool


def parse_boot_lines(text: str) -> tuple[str, ...]:
    """Read the lines in their order; none is an answer where the version's line was printed."""
    lines = [" ".join(line.split()) for line in filled(text, COMMAND, TERMINAL)]
    found = tuple(line for line in lines if line.startswith("boot system"))
    odd = next((line for line in found if not (_LINE.fullmatch(line) or _OTHER.fullmatch(line))), None)
    odd = odd or next((x for x in lines if x not in found and x != _BUILDING and not _VERSION.fullmatch(x)), None)
    if odd is not None:
        raise UnparsableOutput(COMMAND, odd)
    if not any(_VERSION.fullmatch(line) for line in lines):
        raise UnparsableOutput(COMMAND, lines[-1], "the line with the version is missing")
    return found


def inside(path: str) -> str:
    """Give a path without its file system: what `flash:/IMG`, `flash:IMG` and `IMG` have in common."""
    return path.rpartition(":")[2].lstrip("/") if "//" not in path else path


def files(lines: Sequence[str]) -> tuple[str, ...]:
    """List what the lines name, in the order in which it is tried, each file once and without its file system."""
    named = [inside(path) for line in lines for path in _paths(line)]
    return tuple(dict.fromkeys(named))


def put_first(lines: Sequence[str], wanted: str, then: str, form: Form, root: str) -> tuple[str, ...]:
    """Write the lines with `wanted` first, `then` second, and what else was named behind it.

    Both are paths inside the flash `root`. They are spelled as the first line that names a file, and where there is
    none, as `root` and the path.
    """
    files_of = [line for line in lines if not _OTHER.fullmatch(line)]
    model = files_of[0] if files_of else f"boot system {root}{then}"
    head, spelled = _head(model, stack=form.stack), _speller(model, root if form.stack else "")
    first = [spelled(path) for path in dict.fromkeys((wanted, then))]
    others = [
        line if line not in files_of else head + ";".join(left)
        for line in lines
        if (left := [path for path in _paths(line) if inside(path) not in {wanted, then}])
    ]
    if form.joined:
        return (head + ";".join([*first, *(other.removeprefix(head) for other in others if other.startswith(head))]),)
    return tuple(dict.fromkeys([*(head + path for path in first), *others]))


def _paths(line: str) -> tuple[str, ...]:
    if _OTHER.fullmatch(line):
        return (line.removeprefix("boot system "),)
    found = _LINE.fullmatch(line)
    return tuple(path for path in found["files"].split(";") if path) if found else ()


def _head(model: str, *, stack: bool) -> str:
    """Give what stands before the file: on a stack it is for all members, or only the active one would change."""
    found = _LINE.fullmatch(model)
    scope, kind = (found["scope"] or "", found["kind"] or "") if found else ("", "")
    return f"boot system {_ALL}" if stack else f"boot system {scope}{kind}"


def _speller(model: str, root: str) -> Callable[[str], str]:
    """Give what writes a path as the model's first one is written, below `root` where that one has no file system."""
    found = _LINE.fullmatch(model)
    system, colon, rest = (found["files"].split(";")[0] if found else "").rpartition(":")
    before = f"{system}{colon}" or root
    return lambda path: f"{before}{'/' if rest.startswith('/') else ''}{path}"
