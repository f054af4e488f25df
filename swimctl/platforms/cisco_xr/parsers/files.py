"""`dir`, `show filesystem` of one node or of all, and `show md5 file`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import Directory, File, FileSystem, HashResult, NodeFileSystems
from swimctl.platforms.text import filled, passed_over

_DIRECTORY: Final = re.compile(r"Directory +of +(\S+)(?: +(:))?", re.IGNORECASE)
# IOS-XE has a time behind the year, which must not become a part of the name.
# Classic: `9867  -rwx  8909  Thu Jan 15 15:29:26 2015  start`. 64-bit: `11 drwx------. 2  16384 Jul  4 14:39 x`.
_FILE: Final = re.compile(
    r"\d+ +(?P<kind>[-dlbcps])[-rwxst]{3,9}[.+@]? +(?:\d+ +)?(?P<size>\d+) +"
    r"(?:[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} +\d\d:\d\d:\d\d +\d{4}"
    r"|[A-Z][a-z]{2} +\d{1,2} +(?:\d{4}|\d\d:\d\d)) +(?!\d\d:\d\d:\d\d\b)(?P<name>\S.*)",
    re.IGNORECASE,
)
_LIKE_A_FILE: Final = re.compile(r"(?:\d+ +)?(?!-+(?: |$))[-dlbcps][-rwxst]{2,9}[.+@]?(?: .*)?", re.IGNORECASE)
_TRAILER: Final = re.compile(r"(\d+) +(k?)bytes +total +\((\d+) +(k?)bytes +free *\)", re.IGNORECASE)
_EMPTY: Final = re.compile(r"No +(?:such +)?files +in +directory|total +0", re.IGNORECASE)
_ERROR: Final = re.compile(r"%\s?Error *[: ].*|.*: No such file or directory.*|.*No such device.*", re.IGNORECASE)

_SYSTEMS: Final = re.compile(r"Size\(b\) +Free\(b\) +Type +Flags +Prefixes(?: .*)?", re.IGNORECASE)
_SYSTEM: Final = re.compile(
    r"(\*)? *(\d+|-) +(\d+|-) +(\S+) +(rw|ro|wo|-) +((?:[^\s:]+:|/\S+)(?: +(?:[^\s:]+:|/\S+))*)(?: +.*)?", re.IGNORECASE
)
_LIKE_A_SYSTEM: Final = re.compile(r"\*? *(?:\d+|-) +(?:\d+|-)(?: .*)?|.*\b(?:disk\d\w?|harddisk) *:.*", re.IGNORECASE)
_NODE: Final = re.compile(r"node *: +(\S+)(?: .*)?", re.IGNORECASE)
_ABOVE: Final = re.compile(r"File +Systems *:(?: .*)?|[- ]+", re.IGNORECASE)
# The hash alone, or with the file behind it, as `md5sum` writes it.
_MD5: Final = re.compile(r"([0-9A-Fa-f]{32})(?: +(\S+))?")
_LIKE_A_HASH: Final = re.compile(r"[0-9A-Fa-f]{16,}(?: .*)?")


def parse_dir(text: str) -> Directory:
    """Return one directory with its files and its line of free bytes; a link goes by its own name.

    Every row of a file has to read. `total` and `free` are None where the device says that there is no file, and no
    more. Raises CommandRefused for a directory that is not there.
    """
    command = "dir"
    path: str | None = None
    files: list[File] = []
    trailer: re.Match[str] | None = None
    empty = False
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        entry, head = _FILE.fullmatch(line), _DIRECTORY.fullmatch(line)
        if entry is None and _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        if (entry and (path is None or trailer)) or (head and path is not None):
            raise UnparsableOutput(command, line, "it is not about one directory")
        if head:
            path = head[1] + (head[2] or "")
        elif entry:
            link = entry["kind"].lower() == "l"
            name = entry["name"].partition(" -> ")[0] if link else entry["name"]
            files.append(File(name.strip(), int(entry["size"]), is_directory=entry["kind"].lower() == "d"))
        elif _EMPTY.fullmatch(line):
            empty = True
        elif trailer is None and (ended := _TRAILER.fullmatch(line)):
            trailer = ended
        elif _LIKE_A_FILE.fullmatch(line):
            raise UnparsableOutput(command, line, "a row of its files cannot be read")
        else:
            passed_over(command, line)
    if path is None or not (empty or trailer):
        raise UnparsableOutput(command, path or "", "there is no 'Directory of', or no line of free bytes below it")
    if not (empty or files):
        raise UnparsableOutput(command, path, "it lists no file, and does not say that there is none")
    total, free = (_bytes(trailer[1], trailer[2]), _bytes(trailer[3], trailer[4])) if trailer else (None, None)
    return Directory(path, tuple(files), total, free)


def _bytes(number: str, kilo: str) -> int:
    return int(number) * (1024 if kilo else 1)


def parse_show_md5(text: str) -> HashResult:
    """Return the MD5 of a file, which is needed once; raises CommandRefused where the file is not there.

    `path` is empty where the device does not repeat it.
    """
    command = "show md5 file"
    found: list[re.Match[str]] = []
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        if _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        if read := _MD5.fullmatch(line):
            found.append(read)
        elif _LIKE_A_HASH.fullmatch(line):
            raise UnparsableOutput(command, line, "the hash does not have all its digits, or more")
        else:
            passed_over(command, line)
    if len(found) != 1:
        raise UnparsableOutput(command, found[-1][0] if found else "", "it is not one hash")
    return HashResult(found[0][2] or "", "md5", found[0][1].lower(), None)


def parse_show_filesystem(text: str) -> tuple[FileSystem, ...]:
    """Return the file systems of the node that was asked."""
    command = "show filesystem"
    nodes = _nodes(text, command)
    if len(nodes) > 1:
        raise UnparsableOutput(command, f"node: {nodes[1].node}", "it is about several nodes")
    return nodes[0].systems


def parse_show_filesystem_location(text: str) -> tuple[NodeFileSystems, ...]:
    """Return the file systems of each node; `node` is empty where the device names none."""
    return _nodes(text, "show filesystem location all")


def _nodes(text: str, command: str) -> tuple[NodeFileSystems, ...]:
    """Return what each node has; every row has to read, and every node has one or more."""
    nodes: list[tuple[str, list[FileSystem]]] = []
    header = False
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        row = _SYSTEM.fullmatch(re.sub(r" +:", ":", line)) if header else None
        if node := _NODE.fullmatch(line):
            nodes.append((node[1], []))
            header = False
        elif _SYSTEMS.fullmatch(line):
            header = True
            nodes = nodes or [("", [])]
        elif row:
            size, free = (int(number) if number != "-" else None for number in (row[2], row[3]))
            nodes[-1][1].append(
                FileSystem(tuple(row[6].split()), row[4], row[5], size, free, default=row[1] is not None)
            )
        elif _LIKE_A_SYSTEM.fullmatch(line):
            raise UnparsableOutput(command, line, "a row of its file systems cannot be read")
        elif not _ABOVE.fullmatch(line):
            passed_over(command, line)
    if not nodes or not all(systems for _, systems in nodes):
        raise UnparsableOutput(command, nodes[-1][0] if nodes else "", "a node has no rows")
    return tuple(NodeFileSystems(node, tuple(systems)) for node, systems in nodes)
