"""`dir`, `copy` and `show file`: the files on the device, how one got there, and its hash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_nxos.facts import CopyOutcome
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.facts import Directory, File, HashResult, SaveOutcome
from swimctl.platforms.text import filled, passed_over, plain_words

_FILE: Final = re.compile(r"(?P<size>\d+) +[A-Z][a-z]{2} +\d{1,2} +[\d:]+ +\d{4} +(?P<name>\S.*)", re.IGNORECASE)
_USAGE: Final = re.compile(r"Usage +for +(\S+)(?: .*)?", re.IGNORECASE)
_BYTES: Final = re.compile(r"(\d+) +bytes +(\w+)(?: .*)?", re.IGNORECASE)
_ERROR: Final = re.compile(
    r"(?:.*: )?No such file or directory.*|(?:%|ERROR:) ?.*|.*\bInvalid (?:path|filename).*", re.IGNORECASE
)

_DONE: Final = re.compile(r"Copy +complete *(?:\.|, now saving to disk \(please wait\)\.\.\.)*", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"(?:dcos_)?(?:copy|ssh|scp|sftp|tftp|ftp): .*|Copying to/from this server name is not permitted.*"
    r"|.*Overwriting/deleting this image is not allowed.*|Destination file is a boot image.*|(?:File|Host) not found.*"
    r"|(?:[\w-]+: )?(?:No such file or directory|No space left on device|Permission denied).*|Not enough space.*"
    r"|(?:.*: )?(?:Connection (?:refused|closed|timed out|reset)|No route to host|Network is unreachable).*"
    r"|Host key verification failed.*|Login incorrect.*|lost connection|(?:ERROR:|% ?Error\b).*"
    r"|(?:Copy|Transfer|Compaction|TFTP (?:get|put) operation|Configuration update)\b.*(?:failed|aborted).*",
    re.IGNORECASE,
)
_BAR: Final = re.compile(r"^(?:\[[# ]*\] *[\d.]+(?:%|KB|MB) *)+")
_REMARK: Final = re.compile(r"Warning: .*", re.IGNORECASE)

_DIGITS: Final = re.compile(r"[0-9a-f]{8,}", re.IGNORECASE)
_LENGTHS: Final = {32: "md5", 128: "sha512"}


def parse_dir(text: str) -> Directory:
    """Return the files of a directory, and its bytes; the path is that of the file system, not of a folder in it.

    Each row of files must read, and the free bytes have to be there. Raises CommandRefused for a directory that is not
    there.
    """
    command = "dir"
    files: list[File] = []
    path: str | None = None
    numbers: dict[str, int] = {}
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        entry, usage, size = _FILE.fullmatch(line), _USAGE.fullmatch(line), _BYTES.fullmatch(line)
        if size:
            numbers.setdefault(size[2].lower(), int(size[1]))
        elif entry:
            name = entry["name"]
            files.append(File(name.rstrip("/"), int(entry["size"]), is_directory=name.endswith("/")))
        elif usage and path is None:
            path = usage[1]
        elif _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        elif re.match(r"\d+ ", line):
            raise UnparsableOutput(command, line, "a row of its files cannot be read")
        else:
            passed_over(command, line)
    if path is None or "free" not in numbers:
        raise UnparsableOutput(command, lines[-1], "there is no 'Usage for', or no 'bytes free' below it")
    return Directory(path, tuple(files), numbers.get("total"), numbers["free"])


def parse_copy(text: str) -> CopyOutcome:
    """Read how a copy ended: only `Copy complete` is a success, and an error line beside it takes it back."""
    command = "copy"
    # The bar of its progress may stand in the same line.
    lines = [_BAR.sub("", plain_words(line)) for line in filled(text, command, TERMINAL)]
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
    """Return the hash of `show file … sha512sum` or `md5sum`, lines of its own; its length tells the algorithm.

    Raises CommandRefused for a file that is not there, and UnparsableOutput where no hash, or more than one, is there.
    Known of md5sum alone (Cisco's Fundamentals guide of the 9000; firmware_test.go of ironcore-dev): nobody publishes
    what sha512sum prints.
    """
    command = "show file"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if error := next((line for line in lines if _ERROR.fullmatch(line)), None):
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    rows = [line for line in lines if _DIGITS.fullmatch(line)]
    digest = _unbroken(rows)
    if len(digest) not in _LENGTHS or digest not in "".join(lines):
        raise UnparsableOutput(command, lines[-1], "it is no MD5 and no SHA-512")
    for line in lines:
        if line not in rows:
            passed_over(command, line)
    return HashResult("", _LENGTHS[len(digest)], digest.lower(), None)


def _unbroken(rows: Sequence[str]) -> str:
    """Return the hash that a terminal broke into rows, empty where the rows are no one hash.

    No row but the last is shorter than 65 digits, so that two shorter hashes are never read as one.
    """
    width = max(map(len, rows), default=0)
    whole = len(rows) == 1 or (width > 64 and {len(row) for row in rows[:-1]} == {width})
    return "".join(rows) if whole else ""
