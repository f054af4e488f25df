"""`show variables boot`: what the boot loader was given."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_xr import BootVariables
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "show variables boot"

_WORD: Final = re.compile(r'([A-Za-z_][\w.-]*)(?:=("[^"]*"|\S*))?')
_WHOLE: Final = re.compile(r"(?:.*\.(?:vm|iso|bin)(?:,\d+)?)?;?")
_CLASSIC: Final = re.compile(r"(\w+) *= *(.*)")


def parse_show_variables_boot(text: str) -> BootVariables:
    """Read the words given to the kernel (64-bit: `root=… platform=…`), or the boot loader's variables (`BOOT=…`).

    A word without a value is there with an empty one. Of a name that comes twice (`console`) the last counts, as for
    the kernel. A file's number of tries (`,1`) is cut.
    """
    lines = [line.strip() for line in filled(text, COMMAND, TERMINAL)]
    classic = [_CLASSIC.fullmatch(line) for line in lines]
    boot = next((found[2] for found in classic if found and found[1] == "BOOT"), None)
    if boot is not None:
        if lines[-1].startswith("BOOT") and not _WHOLE.fullmatch(boot):
            raise UnparsableOutput(COMMAND, lines[-1], "it ends inside BOOT")
        for line, found in zip(lines, classic, strict=True):
            if found is None:
                raise UnparsableOutput(COMMAND, line)
        files = tuple(re.sub(r",\d*$", "", part.strip()) for part in boot.split(";") if part.strip())
        return BootVariables({found[1]: found[2] for found in classic if found}, files)
    # The terminal may have broken the one long line.
    words = " ".join(lines)
    found_words = list(_WORD.finditer(words))
    values = {found[1]: (found[2] or "").strip('"') for found in found_words}
    if " ".join(found[0] for found in found_words) != " ".join(words.split()) or not values.get("root"):
        raise UnparsableOutput(COMMAND, lines[0], "it holds neither BOOT nor the words of a kernel")
    return BootVariables(values)
