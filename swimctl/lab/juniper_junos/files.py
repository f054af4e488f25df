"""File commands of a lab Juniper: list, checksum, delete, show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.fetching import CUT, FULL, fetched
from swimctl.lab.hashing import hashing
from swimctl.lab.juniper_junos.device import FOLDER
from swimctl.lab.plain_commands import Words
from swimctl.lab.servers import UNREACHABLE
from swimctl.lab.signing_in import by_openssh

if TYPE_CHECKING:
    from swimctl.lab.flash import LabFile
    from swimctl.lab.juniper_junos.session import CommandLine

HASH_SECONDS = 20.0
_SPELLED = {"md5": "MD5", "sha1": "SHA1", "sha-256": "SHA256"}


def file_list(session: CommandLine, words: Words) -> Dialogue:
    """Run `file list`."""
    path = words.get("path", "/var/tmp").rstrip("/") or "/"  # noqa: S108 - the device's
    switch, detail = session.switch, "detail" in words
    try:
        member, name = switch.resolve(path)
    except ValueError:
        yield Print(f"{path}: No such file or directory\n")
        return
    found = switch.flash(member).get(name) if name else None
    if name and found is None:
        yield Print(f"{path}: No such file or directory\n")
        return
    listed = [found] if found else sorted(switch.flash(member).listing(), key=lambda file: file.name)
    if not detail:
        yield Print(f"{path}\n" if found else f"{path}:\n" + "".join(f"{file.name}\n" for file in listed))
        return
    head = "" if found else f"{path}:\ntotal blocks: {sum(file.size for file in listed) // 512}\n"
    yield Print(head + "".join(_row(file) for file in listed) + f"total files: {len(listed)}\n")


def _row(file: LabFile) -> str:
    return f"-rw-r--r--  1 admin  wheel  {file.size:>9} {file.mtime:%b %e %H:%M} {file.name}\n"


def checksum(algorithm: str) -> Callable[[CommandLine, Words], Dialogue]:
    """Make `file checksum md5` and its sisters."""

    def run(session: CommandLine, words: Words) -> Dialogue:
        switch, path = session.switch, words["path"]
        file = switch.find(path)
        if file is None:
            yield Print(f"{algorithm}: {path}: No such file or directory\n")
            return
        yield from hashing(switch, seconds=HASH_SECONDS)
        digest = file.digests["md5"] if algorithm == "md5" else _digest(file, algorithm)
        yield Print(f"{_SPELLED[algorithm]} ({path}) = {digest}\n")

    return run


def _digest(file: LabFile, algorithm: str) -> str:
    summed = hashlib.new(algorithm.replace("-", ""))
    for block in file.blocks():
        summed.update(block)
    return summed.hexdigest()


def delete(session: CommandLine, words: Words) -> Dialogue:
    """Run `file delete`, which says nothing where it works."""
    path, switch = words["path"], session.switch
    file = switch.find(path)
    if file is None:
        yield Print(f"rm: {path}: No such file or directory\n")
        return
    member, name = switch.resolve(path)
    switch.flash(member).delete(name)


def fetch(session: CommandLine, words: Words) -> Dialogue:
    """Run `file copy` from a server.

    What it shows at a good end stands in public notes, at a bad one in the manual of FreeBSD's fetch. By SCP it is
    OpenSSH's program.
    """
    switch, source, target = session.switch, words["source"], words["target"]
    try:
        member, name = switch.resolve(target)
    except ValueError:
        yield Print(f"error: could not open destination: {target}\n")
        return
    name = name or source.rpartition("/")[2]
    if source.startswith("scp://"):
        ended = yield from by_openssh(switch, source, lambda url: fetched(switch, url, f"{FOLDER}{name}"))
        yield Print(f"{name:<45} 100%  318MB  42.1MB/s   00:07\n" if not ended else _scp_failed(ended, source))
        return
    ended = yield from fetched(switch, source, f"{FOLDER}{name}")
    file = switch.flash(member).get(name)
    if not ended and file is not None:
        yield Print(f"{FOLDER}/...transferring.file.........qYZabR/{name}100% of {file.size // 1024} kB 2482 kBps\n")
        return
    why = {UNREACHABLE: "Connection refused", CUT: "transfer truncated", FULL: "No space left on device"}
    yield Print(f"fetch: {source}: {why.get(ended, 'Not Found')}\nerror: file-fetch failed\n")
    yield Print("error: could not fetch local copy of file\n")


def _scp_failed(ended: str, source: str) -> str:
    why = {"404": "No such file or directory", CUT: "lost connection", FULL: "No space left on device"}.get(ended)
    said = f"scp: /{source.split('/', 3)[3]}: {why}\n" if why else ""
    return f"{said}error: file-fetch failed\nerror: could not fetch local copy of file\n"


def cleanup(session: CommandLine, _words: Words) -> Dialogue:
    """Run `request system storage cleanup dry-run`: what it would delete."""
    rows = "".join(
        f"{file.size / 1024:>8.1f}K  {file.mtime:%b %e %H:%M}  /var/tmp/{file.name}\n"
        for file in session.switch.flash(0).listing()
    )
    yield Print(f"List of files to delete:\n\n         Size Date         Name\n{rows}")
