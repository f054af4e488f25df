"""`dir`, `show filesystem` of one node or of all, and `show md5 file`."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.facts import Directory, File, FileSystem, HashResult, NodeFileSystems
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import ended, filled

_DIRECTORY: Final = re.compile(r"Directory of (\S+)")
# IOS-XE has a time behind the year, which must not become a part of the name.
# Classic: `9867  -rwx  8909  Thu Jan 15 15:29:26 2015  start`. 64-bit: `11 drwx------. 2  16384 Jul  4 14:39 x`.
_FILE: Final = re.compile(
    r"\d+ +(?P<kind>[-dlbcps])[-rwxsStT]{3,9}[.+@]? +(?:\d+ +)?(?P<size>\d+) +"
    r"(?:[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}"
    r"|[A-Z][a-z]{2} +\d{1,2} +(?:\d{4}|\d\d:\d\d)) +(?!\d\d:\d\d:\d\d\b)(?P<name>\S.*)"
)
_TRAILER: Final = re.compile(r"(\d+) (k?)bytes total \((\d+) (k?)bytes free\)")
_EMPTY: Final = re.compile(r"No (?:files|such files) in directory|total 0", re.IGNORECASE)
_ERROR: Final = re.compile(r"%\s?Error[: ].*|.*: No such file or directory.*|.*No such device.*", re.IGNORECASE)

_SYSTEMS: Final = re.compile(r"Size\(b\) +Free\(b\) +Type +Flags +Prefixes")
_SYSTEM: Final = re.compile(r"(\*)? *(\d+|-) +(\d+|-) +(\S+) +(rw|ro|wo|-) +((?:\S+:|/\S+)(?: +(?:\S+:|/\S+))*)")
_NODE: Final = re.compile(r"node: +(\S+)")
# The hash alone, or with the file behind it, as `md5sum` writes it.
_MD5: Final = re.compile(r"([0-9A-Fa-f]{32})(?: +(\S+))?")


def parse_dir(text: str) -> Directory:
    """Read `dir` of one directory; a link goes by its own name.

    `total` and `free` are None where the device says that there is no file, and no more. Raises CommandRefused for a
    directory that is not there.
    """
    command = "dir"
    path: str | None = None
    files: list[File] = []
    trailer: re.Match[str] | None = None
    empty = False
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        entry = _FILE.fullmatch(line)
        if entry is None and _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        if trailer is not None:
            raise UnparsableOutput(command, line, "there is more after the line of free bytes")
        if path is None and (head := _DIRECTORY.fullmatch(line)):
            path = head[1]
        elif path is None:
            raise UnparsableOutput(command, line)
        elif entry:
            name = entry["name"].partition(" -> ")[0] if entry["kind"] == "l" else entry["name"]
            files.append(File(name.strip(), int(entry["size"]), is_directory=entry["kind"] == "d"))
        elif _EMPTY.fullmatch(line):
            empty = True
        elif not (trailer := _TRAILER.fullmatch(line)):
            raise UnparsableOutput(command, line)
    if path is None or not (empty or trailer):
        raise UnparsableOutput(command, path or "", "it ends before the line of free bytes")
    total, free = (_bytes(trailer[1], trailer[2]), _bytes(trailer[3], trailer[4])) if trailer else (None, None)
    return Directory(path, tuple(files), total, free)


def parse_show_md5(text: str) -> HashResult:
    """Read the MD5 of a file; raises CommandRefused where the file is not there."""
    command = "show md5 file"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    found = _MD5.fullmatch(lines[0])
    if found is None or len(lines) > 1:
        if any(map(_ERROR.fullmatch, lines)):
            raise CommandRefused(f"'{command}': the device answered '{lines[0]}'")
        raise UnparsableOutput(command, lines[-1], "it is not one hash")
    return HashResult(found[2] or "" if ended(text, lines[0]) else "", "md5", found[1].lower(), None)


def _bytes(number: str, kilo: str) -> int:
    return int(number) * (1024 if kilo else 1)


def parse_show_filesystem(text: str) -> tuple[FileSystem, ...]:
    """Read the file systems of the node that was asked."""
    command = "show filesystem"
    nodes = _nodes(text, command)
    if len(nodes) > 1:
        raise UnparsableOutput(command, f"node: {nodes[1].node}", "it is about several nodes")
    return nodes[0].systems


def parse_show_filesystem_location(text: str) -> tuple[NodeFileSystems, ...]:
    """Read the file systems of each node; `node` is empty where the device names none."""
    return _nodes(text, "show filesystem location all")


def _nodes(text: str, command: str) -> tuple[NodeFileSystems, ...]:
    nodes: list[tuple[str, list[FileSystem]]] = []
    header = False
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        row = _SYSTEM.fullmatch(line)
        if node := _NODE.fullmatch(line):
            nodes.append((node[1], []))
            header = False
        elif _SYSTEMS.fullmatch(line) and not header:
            header = True
            nodes = nodes or [("", [])]
        elif row and header:
            size, free = (int(number) if number != "-" else None for number in (row[2], row[3]))
            nodes[-1][1].append(
                FileSystem(tuple(row[6].split()), row[4], row[5], size, free, default=row[1] is not None)
            )
        elif header or (line != "File Systems:" and set(line) != {"-"}):
            raise UnparsableOutput(command, line)
    if not nodes or not all(systems for _, systems in nodes):
        raise UnparsableOutput(command, nodes[-1][0] if nodes else "", "a node has no rows")
    return tuple(NodeFileSystems(node, tuple(systems)) for node, systems in nodes)
