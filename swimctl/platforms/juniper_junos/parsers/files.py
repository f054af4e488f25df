"""`file list`, `file checksum` and `show system storage`: files, their hashes, and the space for them."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.facts import Directory, File, FileSystem, HashResult, NodeFileSystems
from swimctl.platforms.juniper_junos.facts import FileNames
from swimctl.platforms.juniper_junos.netconf import cli_text
from swimctl.platforms.juniper_junos.nodes import parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over, plain_words

_PATH: Final = re.compile(r"((?:[\w-]+:)?/\S*) *:")
_BLOCKS: Final = re.compile(r"total(?: +blocks)? *:? *\d+", re.IGNORECASE)
_FILES: Final = re.compile(r"total +files *: *(\d+)", re.IGNORECASE)
_ENTRY: Final = re.compile(
    r"(?P<kind>[-dlbcps])[-rwxsStT]{9}[+@.]? +\d+ +\S+ +\S+ +(?P<size>\d+) +"
    r"[A-Z][a-z]{2} +\d{1,2} +(?:\d{4}|\d\d:\d\d) +(?P<name>\S.*)",
    re.IGNORECASE,
)
_LIKE_AN_ENTRY: Final = re.compile(r"[-dlbcps][-rwxsStT]{9}.*", re.IGNORECASE)
_ERROR: Final = re.compile(
    r".*: (?:No such file or directory|Permission denied|Not a directory)|error: .*", re.IGNORECASE
)
# `.login@ -> /packages/mnt/os-runtime/root/.login` is a link, which goes by its own name (genieparser, FileList 1).
_NAME: Final = re.compile(r"([^\s:*?<>|]+[*@=|]?)(?: +-> +/\S+)?")

_HASH: Final = re.compile(r"(MD5|SHA1|SHA256) *\((\S+)\) *= *([0-9a-f]+)", re.IGNORECASE)
_LENGTHS: Final = {"md5": 32, "sha1": 40, "sha256": 64}

_HEAD: Final = re.compile(
    r"Filesystem +(?:Size|(\d+)(K?)-blocks) +Used +Avail(?:able)? +(?:Capacity|Use%) +Mounted +on\b.*", re.IGNORECASE
)
_SYSTEM: Final = re.compile(
    r"(\S+) +(-?[\d.]+[BKMGTP]?) +(-?[\d.]+[BKMGTP]?) +(-?[\d.]+[BKMGTP]?) +(?:\d+%|-) +(/\S*)", re.IGNORECASE
)
# A name that is too long for its column stands on a line of its own, as `df` prints it.
_REST: Final = re.compile(r"-?[\d.]+[BKMGTP]? +-?[\d.]+[BKMGTP]? +.*", re.IGNORECASE)
_LIKE_A_SYSTEM: Final = re.compile(r"/dev/.*|.*\d% .*|\S+ +-?[\d.]+[BKMGTP]? +-?[\d.]+.*", re.IGNORECASE)
_STORAGE: Final = "show system storage"
_UNITS: Final = {"B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4, "P": 1024**5}


def parse_file_list(text: str) -> Directory | FileNames:
    """Return what `file list` lists: with `detail` files with their sizes, else names alone.

    With `detail` each row of a file has to read, and where the device counts them they are held against the count.
    Without it each line is a name, and one that is none refuses. `path` is empty where the files were named by a
    pattern. Raises CommandRefused for a file that is not there.
    """
    command = "file list"
    parts = parts_of(command, [line.strip() for line in filled(text, command, TERMINAL)], _LIKE_AN_ENTRY.fullmatch)
    lines = parts[0][1]
    if len(parts) > 1 or not lines:
        raise UnparsableOutput(command, parts[-1][0], "it lists the files of several members, or of none")
    error = next((line for line in map(plain_words, lines) if _ERROR.fullmatch(line)), None)
    if error is not None:
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    if any(known.fullmatch(line) for line in lines for known in (_LIKE_AN_ENTRY, _FILES, _BLOCKS)):
        return _detailed(command, lines)
    head = _PATH.fullmatch(lines[0])
    body = lines[1:] if head else lines
    names: list[str] = []
    for line in body:
        named = _NAME.fullmatch(line)
        # Without a heading the device repeats what was asked for, which is a path.
        if named is None or (head is None and not line.startswith("/")):
            raise UnparsableOutput(command, line, "it is no file's name")
        names.append(named[1].rstrip("*@=|"))
    if not body:
        raise UnparsableOutput(command, lines[-1], "it lists no file, and does not say that there is none")
    return FileNames(head[1] if head else "", tuple(names))


def _detailed(command: str, lines: list[str]) -> Directory:
    files: list[File] = []
    paths: list[str] = []
    total: int | None = None
    for line in lines:
        if entry := _ENTRY.fullmatch(line):
            name = re.split(r" +-> +", entry["name"])[0].rstrip("*@=|/")
            files.append(File(name, int(entry["size"]), is_directory=entry["kind"].lower() == "d"))
        elif _LIKE_AN_ENTRY.fullmatch(line):
            raise UnparsableOutput(command, line, "a row of its files cannot be read")
        elif counted := _FILES.fullmatch(line):
            total = int(counted[1])
        elif headed := _PATH.fullmatch(line):
            paths.append(headed[1])
        elif not _BLOCKS.fullmatch(line):
            passed_over(command, line)
    # The count stands at the end; what it counts of folders differs, so only too few rows are a fault.
    if total is None or len(files) < total or len(paths) > 1:
        raise UnparsableOutput(
            command, lines[-1], f"{len(files)} files read, of {total} that it counts, below {len(paths)} headings"
        )
    return Directory(paths[0] if paths else "", tuple(files), None, None)


def parse_file_checksum(text: str) -> HashResult:
    """Return the one hash of `file checksum md5 F` and its sisters.

    Raises CommandRefused for a file that is not there.
    """
    command = "file checksum"
    lines = [plain_words(line) for line in filled(cli_text(text), command, TERMINAL)]
    hashes = [found for line in lines if (found := _HASH.fullmatch(line))]
    if error := next((line for line in lines if _ERROR.fullmatch(line)), None):
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    if len(hashes) != 1:
        raise UnparsableOutput(command, lines[-1], "it gives no hash, or more than one")
    found = hashes[0]
    for line in lines:
        if line != found[0]:
            passed_over(command, line)
    algorithm = found[1].lower()
    if len(found[3]) != _LENGTHS[algorithm]:
        raise UnparsableOutput(command, found[0], "the hash does not have all its digits")
    return HashResult(found[2], algorithm, found[3].lower(), matches=None)


def parse_show_system_storage(text: str) -> tuple[NodeFileSystems, ...]:
    """Return the file systems of every node: `prefixes` is where one is mounted, `kind` its device.

    Sizes are as exact as they are printed (`6.3G`); only `detail` gives them to the block. Each row has to read.
    """
    lines = [line.strip() for line in filled(text, _STORAGE, TERMINAL)]
    return tuple(_storage(node, part) for node, part in parts_of(_STORAGE, lines, _LIKE_A_SYSTEM.fullmatch))


def _storage(node: str, lines: list[str]) -> NodeFileSystems:
    head = next((found for line in lines if (found := _HEAD.fullmatch(line))), None)
    systems: list[FileSystem] = []
    name = ""
    for line in lines:
        whole = f"{name} {line}" if name and _REST.fullmatch(line) else line
        name = line if " " not in line else ""
        row = _SYSTEM.fullmatch(whole)
        if head is not None and row:
            block = int(head[1]) * _UNITS[(head[2] or "B").upper()] if head[1] else None
            systems.append(FileSystem((row[5],), row[1], "", _bytes(row[2], block), _bytes(row[4], block)))
        elif _LIKE_A_SYSTEM.fullmatch(line) and not name:
            raise UnparsableOutput(_STORAGE, line, "a row of its file systems cannot be read")
        elif not (_HEAD.fullmatch(line) or name):
            passed_over(_STORAGE, line)
    if head is None or not systems:
        raise UnparsableOutput(_STORAGE, lines[0] if lines else node, "this is no table of file systems")
    return NodeFileSystems(node, tuple(systems))


def _bytes(text: str, block: int | None) -> int:
    """Read `6.3G`, or a number of blocks."""
    text = text.upper()
    digits = text.rstrip("BKMGTP")
    try:
        return int(float(digits) * (_UNITS[text[len(digits) :]] if digits != text else block or 1))
    except ValueError:
        raise UnparsableOutput(_STORAGE, text, "this is no size") from None
