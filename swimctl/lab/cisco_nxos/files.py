"""File commands of a lab Nexus: dir, delete, and the hash of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from swimctl.lab.cisco_nxos.forms import DIR
from swimctl.lab.effects import Ask, Dialogue, Pause, Print
from swimctl.lab.fetching import CUT, FULL, fetched
from swimctl.lab.hashing import hashing
from swimctl.lab.plain_commands import Words
from swimctl.lab.servers import UNREACHABLE
from swimctl.lab.signing_in import REFUSED, Ended, by_openssh, user_of, with_account

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.session import CommandLine

MISSING = "No such file or directory\n"
MANAGEMENT = "management"
"""The VRF in which the lab's network is."""
_TABLE = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
)
_CURL = {
    UNREACHABLE: "curl: (7) couldn't connect to host",
    CUT: "curl: (18) transfer closed with outstanding read data remaining",
    FULL: "curl: (23) Failed writing body",
}


def directory(session: CommandLine, words: Words) -> Dialogue:
    """Run `dir`."""
    switch = session.switch
    try:
        member, name = switch.resolve(words.get("path", "bootflash:"))
    except ValueError:
        yield Print(MISSING)
        return
    flash = switch.flash(member)
    found = flash.get(name) if name else None
    if name and found is None:
        yield Print(MISSING)
        return
    listed = [found] if found and not found.directory else flash.listing(name)
    text = "".join(
        f"{4096 if each.directory else each.size:>11}    {each.mtime:%b %d %H:%M:%S %Y}  "
        f"{each.name.rpartition('/')[2]}{'/' if each.directory else ''}\n"
        for each in listed
    )
    place = ("sup-local" if member == 1 else "sup-standby") if DIR.of(switch.spec, switch.release) else ""
    used = flash.capacity - flash.free
    yield Print(
        f"{text}\nUsage for bootflash://{place}\n{used:>11} bytes used\n{flash.free:>11} bytes free\n"
        f"{flash.capacity:>11} bytes total\n"
    )


def delete(session: CommandLine, words: Words) -> Dialogue:
    """Run `delete`; the image that runs stays."""
    switch, path = session.switch, words["path"]
    file = switch.find(path)
    if file is None or file.directory:
        yield Print(MISSING)
        return
    if "no-prompt" not in words:
        answer = yield Ask(f'Do you want to delete "/{file.name}" ? (yes/no/abort)   [y] ')
        if answer.strip().lower()[:1] not in {"", "y"}:
            return
    if file.name == switch.file:
        yield Print(
            f"Switch is booted with '{file.name}'. Overwriting/deleting this image is not allowed\n"
            "deletion of a boot image failed\n"
        )
        return
    member, name = switch.resolve(path)
    switch.flash(member).delete(name)


def fetch(session: CommandLine, words: Words) -> Dialogue:
    """Run `copy …://… bootflash:`: by curl, ftp, or OpenSSH, and in a VRF, which it asks for where none is named.

    Its last two lines: a guide of Apstra, which upgrades so by HTTP.
    """
    switch, source, target = session.switch, words["source"], words["target"]
    vrf = words.get("vrf")
    if vrf is None:
        answer = yield Ask("Enter vrf (If no input, current vrf 'default' is considered): ")
        vrf = answer.strip() or "default"
    try:
        member, name = switch.resolve(target)
    except ValueError:
        yield Print(MISSING)
        return
    name = name or source.rpartition("/")[2]
    if switch.flash(member).get(name) is not None:
        answer = yield Ask(
            "Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n] "
        )
        if not answer.strip().lower().startswith("y"):
            return
    path = f"bootflash:{name}"

    def fetching(url: str) -> Ended:
        return (yield from fetched(switch, url, path))

    if vrf != MANAGEMENT:
        yield Print(f"{_NO_WAY.get(source.partition(':')[0], _CURL[UNREACHABLE])}\n")
        return
    client = {"ftp": _ftp, "scp": _openssh, "sftp": _openssh}.get(source.partition(":")[0], _curl)
    if not (yield from client(session, source, path, fetching)):
        yield Print("Copy complete, now saving to disk (please wait)...\n")
        yield Pause(5)
        yield Print("Copy complete.\n")


Client = Callable[["CommandLine", str, str, Callable[[str], Ended]], Ended]
_NO_WAY: Final = {
    "ftp": "ftp: connect: No route to host\n***** Transfer of file aborted, server not connected *****",
    "scp": "ssh: connect to host: No route to host",
    "sftp": "ssh: connect to host: No route to host",
}


def _curl(session: CommandLine, source: str, path: str, fetching: Callable[[str], Ended]) -> Ended:
    """Fetch by HTTP. The table: a guide of Apstra; what stands where that fails has no source but curl's own words."""
    yield Print(_TABLE)
    ended = yield from fetching(source)
    if ended:
        yield Print(_CURL.get(ended, f"curl: (22) The requested URL returned error: {ended}") + "\n")
    else:
        file = session.switch.find(path)
        size = file.size if file else 0
        yield Print(f"100 {size:>5}  100 {size:>5}    0     0  5176k      0\n")
    return ended


def _ftp(_session: CommandLine, source: str, _path: str, fetching: Callable[[str], Ended]) -> Ended:
    """Fetch by FTP, with an account that it asks for.

    `Enter username`, `Password` and the ends: genielibs, filetransferutils/tests/nxos; a refusal: Cisco's own module
    `cisco.transfer` on the Nexus.
    """
    user = user_of(source) or (yield Ask("Enter username: "))
    password = yield Ask("Password: ", secret=True)
    ended = yield from fetching(with_account(source, user, password))
    if not ended:
        yield Print("***** Transfer of file Completed Successfully *****\n")
    elif ended in {"404", REFUSED}:
        yield Print("***** Transfer of file aborted, file not found or Login failed *****\nError during copy\n")
    else:
        yield Print("***** Transfer of file aborted, server not connected *****\nError during copy\n")
    return ended


def _openssh(session: CommandLine, source: str, path: str, fetching: Callable[[str], Ended]) -> Ended:
    """Fetch by SCP or SFTP. The bar: transcripts/cisco_nxos/copy_scp_success; no such file: `cisco.transfer`."""
    ended = yield from by_openssh(session.switch, source, fetching)
    name, remote = path.partition(":")[2], urlsplit(source).path
    if not ended:
        yield Print(f"{name:<60} 100%   14KB 355.1KB/s   00:00\n")
    elif ended in _SAYS:
        yield Print(_SAYS[ended][source.startswith("sftp")].format(remote=remote))
    return ended


_SAYS: Final = {
    "404": ("scp: {remote}: No such file or directory\n", "Couldn't stat remote file: No such file or directory\n"),
    CUT: ("lost connection\n", "Connection closed\n"),
    FULL: ("{remote}: No space left on device\n", "{remote}: No space left on device\n"),
}
"""What OpenSSH's programs say: scp, and sftp."""


def hash_of(algorithm: str) -> Callable[[CommandLine, Words], Dialogue]:
    """Make `show file … md5sum` or `sha512sum`."""

    def run(session: CommandLine, words: Words) -> Dialogue:
        switch = session.switch
        file = switch.find(words["path"])
        if file is None or file.directory:
            yield Print(MISSING)
            return
        yield from hashing(switch, pieces=2)
        yield Print(f"{file.digests[algorithm]}\n")

    return run
