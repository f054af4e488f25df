"""File commands of a lab Arista: dir, delete, verify."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from swimctl.lab.arista_eos.forms import DIR
from swimctl.lab.effects import Dialogue, Print
from swimctl.lab.fetching import CUT, FULL, fetched
from swimctl.lab.flash import LabFile
from swimctl.lab.hashing import hashing
from swimctl.lab.plain_commands import Words
from swimctl.lab.servers import UNREACHABLE
from swimctl.lab.signing_in import REFUSED, at_port, by_password

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista
    from swimctl.lab.arista_eos.session import CommandLine


_WHY = {
    UNREACHABLE: "Connection refused",
    CUT: "transfer closed with outstanding read data remaining",
    FULL: "No space left on device",
}
_STATUS = "The requested URL returned error: {}"
_BY_SSH = {"404": "No such file or directory", REFUSED: "Permission denied", CUT: "lost connection"}


def directory(session: CommandLine, words: Words) -> Dialogue:
    """Run `dir`."""
    switch, path = session.switch, words.get("path", "flash:")
    found = switch.find(path)
    try:
        _, name = switch.resolve(path)
    except ValueError:
        yield Print(f"% Error listing directory {path} (No such file or directory)\n")
        return
    if name and found is None:
        yield Print(f"% Error listing directory flash:/{name} (No such file or directory)\n")
        return
    flash = switch.flash(1)
    listed = flash.listing(name) if found is None or found.directory else [found]
    rows = "".join(_row(switch, each) for each in sorted(listed, key=lambda each: each.name))
    inside = f"Directory of flash:/{name}\n\n{rows or f'No files in directory{chr(10)}'}"
    yield Print(
        f"{inside}\n{flash.capacity} bytes total ({flash.free} bytes free){DIR.of(switch.spec, switch.release)}\n"
    )


def _row(switch: Arista, file: LabFile) -> str:
    recent = (switch.clock.wall() - file.mtime).days < 180
    date = f"{file.mtime:%b %e %H:%M}" if recent else f"{file.mtime:%b %e  %Y}"
    flags, size = ("drwx", 4096) if file.directory else ("-rwx", file.size)
    return f"       {flags} {size:>11} {date:>23}  {file.name.rpartition('/')[2]}\n"


def delete(session: CommandLine, words: Words) -> Dialogue:
    """Run `delete`, which asks nothing."""
    switch, path = session.switch, words["path"]
    file = switch.find(path)
    if file is None or file.directory:
        yield Print(f"% Error deleting {path} ({'Is a directory' if file else 'No such file or directory'})\n")
    else:
        switch.flash(1).delete(file.name)


def fetch(session: CommandLine, words: Words) -> Dialogue:
    """Run `copy …://… flash:`. Its good end: more/arista_eos/copy/b_01_http; a bad one: a test of a public tool.

    By SCP it asks for the password, and shows a bar: the README files of two public extensions of EOS.
    """
    switch, source, target = session.switch, words["source"], words["target"]
    try:
        _, name = switch.resolve(target)
    except ValueError:
        yield Print(f"% Error copying {source} to {target} (No such file or directory)\n")
        return
    name = name or source.rpartition("/")[2]
    by_ssh = source.startswith(("scp://", "sftp://"))
    if by_ssh:
        ended = yield from by_password(
            at_port(switch, source), "Password: ", "", lambda url: fetched(switch, url, f"flash:{name}")
        )
    else:
        ended = yield from fetched(switch, source, f"flash:{name}")
    if not ended:
        if by_ssh:
            yield Print(f"{name:<38} 100%   17KB  17.0KB/s   00:00    \n")
        yield Print("Copy completed successfully.\n")
        return
    why = {**_WHY, **_BY_SSH}.get(ended, "") if by_ssh else _WHY.get(ended, _STATUS.format(ended))
    yield Print(f"% Error copying {source} to {target} ({why})\n")


def verify(algorithm: str) -> Callable[[CommandLine, Words], Dialogue]:
    """Make `verify /md5` or `verify /sha512`."""

    def run(session: CommandLine, words: Words) -> Dialogue:
        switch, path = session.switch, words["path"]
        file = switch.find(path)
        if file is None or file.directory:
            yield Print(f"% Error verifying {path} (No such file or directory)\n")
            return
        yield from hashing(switch, pieces=2)
        yield Print(f"verify /{algorithm} ({path}) = {file.digests[algorithm]}\n")

    return run
