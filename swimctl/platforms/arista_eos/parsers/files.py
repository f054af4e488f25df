"""`dir` and `verify`: the files on the device, and their hashes as it computes them."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import Directory, File, HashResult
from swimctl.platforms.text import filled, passed_over

_DIRECTORY: Final = re.compile(r"Directory +of +(\S.*)", re.IGNORECASE)
_FILE: Final = re.compile(
    r"(?P<kind>[-dlbcps])[-rwxsStT]{2,9}[.+@]? +(?P<size>\d+) +"
    r"(?:[A-Z][a-z]{2} +\d{1,2} +(?:\d{4}|\d\d:\d\d)|<no +date>) +(?P<name>\S.*)",
    re.IGNORECASE,
)
_TRAILER: Final = re.compile(r"(\d+) +bytes +total +\((\d+) +bytes +free\)(?: +on +\w+ *:)?", re.IGNORECASE)
_NO_SPACE: Final = re.compile(r"No +space +information +available *\.*", re.IGNORECASE)
_LIKE_A_FILE: Final = re.compile(r"(?:\d+ +)?(?!-+(?: |$))[-dlbcps][-rwx]{2,9}(?: .*)?", re.IGNORECASE)
_EMPTY: Final = re.compile(r"No +files +in +directory", re.IGNORECASE)
_ERROR: Final = re.compile(r"% ?Error[: ].*|.*: No such file or directory.*|.*\((?:No such file or directory)\).*")

_DIGEST: Final = re.compile(r"verify +/(\w+) +\((\S+)\) += +([0-9a-f]+)", re.IGNORECASE)
_LENGTHS: Final = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_REST_OF_DIGEST: Final = re.compile(r"[0-9a-f]{1,128}", re.IGNORECASE)
_OPEN_DIGEST: Final = re.compile(r"verify +/\w+ +\(\S+\) +=(?: *[0-9a-f]*)", re.IGNORECASE)


def parse_dir(text: str) -> Directory | tuple[Directory, ...]:
    """Read one directory; `dir all` gives those of all file systems.

    A listing ends with its bytes, or with the words that there are none to tell (`system:`): then `total` and `free`
    are None. Raises CommandRefused for a directory that is not there.
    """
    command = "dir"
    found: list[Directory] = []
    path: str | None = None
    files: list[File] = []
    empty = False
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        head, entry, trailer = _DIRECTORY.fullmatch(line), _FILE.fullmatch(line), _TRAILER.fullmatch(line)
        if not entry and _ERROR.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line}'")
        if head:
            # `dir /recursive` says nothing of a folder that has only folders (ntc-templates, arista_eos dir_recur_all;
            # no second source, and the driver never asks it).
            if path is not None and not (files or empty or head[1].startswith(f"{path.rstrip('/')}/")):
                raise UnparsableOutput(command, path, "it lists no file, and does not say that there is none")
            if path is not None:
                found.append(Directory(path, tuple(files), None, None))
            path, files, empty = head[1], [], False
        elif path is not None and entry:
            files.append(
                File(entry["name"].partition(" -> ")[0], int(entry["size"]), is_directory=entry["kind"].lower() == "d")
            )
        elif path is not None and _EMPTY.fullmatch(line):
            empty = True
        elif path is not None and (trailer or _NO_SPACE.fullmatch(line)):
            if not (files or empty):
                raise UnparsableOutput(command, path, "it lists no file, and does not say that there is none")
            total, free = (int(trailer[1]), int(trailer[2])) if trailer else (None, None)
            found.append(Directory(path, tuple(files), total, free))
            path = None
        elif _LIKE_A_FILE.fullmatch(line):
            raise UnparsableOutput(command, line, "a row of its files cannot be read")
        else:
            passed_over(command, line)
    if path is not None or not found:
        raise UnparsableOutput(command, path or "", "there is no 'Directory of', or no line of free bytes below it")
    return found[0] if len(found) == 1 else tuple(found)


def parse_verify(text: str) -> HashResult:
    """Read `verify /sha512 F` and its sisters. Raises CommandRefused for a file that is not there."""
    command = "verify"
    joined: list[str] = []
    for line in (line.strip() for line in filled(text, command, TERMINAL)):
        # The terminal may have broken a long hash.
        if joined and _REST_OF_DIGEST.fullmatch(line) and _OPEN_DIGEST.fullmatch(joined[-1]):
            joined[-1] = f"{joined[-1]}{'' if joined[-1][-1] != '=' else ' '}{line}"
        else:
            joined.append(line)
    if error := next((line for line in joined if _ERROR.fullmatch(line)), None):
        raise CommandRefused(f"'{command}': the device answered '{error}'")
    hashes = [match for line in joined if (match := _DIGEST.fullmatch(line))]
    if len(hashes) != 1:
        raise UnparsableOutput(command, joined[-1], "it gives no hash, or more than one")
    found = hashes[0]
    for line in joined:
        if line != found[0]:
            passed_over(command, line)
    if len(found[3]) != _LENGTHS.get(found[1].lower()):
        raise UnparsableOutput(command, found[0], "the hash does not have all its digits")
    return HashResult(found[2], found[1].lower(), found[3].lower(), matches=None)
