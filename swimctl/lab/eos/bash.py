"""The Linux shell below EOS, as far as clients that copy files look into it: `df`, `ls`, `cat`, `exit`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swimctl.lab.eos.device import Arista
    from swimctl.lab.flash import LabFile

MODE = "bash"
_BOOT_CONFIG = "/mnt/flash/boot-config"
_REDIRECTION = re.compile(r"\s*2>\s*/dev/null\s*$")


def answer(switch: Arista, line: str) -> str:
    """Run one command."""
    quiet = _REDIRECTION.search(line) is not None
    words = _REDIRECTION.sub("", line).split()
    if not words:
        return ""
    program, paths = words[0].rpartition("/")[2], [word for word in words[1:] if not word.startswith("-")]
    if program == "df":
        flash = switch.flash(1)
        used = flash.capacity - flash.free
        return (
            "Filesystem     1K-blocks    Used Available Use% Mounted on\n"
            f"/dev/sda1      {flash.capacity // 1024:>9} {used // 1024:>7} {flash.free // 1024:>9} "
            f"{100 * used // flash.capacity:>3}% /mnt/flash\n"
        )
    if program == "cat" and paths == [_BOOT_CONFIG]:
        return f"SWI={switch.boots}\n" if switch.boots else ""
    if program == "cat" and paths:
        reason = "No such file or directory" if switch.find(paths[0]) is None else "Permission denied"
        return f"cat: {paths[0]}: {reason}\n"
    if program != "ls" or not paths:
        return f"bash: {words[0]}: command not found\n"
    found = switch.find(paths[0])
    if found is None:
        return "" if quiet else f"{words[0]}: cannot access '{paths[0]}': No such file or directory\n"
    return f"{_long(found)} {paths[0]}\n" if "-l" in words else f"{paths[0]}\n"


def _long(file: LabFile) -> str:
    return f"-rwxrwx--- 1 root eosadmin {file.size} {file.mtime:%b %e %H:%M}"
