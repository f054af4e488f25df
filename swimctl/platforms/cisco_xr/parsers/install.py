"""`show install active`, `inactive` and `commit`, each also with `summary`: the packages of three generations."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.facts import ListedPackage, PackageList
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over

_WORDS: Final = {"active": "active", "inactive": "inactive", "commit": "committed", "committed": "committed"}

_HEAD: Final = re.compile(
    r"(Active|Inactive|Committed) +Packages *: *(?:(\d+)|XR *: *(\d+) +All *: *\d+)?(?: .*)?", re.IGNORECASE
)
_FOUND: Final = re.compile(r"(\d+) +(inactive|active|committed) +package\(s\) +found *:?", re.IGNORECASE)
_NOTHING: Final = re.compile(
    r"(?:No +(?=\w+ +package\(s\))|There +are +no +)(inactive|active|committed) +package(?:\(s\)|s?)(?: .*)?",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"Label *: +(\S+)(?: .*)?", re.IGNORECASE)
_NODE: Final = re.compile(r"Node +(\d+/\S+) +\[.*", re.IGNORECASE)
_LIKE_A_NODE: Final = re.compile(r"Node +\d.*", re.IGNORECASE)
_ASIDE: Final = re.compile(
    r"Default +Profile *:|Secure +Domain +Router *: .*|Software +Hash *: .*|Boot +(?:Partition|Device|Image) *: .*"
    r"|[- ]+",
    re.IGNORECASE,
)
# `disk0:asr9k-mini-px-6.4.2`, `ncs5500-xr-7.3.2 version=7.3.2 [Boot image]`, and of the admin plane of an NCS 5500
# `ncs5500-sysadmin-hostos-6.1.4.1-….host    [Host]` (ntc-templates, admin_show_install_active: one source).
_PACKAGE: Final = re.compile(
    r"((?:\w+:)?[A-Z0-9][\w.+]*-[\w.+-]*\d[\w.+-]*)(?: +version *= *(\S+)( +\[Boot +image\])| +\[Host\])?(?: +\(.*\))?",
    re.IGNORECASE,
)
_LIKE_A_PACKAGE: Final = re.compile(r"(?:\w+:)?\w[\w.+]*-\S*(?: +(?:version|\[|\().*)?", re.IGNORECASE)
# The tables of IOS-XR 7 with LNT.
_TABLE: Final = re.compile(r"(?:Optional|Mandatory) +Packages(?: .*)? +Version(?: .*)?", re.IGNORECASE)
_ROW: Final = re.compile(r"([\w.+-]+) +(\d[\w.~+-]*)(?: .*)?")
_LIKE_A_ROW: Final = re.compile(r"[A-Za-z]\w*-[\w.+-]+(?: .*)?")
_FIXES: Final = re.compile(r"(?:Active|Committed|Inactive) +Fixes +\(count *: *(\d+)\) *:?", re.IGNORECASE)
_FIX: Final = re.compile(r"(CSC\w+) *:.*", re.IGNORECASE)
_FIX_GOES_ON: Final = re.compile(r"[\w.+-]+(?: *, *[\w.+-]+)* *,?")


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
        """Read one line. UnparsableOutput: it should be a node or a package, and cannot be read."""
        head = _HEAD.fullmatch(line) or _FOUND.fullmatch(line)
        if head:
            self._start(line, head)
        elif said := _NOTHING.fullmatch(line):
            self._check_kind(line, said[1])
            self.nothing = True
        elif node := _NODE.fullmatch(line):
            self.check_whole(line)
            self.node, self._in, self._left = node[1], "", None
        elif label := _LABEL.fullmatch(line):
            self.label = label[1]
        elif _TABLE.fullmatch(line):
            # Only what is optional or patched is listed: the table may be empty.
            self._in, self.nothing = "table", True
        elif counted := _FIXES.fullmatch(line):
            self._in, self._left = "fixes", int(counted[1])
        elif line.lower() == "sdrs:":
            self._in = "names"
        elif _LIKE_A_NODE.fullmatch(line) or not (self._row(line) or _ASIDE.fullmatch(line)):
            self._unknown(line)

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
        # The admin plane writes the heading alone below a node that has none (admin_show_install_inactive/01 and 04).
        self.nothing = self.nothing or self._left == 0 or (self.which == "inactive" and bool(self.node))

    def _row(self, line: str) -> bool:
        """Read a line of the list or table that is open; return whether it was one."""
        if self._in == "list" and (package := _PACKAGE.fullmatch(line)):
            self.packages.append(ListedPackage(package[1], package[2], self.node, boot_image=bool(package[3])))
            self._left = None if self._left is None else self._left - 1
        elif self._in == "table" and (row := _ROW.fullmatch(line)):
            self.packages.append(ListedPackage(row[1], row[2]))
        elif self._in == "fixes" and (fix := _FIX.fullmatch(line)):
            self.fixes.append(fix[1])
            self._left = (self._left or 0) - 1
        else:
            return self._in == "names" or (self._in == "fixes" and _FIX_GOES_ON.fullmatch(line) is not None)
        return True

    def _unknown(self, line: str) -> None:
        like = {"list": _LIKE_A_PACKAGE, "table": _LIKE_A_ROW}.get(self._in)
        if _LIKE_A_NODE.fullmatch(line) or (like and like.fullmatch(line)):
            raise UnparsableOutput(self.command, line, "it should be a node or a package, and cannot be read")
        passed_over(self.command, line)

    def _check_kind(self, line: str, kind: str) -> None:
        if kind.lower() != self.which:
            raise UnparsableOutput(self.command, line, f"this is the list of {kind.lower()} packages")

    def check_whole(self, line: str) -> None:
        """Refuse a list that holds more or fewer packages than the device counted above it."""
        if self._left:
            raise UnparsableOutput(self.command, line, "it does not list as many packages as it counts")


def parse_show_install(text: str, command: str) -> PackageList:
    """Return the packages, each with the node that it is on where the device lists them by node.

    Needed: every node, every package with its name, and of a boot image its release; as many of them as the device
    counts. Nothing at all is an answer only where the device says so.
    """
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    reader = _Reader(command)
    for line in lines:
        reader.read(line)
    reader.check_whole(lines[-1])
    if not reader.packages and not reader.nothing:
        raise UnparsableOutput(command, lines[-1], "it lists no package, and does not say that there is none")
    return PackageList(reader.which, tuple(reader.packages), reader.label, tuple(reader.fixes), reader.count)
