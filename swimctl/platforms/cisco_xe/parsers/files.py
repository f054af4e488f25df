"""`dir`, `show file systems`, and `verify` in all its forms."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import Directory, File, FileSystem, HashResult
from swimctl.platforms.text import filled, passed_over, plain_words

_DIRECTORY: Final = re.compile(r"Directory +of +(\S.*)", re.IGNORECASE)
_DATE: Final = r"(?:<no +date>|[A-Z][a-z]{2} +\d{1,2} +\d{4} +\d\d:\d\d:\d\d(?: +[+-]\d\d:\d\d)?)"
# The boot loader prints no date: more/cisco_xe/dir/b_m05_iosxe_cat3k.
_FILE: Final = re.compile(
    r"(?:\d+ +)?(?P<kind>[-dl])[-rwxst ]{3,8} +(?P<size>\d+) +"
    rf"(?:{_DATE} +(?P<name>(?![+-][\d:]*$)\S.*)|(?P<bare>\S+))",
    re.IGNORECASE,
)
# Layout of the recovery drive (C9200): `-rwxrwxrwx   490586943   cat9k_lite_iosxe.17.09.01.SPA.bin`.
_ATTRIBUTES: Final = re.compile(r"Attributes +Size +Name\b.*", re.IGNORECASE)
_FILE_WITH_ATTRIBUTES: Final = re.compile(
    r"(?P<kind>[-dl])[-rwxst]{9} +(?P<size>\d+) +(?P<name>\S.*)(?P<bare>)", re.IGNORECASE
)
_LIKE_A_FILE: Final = re.compile(r"\d+ +[-dl][-rwxst]{2,}.*|[-dl]r[-wxst]{1,8} .*", re.IGNORECASE)
_TRAILER: Final = re.compile(r"(\d+) +bytes +total +\((\d+) +bytes +free(?:/\d+% +free)?\)", re.IGNORECASE)
_BOOT_LOADERS_TRAILER: Final = re.compile(r"(\d+) +bytes +available +\((\d+) +bytes +used\)", re.IGNORECASE)
# `No such file` stands alone where a pattern finds none: more/cisco_xe/dir/b_m04_iosxe.
_EMPTY: Final = re.compile(r"No +(?:files|such +files) +in +directory|No +such +files?", re.IGNORECASE)
_ERROR: Final = re.compile(r"%\s?Error[: ].*", re.IGNORECASE)
_ASIDE: Final = re.compile(r"[- ]+|No space information available", re.IGNORECASE)

_SYSTEMS: Final = re.compile(r"Size\(b\) Free\(b\) Type Flags Prefixes\b.*", re.IGNORECASE)
_SYSTEM: Final = re.compile(r"(\*)? ?(\d+|-) (\d+|-) (\S+) (rw|ro|wo|-) (\S+:#?(?: \S+:#?)*)", re.IGNORECASE)
_LIKE_A_SYSTEM: Final = re.compile(r"\*? ?(?:\d+|-) (?:\d|-).*|.* (?:rw|ro|wo) \S+:.*", re.IGNORECASE)
_SYSTEMS_HEAD: Final = re.compile(r"File Systems:", re.IGNORECASE)

_ALGORITHMS: Final = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_DIGEST: Final = re.compile(r"verif(?:y|ied) */(\S+) *\((.+?)\) *= *([0-9a-f]*)", re.IGNORECASE)
_VERIFIED: Final = re.compile(r"verified(?: */(\S+))? *\((.+?)\) *= *([0-9a-f]*)", re.IGNORECASE)
_NOT_VERIFIED: Final = re.compile(r"%\s?Error +verifying +(\S+)(?: *(\(.*\)))?", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"(Computed|Submitted) +signature *= *([0-9a-f]*)", re.IGNORECASE)
_SIGNED: Final = re.compile(
    r"Digital +signature +successfully +verified +in +file +(\S+)|Embedded +hash +verification +successful"
    r"|Signature +Verified",
    re.IGNORECASE,
)
_EMBEDDED: Final = re.compile(r"(Embedded|Computed) +Hash +(SHA1|MD5) *: *([0-9A-F]+)", re.IGNORECASE)
_REST_OF_DIGEST: Final = re.compile(r"[0-9a-fA-F]{8,}")


def parse_dir(text: str) -> Directory:
    """Read `dir` of one directory: needed are its heading, and each row. `path` is empty where the device names none.

    `total` and `free` are None where no trailer was printed: then the listing may also have been cut off, and a
    file that is not in it may still be there. Raises CommandRefused for `%Error opening …`.
    """
    command = "dir"
    path: str | None = None
    files: list[File] = []
    trailer: tuple[int, int] | None = None
    empty = False
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        entry = _FILE.fullmatch(line) or _FILE_WITH_ATTRIBUTES.fullmatch(line)
        if _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        if (head := _DIRECTORY.fullmatch(line)) or _ATTRIBUTES.fullmatch(line):
            if files or trailer is not None:
                raise UnparsableOutput(command, line, "it lists more than one directory")
            path = plain_words(head[1]) if head else path or ""
        elif entry and path is not None and trailer is None:
            name = (entry["name"] or entry["bare"]).strip()
            files.append(File(name, int(entry["size"]), is_directory=entry["kind"].lower() == "d"))
        elif entry or _LIKE_A_FILE.fullmatch(line):
            raise UnparsableOutput(command, line)
        elif path is not None and (told := _room(line)):
            trailer = told
        elif _EMPTY.fullmatch(line):
            empty = True
        elif not _ASIDE.fullmatch(line):
            passed_over(command, line)
    if path is None or not (files or empty):
        raise UnparsableOutput(command, path or "", "it lists no file without saying so")
    return Directory(path, tuple(files), *(trailer or (None, None)))


def _room(line: str) -> tuple[int, int] | None:
    """Return the bytes in all, and those that are free, where a line tells them."""
    if found := _TRAILER.fullmatch(line):
        return int(found[1]), int(found[2])
    if found := _BOOT_LOADERS_TRAILER.fullmatch(line):
        return int(found[1]) + int(found[2]), int(found[1])
    return None


def parse_show_file_systems(text: str) -> tuple[FileSystem, ...]:
    """Read the rows, each of which is needed; a file system may go by several prefixes (`flash: bootflash: flash-1:`).

    The template of ntc-templates passes over the default file system (`*`) and over rows with several prefixes.
    """
    command = "show file systems"
    systems: list[FileSystem] = []
    header = False
    for line in (plain_words(line) for line in filled(text, command, TERMINAL)):
        row = _SYSTEM.fullmatch(line)
        if _SYSTEMS.fullmatch(line):
            header = True
        elif row and header:
            size, free = (int(number) if number != "-" else None for number in (row[2], row[3]))
            systems.append(
                FileSystem(tuple(row[6].replace("#", "").split()), row[4], row[5], size, free, default=bool(row[1]))
            )
        elif header and _LIKE_A_SYSTEM.fullmatch(line):
            raise UnparsableOutput(command, line)
        elif not _SYSTEMS_HEAD.fullmatch(line):
            passed_over(command, line)
    if not systems:
        raise UnparsableOutput(command, "", "there are no rows")
    return tuple(systems)


def parse_verify(text: str) -> HashResult:
    """Read `verify /md5 F`, `/sha512 F`, the same with the hash to compare, and plain `verify F` (the signature).

    Raises CommandRefused for a missing file (`%Error verifying flash:F (No such file …)`, without signatures), and
    UnparsableOutput where a hash has not all its digits or where only the dots of the progress were printed.
    """
    command = "verify"
    lines = _joined(filled(text, command, TERMINAL))
    results = {result for line in lines if (result := _one_result(command, line)) is not None}
    if len(results) > 1:
        raise UnparsableOutput(command, lines[-1], "it holds more than one result")
    if results:
        return results.pop()
    refusal = next((found for line in lines if (found := _NOT_VERIFIED.search(line))), None)
    if refusal:
        return _mismatch(command, refusal, lines)
    error = next((line.strip() for line in lines if _ERROR.match(line.strip())), None)
    if error:
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    return _signature(command, lines)


def _joined(lines: list[str]) -> list[str]:
    """Join a hash that the terminal broke into several lines."""
    joined: list[str] = []
    for line in lines:
        if joined and _REST_OF_DIGEST.fullmatch(line.strip()) and re.search(r"= *[0-9a-fA-F]*$", joined[-1]):
            joined[-1] += line.strip()
        else:
            joined.append(line)
    return joined


def _one_result(command: str, line: str) -> HashResult | None:
    found = _VERIFIED.search(line)
    if found:
        digest = _whole(command, line, found[3], found[1])
        return HashResult(found[2], _ALGORITHMS[len(digest)], digest, matches=True)
    found = _DIGEST.search(line)
    if found:
        digest = _whole(command, line, found[3], found[1])
        return HashResult(found[2], _ALGORITHMS[len(digest)], digest, matches=None)
    return None


def _whole(command: str, line: str, digest: str, named: str | None = None) -> str:
    algorithm = _ALGORITHMS.get(len(digest))
    if algorithm is None or (named is not None and named.lower().replace("-", "") != algorithm):
        raise UnparsableOutput(command, line, "the hash does not have all its digits")
    return digest.lower()


def _mismatch(command: str, refusal: re.Match[str], lines: list[str]) -> HashResult:
    signatures = {found[1].lower(): found[2] for line in lines if (found := _SIGNATURE.search(line))}
    if not signatures:
        raise CommandRefused(f"'{command}': the device answered '{refusal[0].strip()}'")
    if set(signatures) != {"computed", "submitted"}:
        raise UnparsableOutput(command, lines[-1], "it gives only one of the two signatures")
    digest = _whole(command, refusal[0], signatures["computed"])
    return HashResult(refusal[1], _ALGORITHMS[len(digest)], digest, matches=False)


def _signature(command: str, lines: list[str]) -> HashResult:
    hashes = {
        found[1].title(): (found[2].lower(), found[3].lower()) for line in lines if (found := _EMBEDDED.search(line))
    }
    signed = [found for line in lines if (found := _SIGNED.search(line))]
    if not signed:
        raise UnparsableOutput(command, lines[-1][-120:], "it gives no result")
    path = next((found[1] for found in signed if found[1]), "").rstrip(".")
    algorithm, digest = hashes.get("Computed", (None, None))
    if "Embedded" in hashes and "Computed" in hashes:
        return HashResult(path, algorithm, digest, matches=hashes["Embedded"] == hashes["Computed"])
    return HashResult(path, algorithm, digest, matches=True)
