"""`show install active`, `inactive` and `commit`, each also with `summary`: the packages of three generations."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_xr import ListedPackage, PackageList
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import ended, filled

_WORDS: Final = {"active": "active", "inactive": "inactive", "commit": "committed", "committed": "committed"}

_HEAD: Final = re.compile(r"(Active|Inactive|Committed) Packages: *(?:(\d+)|XR: *(\d+) +All: *(\d+))?")
_FOUND: Final = re.compile(r"(\d+) (inactive|active|committed) package\(s\) found:", re.IGNORECASE)
_NOTHING: Final = re.compile(r"No (inactive|active|committed) packages?(?:\(s\))?(?: in .*)?\.?", re.IGNORECASE)
_LABEL: Final = re.compile(r"Label *: +(\S+)")
_NODE: Final = re.compile(r"Node (\S+) \[[\w ()-]+\](?: \[SDR: .*\])?")
_ASIDE: Final = re.compile(
    r"Default Profile:|Secure Domain Router: .*|Software Hash: .*|Boot (?:Partition|Device|Image): .*"
)
_NAME: Final = re.compile(r"[\w-]+")
_PACKAGE: Final = re.compile(r"((?:\w+:)?[A-Za-z0-9][\w.+]*-[\w.+-]*\d[\w.+-]*)(?: version=(\S+))?( \[Boot image\])?")
# What the name of a last package, or its version, has to end with: `6.4.2`, `3.0.0.0-r732`, `7.10.2v1.0.0-1`.
_WHOLE: Final = re.compile(
    r"(?:.*-)?\d+\.\d+\.\d+(?:\.\d+I?)?"
    r"|.*-\d+(?:\.\d+){2,3}-r\d{3,}[A-Z]?(?:\.(?!x8?6?_?6?$)\w+)*|\d+\.\d+\.\d+[\w.]*v\d+\.\d+\.\d+-\d+|.*CSC\w+-\d+\.\d+\.\d+"
)
# The tables of IOS-XR 7 with LNT.
_TABLE: Final = re.compile(r"(?:Optional|Mandatory) Packages(?: with \w+ Bugfixes)? +Version")
_ROW: Final = re.compile(r"([\w.+-]+) +(\d[\w.~+-]*)")
_FIXES: Final = re.compile(r"(?:Active|Committed|Inactive) Fixes \(count: (\d+)\):")
_FIX: Final = re.compile(r"(CSC\w+): *[\w.+-]+(?:, *[\w.+-]+)*,?")
_FIX_GOES_ON: Final = re.compile(r"[\w.+-]+(?:, *[\w.+-]+)*,?")


class _Reader:
    """What was read so far: packages, and how many of them the device said that there are."""

    def __init__(self, command: str):
        self.command = command
        self.which = _WORDS[command.split()[2]]
        self.packages: list[ListedPackage] = []
        self.label: str | None = None
        self.count: int | None = None
        self.fixes: list[str] = []
        self.node = ""
        self.nothing = False
        self._in = ""
        self._left: int | None = None

    def read(self, line: str) -> None:
        """Take one line; raise UnparsableOutput for one that does not belong where it stands."""
        head = _HEAD.fullmatch(line) or _FOUND.fullmatch(line)
        if head:
            self._start(line, head)
        elif said := _NOTHING.fullmatch(line):
            self._check_kind(line, said[1])
            self.nothing = True
        elif label := _LABEL.fullmatch(line):
            self.label = label[1]
        elif node := _NODE.fullmatch(line):
            self.check_whole(line)
            self.node, self._in = node[1], ""
        elif self._in in {"tables", "table", "fixes"}:
            self._read_new(line)
        elif self._in == "list" and (package := _PACKAGE.fullmatch(line)):
            self.packages.append(ListedPackage(package[1], package[2], self.node, boot_image=bool(package[3])))
            self._left = None if self._left is None else self._left - 1
        elif line == "SDRs:":
            self._in = "names"
        elif not (_ASIDE.fullmatch(line) or (self._in == "names" and _NAME.fullmatch(line))):
            raise UnparsableOutput(self.command, line)

    def _start(self, line: str, head: re.Match[str]) -> None:
        self.check_whole(line)
        plain = head.re is _HEAD
        self._check_kind(line, head[1] if plain else head[2])
        number = head[2] if plain else head[1]
        self._in, self._left = "list", int(number) if number else None
        if plain and head[3]:
            self._in, self.count = "tables", int(head[3])
        elif self._left is not None:
            self.count = (self.count or 0) + self._left
        self.nothing = self.nothing or self._left == 0

    def _read_new(self, line: str) -> None:
        if _TABLE.fullmatch(line):
            self._in = "table"
        elif counted := _FIXES.fullmatch(line):
            self._in, self._left = "fixes", int(counted[1])
        elif self._in == "table" and (row := _ROW.fullmatch(line)):
            self.packages.append(ListedPackage(row[1], row[2]))
        elif self._in == "fixes" and (fix := _FIX.fullmatch(line)):
            self.fixes.append(fix[1])
            self._left = (self._left or 0) - 1
        elif not (set(line) <= set("- ") or _ASIDE.fullmatch(line) or self._goes_on(line)):
            raise UnparsableOutput(self.command, line)

    def _goes_on(self, line: str) -> bool:
        return self._in == "fixes" and bool(self.fixes) and _FIX_GOES_ON.fullmatch(line) is not None

    def _check_kind(self, line: str, kind: str) -> None:
        if kind.lower() != self.which:
            raise UnparsableOutput(self.command, line, f"this is the list of {kind.lower()} packages")

    def check_whole(self, line: str) -> None:
        """Refuse a list that holds more or fewer packages than the device counted above it."""
        if self._left:
            raise UnparsableOutput(self.command, line, "it does not list as many packages as it counts")


def parse_show_install(text: str, command: str) -> PackageList:
    """Read the packages, each with the node that it is on where the device lists them by node.

    Nothing at all is an answer only where the device says so.
    """
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    reader = _Reader(command)
    for line in lines:
        reader.read(line)
    reader.check_whole(lines[-1])
    last = next(iter(reader.packages[-1:]), None)
    release = last.version or last.name if last else ""
    # A golden image's name ends with a label of its builder's choice: only the line's end tells that it is whole.
    whole = ended(text, lines[-1]) or ("-golden" not in release and _WHOLE.fullmatch(release))
    if last and lines[-1].startswith(last.name) and not whole:
        raise UnparsableOutput(command, lines[-1], "it ends inside a package's release")
    if not reader.packages and not reader.nothing:
        raise UnparsableOutput(command, lines[-1], "it lists no package, and does not say that there is none")
    return PackageList(reader.which, tuple(reader.packages), reader.label, tuple(reader.fixes), reader.count)
