"""`show variables boot`: what the boot loader was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.facts import BootVariables
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

COMMAND: Final = "show variables boot"

_WORD: Final = re.compile(r'([A-Za-z_][\w.-]*)(?:=("[^"]*"|\S*))?')
_KERNEL: Final = re.compile(rf"(?:{_WORD.pattern} +)*root=\S.*")
# `disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm,1`: no other system boots such a file.
_FILE: Final = re.compile(r"(\S+\.vm)(?:,\d*)?", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"(\w+) *= *(.*)")


def parse_show_variables_boot(text: str) -> BootVariables:
    """Return the words given to the kernel (64-bit: `root=… platform=…`), or the boot loader's variables (`BOOT=…`).

    One of the two is needed. A word without a value is there with an empty one. Of a name that comes twice (`console`)
    the last counts, as for the kernel. A file's number of tries (`,1`) is cut.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    start = next((number for number, line in enumerate(lines) if _KERNEL.fullmatch(line)), None)
    if start is not None:
        # The terminal may have broken the one long line; what goes on below still gives values.
        more = takewhile(lambda line: "=" in line and _words(line), lines[start + 1 :])
        words = " ".join([lines[start], *more])
        for line in lines:
            if line not in words:
                passed_over(COMMAND, line)
        if not (found := _words(words)):
            raise UnparsableOutput(COMMAND, lines[start], "the words of the kernel cannot be read")
        return BootVariables(found)
    values = dict(_variables(lines))
    boot = next((value for name, value in values.items() if name.upper() == "BOOT"), None)
    if boot is None:
        raise UnparsableOutput(COMMAND, lines[0], "it holds neither BOOT nor the words of a kernel")
    files = [_FILE.fullmatch(part) for part in boot.split(";") if part]
    if not files or None in files:
        raise UnparsableOutput(COMMAND, boot, "BOOT does not name files that a router boots")
    return BootVariables(values, tuple(found[1] for found in files if found))


def _words(line: str) -> dict[str, str]:
    """Return the words of a kernel; empty where one of them is none."""
    words = list(_WORD.finditer(line))
    whole = " ".join(word[0] for word in words) == " ".join(line.split())
    return {word[1]: (word[2] or "").strip('"') for word in words} if whole else {}


def _variables(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if found := _VARIABLE.fullmatch(line):
            yield found[1], re.sub(r" *([,;]) *", r"\1", found[2])
        else:
            passed_over(COMMAND, line)
