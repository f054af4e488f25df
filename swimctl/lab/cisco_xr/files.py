"""File commands of a lab router with IOS-XR: dir, show filesystem, show md5 file, delete."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from swimctl.lab.cisco_xr.forms import CONTEXT
from swimctl.lab.effects import Ask, Dialogue, Print
from swimctl.lab.fetching import CUT, FULL, fetched
from swimctl.lab.hashing import hashing
from swimctl.lab.plain_commands import Words
from swimctl.lab.servers import UNREACHABLE
from swimctl.lab.signing_in import REFUSED, at_port, by_password, with_account

if TYPE_CHECKING:
    from swimctl.lab.cisco_xr.device import Router
    from swimctl.lab.cisco_xr.session import CommandLine

_SYSTEMS = "File Systems:\n\n      Size(b)      Free(b)        Type  Flags  Prefixes\n"


def listing(session: CommandLine, words: Words) -> Dialogue:
    """Run `dir`."""
    router, path = session.router, words.get("path", "harddisk:")
    try:
        member, name = router.resolve(path)
    except ValueError:
        yield Print(f"%Error: dir: '{path}': No such device\n")
        return
    flash = router.flash(member)
    found = flash.get(name) if name else None
    if name and found is None:
        yield Print(f"%Error: dir: '{path}': No such file or directory\n")
        return
    context = CONTEXT.of(router.spec, router.active.version)
    shown = [found] if found and not found.directory else flash.listing(name)
    rows = "".join(
        f"{place:>5} {'drwxr-xr-x' if file.directory else '-rw-r--r--'}{context} 1 {file.size:>10} "
        f"{file.mtime:%b %e %H:%M} {file.name.rpartition('/')[2]}\n"
        for place, file in enumerate(shown, 11)
    )
    total, free = flash.capacity // 1024, max(0, flash.free) // 1024
    yield Print(
        f"\nDirectory of harddisk:{'/' if name else ''}{name}\n{rows}\n{total} kbytes total ({free} kbytes free)\n"
    )


def systems(router: Router, *, everywhere: bool) -> str:
    """Show filesystem, of the active processor or of every node."""
    text = ""
    for place, node in enumerate(router.nodes if everywhere else router.processors[:1]):
        if everywhere:
            text += f"\n node:  node{node.replace('/', '_')}\n{'-' * 66}\n"
        flash = router.flash(place + 1) if node in router.processors else None
        disk = f"{flash.capacity:>13} {max(0, flash.free):>12} {'harddisk':>11} {'rw':>6}  harddisk:\n" if flash else ""
        text += f"{_SYSTEMS}{480_907_264:>13} {478_617_600:>12} {'flash':>11} {'rw':>6}  /misc/config\n{disk}"
    return text


def md5(session: CommandLine, words: Words) -> Dialogue:
    """Run `show md5 file`."""
    router, path = session.router, words["path"]
    file = router.find(path)
    if file is None:
        yield Print(f"%Error: md5: '{path}': No such file or directory\n")
        return
    yield from hashing(router)
    yield Print(f"{file.digests['md5']}\n")


def fetch(session: CommandLine, words: Words) -> Dialogue:
    """Run `copy http://… harddisk:`; question and end as tests of pyntc have them, of an NCS 5011.

    By FTP it asks for the server and the account first: Cisco's forensic guide for IOS-XR.
    """
    router, source, target = session.router, words["source"], words["target"]
    try:
        member, name = router.resolve(target)
    except ValueError:
        yield Print(f"%Error: copy: '{target}': No such device\n")
        return
    asked = name or source.rpartition("/")[2]
    if source.startswith("ftp://"):
        yield Ask(f"Address or name of remote host [{urlsplit(source).hostname}]?")
        user = (yield Ask("Source username: [anonymous]?")).strip() or "anonymous"
        nobody = f"anonymous@{router.name}"
        password = (yield Ask(f"Source password: [{nobody}]?", secret=True)) or nobody
        source = with_account(source, user, password)
    answer = yield Ask(f"Destination filename [/harddisk:/{asked}]?")
    name = answer.strip().rpartition("/")[2] or asked
    shown = re.sub(r":[^:/@]*@", ":*@", source)
    yield Print(f"Accessing {shown}\n")
    ended = yield from fetched(router, source, f"harddisk:/{name}", "!", 50_000)
    file = router.flash(member).get(name)
    if not ended and file is not None:
        yield Print(f"\nSuccessfully copied {file.size} Bytes\n\n\nCopy operation success\n")
        return
    why = {UNREACHABLE: "Connection refused", CUT: "Connection reset by peer", FULL: "No space left on device"}
    yield Print(f"\n%Error opening {shown}: {why.get(ended, 'No such file or directory')}\n")


def by_ssh(program: str) -> Callable[[CommandLine, Words], Dialogue]:
    """Make `scp anna@192.0.2.7:/path harddisk:/` or `sftp …`.

    What it shows: a public guide to IOS-XR's iSCSI boot for `scp`, transcripts/cisco_xr/sftp_success_overwrite for
    `sftp`. What stands where that fails has no source.
    """

    def run(session: CommandLine, words: Words) -> Dialogue:
        router = session.router
        place, _, path = words["source"].partition(":")
        try:
            member, name = router.resolve(words["target"])
        except ValueError:
            yield Print(f"%Error: {program}: '{words['target']}': No such device\n")
            return
        name = name or path.rpartition("/")[2]
        yield Print(f"Connecting to {place.rpartition('@')[2]}...\n")
        url = at_port(router, f"{program}://{place}/{path.removeprefix('/')}")
        ended = yield from by_password(
            url, "Password: ", "\n", lambda signed: fetched(router, signed, f"harddisk:/{name}")
        )
        file = router.flash(member).get(name)
        if not ended and file is not None:
            yield Print(f"\n  Transferred {file.size} Bytes\n  {file.size} bytes copied in 10 sec (6401910)bytes/sec\n")
            return
        yield Print(f"\n{_SSH_ENDS.get(ended, f'{program}: {path}: No such file or directory')}\n")

    return run


_SSH_ENDS = {
    UNREACHABLE: "Connection refused",
    REFUSED: "Permission denied",
    CUT: "Connection closed by remote host",
    FULL: "%Error: No space left on device",
}


def delete(session: CommandLine, words: Words) -> Dialogue:
    """Run `delete`."""
    router, path = session.router, words["path"]
    if router.find(path) is None:
        yield Print(f"%Error: delete: '{path}': No such file or directory\n")
        return
    if "noprompt" not in words:
        answer = yield Ask(f"Delete {path}[confirm]")
        if answer.strip().lower() not in {"", "y", "yes"}:
            return
    member, name = router.resolve(path)
    router.flash(member).delete(name)
