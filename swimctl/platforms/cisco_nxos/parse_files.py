"""`dir`, `copy` and `show file`: the files on the device, how one got there, and its hash."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.facts import Directory, File, HashResult, SaveOutcome
from swimctl.facts_nxos import CopyOutcome
from swimctl.platforms.cisco_nxos.terminal import TERMINAL
from swimctl.platforms.text import filled

_FILE: Final = re.compile(r"(?P<size>\d+) +[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4} +(?P<name>\S.*)")
_USAGE: Final = re.compile(r"Usage for (\S+)(?: filesystem)?", re.IGNORECASE)
_BYTES: Final = re.compile(r"(\d+) bytes (used|free|total)")
_ERROR: Final = re.compile(
    r"(?:.*: )?No such file or directory.*|(?:%|ERROR:) ?.*|.*\bInvalid (?:path|filename).*", re.IGNORECASE
)

_DONE: Final = re.compile(r"Copy complete(?:\.|, now saving to disk \(please wait\)\.\.\.)*", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"(?:dcos_)?(?:ssh|scp|sftp|tftp|ftp): .*|Copying to/from this server name is not permitted.*"
    r"|.*Overwriting/deleting this image is not allowed.*|Destination file is a boot image.*|(?:File|Host) not found.*"
    r"|(?:[\w-]+: )?(?:No such file or directory|No space left on device|Permission denied).*|Not enough space.*"
    r"|(?:.*: )?(?:Connection (?:refused|closed|timed out|reset)|No route to host|Network is unreachable).*"
    r"|Host key verification failed.*|Login incorrect.*|lost connection|(?:ERROR:|% ?Error\b).*"
    r"|(?:Copy|Transfer|Compaction|TFTP (?:get|put) operation|Configuration update)\b.*(?:failed|aborted).*",
    re.IGNORECASE,
)
_BAR: Final = re.compile(r"^(?:\[[# ]*\] *[\d.]+(?:%|KB|MB) *)+")
_REMARK: Final = re.compile(r"Warning: .*", re.IGNORECASE)

_DIGEST: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{128}", re.IGNORECASE)


def parse_dir(text: str) -> Directory:
    """Read a directory; its three lines of bytes close it. The path is that of the file system, not of a folder in it.

    Raises CommandRefused for a directory that is not there.
    """
    command = "dir"
    files: list[File] = []
    path: str | None = None
    numbers: dict[str, int] = {}
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        entry, usage, size = _FILE.fullmatch(line), _USAGE.fullmatch(line), _BYTES.fullmatch(line)
        if entry and path is None:
            name = entry["name"]
            files.append(File(name.rstrip("/"), int(entry["size"]), is_directory=name.endswith("/")))
        elif usage and path is None:
            path = usage[1]
        elif size and path is not None and size[2] not in numbers:
            numbers[size[2]] = int(size[1])
        elif _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        else:
            raise UnparsableOutput(command, line)
    if path is None or set(numbers) != {"used", "free", "total"}:
        raise UnparsableOutput(command, lines[-1], "it ends before the lines of free and total bytes")
    return Directory(path, tuple(files), numbers["total"], numbers["free"])


def parse_copy(text: str) -> CopyOutcome:
    """Read how a copy ended: only `Copy complete` is a success, and an error line beside it takes it back."""
    command = "copy"
    # The bar of its progress may stand in the same line.
    lines = [_BAR.sub("", line.strip()) for line in filled(text, command, TERMINAL)]
    failed = [line for line in lines if not _REMARK.fullmatch(line) and _FAILED.fullmatch(line)]
    if failed:
        return CopyOutcome(succeeded=False, reason="; ".join(dict.fromkeys(failed)))
    if not any(map(_DONE.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it says neither 'Copy complete' nor what went wrong")
    return CopyOutcome(succeeded=True)


def parse_copy_configuration(text: str) -> SaveOutcome:
    """Read whether `copy running-config startup-config` saved it."""
    outcome = parse_copy(text)
    return SaveOutcome(saved=outcome.succeeded, reason=outcome.reason)


def parse_show_file_hash(text: str) -> HashResult:
    """Read what `show file … sha512sum` or `md5sum` prints: the hash alone, which tells the algorithm by its length.

    Raises CommandRefused for a file that is not there.
    """
    command = "show file"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if error := next((line for line in lines if _ERROR.fullmatch(line)), None):
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    if len(lines) != 1 or not _DIGEST.fullmatch(lines[0]):
        raise UnparsableOutput(command, lines[-1], "it is no MD5 and no SHA-512")
    return HashResult("", "md5" if len(lines[0]) == 32 else "sha512", lines[0].lower(), None)
