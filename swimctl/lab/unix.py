"""The shell below EOS and Junos, as far as clients that copy files look into it: `df`, `ls`, `cat`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swimctl.lab.chassis import Chassis
    from swimctl.lab.flash import LabFile

_REDIRECTION = re.compile(r"\s*2>\s*/dev/null\s*$")


@dataclass(frozen=True, slots=True)
class Unix:
    """One system's shell: where the flash of a member is mounted, and its words for what it does not know.

    `unknown` and `missing` have `{}` where the name stands, `owner` is of every file.
    """

    mount: str
    disk: str
    member: int
    unknown: str
    missing: str
    owner: str

    def answer(self, chassis: Chassis, line: str, texts: Mapping[str, str] | None = None) -> str:
        """Run one command; `texts` are the files that can be read, by path."""
        quiet = _REDIRECTION.search(line) is not None
        words = _REDIRECTION.sub("", line).split()
        if not words:
            return ""
        program, paths = words[0].rpartition("/")[2], [word for word in words[1:] if not word.startswith("-")]
        if program == "df":
            return self._space(chassis)
        if program not in {"ls", "cat"} or not paths:
            return self.unknown.format(words[0]) + "\n"
        found, readable = chassis.find(paths[0]), texts or {}
        if program == "cat" and paths[0] in readable:
            return readable[paths[0]]
        if found is None:
            complaint = "No such file or directory" if program == "cat" else self.missing.format(paths[0])
            return "" if quiet else f"{program}: {paths[0] + ': ' if program == 'cat' else ''}{complaint}\n"
        if program == "cat":
            return f"cat: {paths[0]}: Permission denied\n"
        return f"{self._long(found)} {paths[0]}\n" if "-l" in words else f"{paths[0]}\n"

    def _space(self, chassis: Chassis) -> str:
        flash = chassis.flash(self.member)
        used = flash.capacity - flash.free
        return (
            "Filesystem     1K-blocks    Used Available Use% Mounted on\n"
            f"{self.disk:<14} {flash.capacity // 1024:>9} {used // 1024:>7} {flash.free // 1024:>9} "
            f"{100 * used // flash.capacity:>3}% {self.mount}\n"
        )

    def _long(self, file: LabFile) -> str:
        return f"-rwxrwx--- 1 {self.owner} {file.size} {file.mtime:%b %e %H:%M}"
