"""`file list`, `file checksum` and `show system storage`: files, their hashes, and the room for them."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.facts import Directory, File, FileSystem, HashResult, NodeFileSystems
from swimctl.facts_junos import FileNames
from swimctl.platforms.juniper_junos.netconf import cli_text
from swimctl.platforms.juniper_junos.nodes import by_node
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

_PATH: Final = re.compile(r"((?:[\w-]+:)?/\S*):")
_BLOCKS: Final = re.compile(r"total(?: blocks)?:? \d+")
_FILES: Final = re.compile(r"total files: (\d+)")
_ENTRY: Final = re.compile(
    r"(?P<kind>[-dlbcps])[-rwxsStT]{9}[+@.]? +\d+ +\S+ +\S+ +(?P<size>\d+) +"
    r"[A-Z][a-z]{2} +\d{1,2} +(?:\d{4}|\d\d:\d\d) +(?P<name>\S.*)"
)
_ERROR: Final = re.compile(
    r".*: (?:No such file or directory|Permission denied|Not a directory)|error: .*", re.IGNORECASE
)
_NAME: Final = re.compile(r"[^\s:*?<>|]+(?: [^\s:*?<>|]+)*[*@=|]?")

_HASH: Final = re.compile(r"(MD5|SHA1|SHA256) \((\S+)\) = ([0-9a-f]+)", re.IGNORECASE)
_LENGTHS: Final = {"md5": 32, "sha1": 40, "sha256": 64}

_HEAD: Final = re.compile(r"Filesystem +(?:Size|(\d+)(K?)-blocks) +Used +Avail +Capacity +Mounted on")
_SYSTEM: Final = re.compile(r"(\S+) +(-?[\d.]+[BKMGTP]?) +(-?[\d.]+[BKMGTP]?) +(-?[\d.]+[BKMGTP]?) +\d+% +(/\S*)")
_UNITS: Final = {"B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4, "P": 1024**5}


def parse_file_list(text: str) -> Directory | FileNames:
    """Read `file list`: with `detail` files with their sizes, else names alone.

    With `detail` it ends with the number of files, without which it is cut off. `path` is empty where the files were
    named by a pattern. Raises CommandRefused for a file that is not there.
    """
    command = "file list"
    parts = by_node([line.strip() for line in filled(text, command, TERMINAL)])
    lines = parts[0][1]
    if len(parts) > 1 or not lines:
        raise UnparsableOutput(command, parts[-1][0], "it lists the files of several members, or of none")
    error = next((line for line in lines if _ERROR.fullmatch(line)), None)
    if error is not None:
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    head = _PATH.fullmatch(lines[0])
    body = lines[1:] if head else lines
    path = head[1] if head else ""
    if any(map(_ENTRY.fullmatch, body)) or any(map(_FILES.fullmatch, body)) or any(map(_BLOCKS.fullmatch, body)):
        return _detailed(command, path, body)
    for line in body:
        # Without a heading the device repeats what was asked for, which is a path.
        if not _NAME.fullmatch(line) or (head is None and not line.startswith("/")):
            raise UnparsableOutput(command, line)
    if not body:
        raise UnparsableOutput(command, lines[-1], "it lists no file, and does not say that there is none")
    return FileNames(path, tuple(line.rstrip("*@=|") for line in body))


def _detailed(command: str, path: str, lines: list[str]) -> Directory:
    files: list[File] = []
    total: int | None = None
    for line in lines:
        entry = _ENTRY.fullmatch(line)
        if total is not None or not (entry or _FILES.fullmatch(line) or _BLOCKS.fullmatch(line)):
            raise UnparsableOutput(command, line)
        if entry:
            name = entry["name"].partition(" -> ")[0].rstrip("*@=|/")
            files.append(File(name, int(entry["size"]), is_directory=entry["kind"] == "d"))
        elif counted := _FILES.fullmatch(line):
            total = int(counted[1])
    if total is None or len(files) < total:
        raise UnparsableOutput(command, lines[-1], f"{len(files)} files read, of {total} that it counts")
    return Directory(path, tuple(files), None, None)


def parse_file_checksum(text: str) -> HashResult:
    """Read `file checksum md5 F` and its sisters. Raises CommandRefused for a file that is not there."""
    command = "file checksum"
    lines = [line.strip() for line in filled(cli_text(text), command, TERMINAL)]
    found = _HASH.fullmatch(lines[0])
    if found is None or len(lines) > 1:
        if error := next((line for line in lines if _ERROR.fullmatch(line)), None):
            raise CommandRefused(f"'{command}': the device answered '{error}'")
        raise UnparsableOutput(command, lines[-1], "it gives no hash")
    algorithm = found[1].lower()
    if len(found[3]) != _LENGTHS[algorithm]:
        raise UnparsableOutput(command, lines[0], "the hash does not have all its digits")
    return HashResult(found[2], algorithm, found[3].lower(), matches=None)


def parse_show_system_storage(text: str) -> tuple[NodeFileSystems, ...]:
    """Read the file systems of every node: `prefixes` is where one is mounted, `kind` its device.

    Sizes are as exact as they are printed (`6.3G`); only `detail` gives them to the block.
    """
    command = "show system storage"
    nodes: list[NodeFileSystems] = []
    for node, lines in by_node([line.strip() for line in filled(text, command, TERMINAL)]):
        head = _HEAD.fullmatch(lines[0]) if lines else None
        rows = [(line, _SYSTEM.fullmatch(line)) for line in lines[1:]]
        odd = next((line for line, row in rows if row is None), None)
        if head is None or odd is not None or not rows:
            raise UnparsableOutput(command, odd or (lines[0] if lines else node), "this is no table of file systems")
        block = int(head[1]) * _UNITS[head[2] or "B"] if head[1] else None
        systems = (
            FileSystem((row[5],), row[1], "", _bytes(row[2], block), _bytes(row[4], block)) for _, row in rows if row
        )
        nodes.append(NodeFileSystems(node, tuple(systems)))
    return tuple(nodes)


def _bytes(text: str, block: int | None) -> int:
    """Read `6.3G`, or a number of blocks."""
    digits = text.rstrip("BKMGTP")
    try:
        return int(float(digits) * (_UNITS[text[len(digits) :]] if digits != text else block or 1))
    except ValueError:
        raise UnparsableOutput("show system storage", text, "this is no size") from None
