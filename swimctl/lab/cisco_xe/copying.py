"""`copy` onto a flash of a lab switch: from another one, under another name, or from a server."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from swimctl.lab.effects import Ask, Dialogue, Effect, Pause, Print
from swimctl.lab.fetching import CUT, FULL, fetched, without_account
from swimctl.lab.flash import NoSpace
from swimctl.lab.signing_in import REFUSED, at_port, by_password, user_of

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.session import CommandLine


_BY_SSH: Final = ("scp://", "sftp://")
_SERVERS: Final = ("http://", "https://", "ftp://", *_BY_SSH)
_WHY: Final = {"404": "No such file or directory", REFUSED: "Permission denied"}


def copy(session: CommandLine, words: Mapping[str, str]) -> Dialogue:
    """Run `copy` between local file systems, or from a server; of the network it knows these alone."""
    switch, source, target = session.switch, words["source"], words["target"]
    if source.startswith(_SERVERS):
        yield from _fetch(session, source, target)
        return
    try:
        member, name = switch.resolve(source)
    except ValueError:
        yield Print(
            f"%Error opening {source} (Timed out)\n"
            if "//" in source
            else f"%Error opening {source} (No such device)\n"
        )
        return
    file = switch.flash(member).get(name)
    try:
        to, wanted = switch.resolve(target)
    except ValueError:
        yield Print(f"%Error opening {target} (No such device)\n")
        return
    base = name.rpartition("/")[2]
    destination = yield Ask(f"Destination filename [{wanted or base}]? ", about_file=True)
    wanted = destination.strip() or wanted or base
    if file is None or file.directory:
        yield Print(f"%Error opening {source} (No such file or directory)\n")
        return
    if switch.flash(to).get(wanted) is not None and not (yield from overwrites()):
        return
    seconds = max(0.1, file.size / switch.transfer)
    yield Print("Copy in progress..." + "C" * 20)
    yield Pause(seconds)
    try:
        switch.flash(to).add(file.renamed(wanted, switch.clock.wall()))
    except NoSpace:
        yield Print(f"\n%Error copying {source} (Not enough space on device)\n")
        return
    yield Print(f"\n{file.size} bytes copied in {seconds:.3f} secs ({int(file.size / seconds)} bytes/sec)\n")


def _fetch(session: CommandLine, source: str, target: str) -> Dialogue:
    """Copy from a server. Questions and marks: transcripts/cisco_xe/copy_http_success.

    By SCP it asks for the account, too, and it shows what the server sends: csmpe, of an ASR 903, and a test of
    genielibs, of a C9300.

    `Accessing` and `(I/O error)` of a server that does not answer: a transcript of R4 in public notes on OSPFv3. Of a
    server's refusal and of a copy that is cut no output was found: these words are those of other protocols.
    """
    switch = session.switch
    try:
        to, wanted = switch.resolve(target)
    except ValueError:
        yield Print(f"%Error opening {target} (No such device)\n")
        return
    host, base, shown = urlsplit(source).hostname, source.rpartition("/")[2], without_account(source)
    by_ssh = source.startswith(_BY_SSH)
    yield Ask(f"Address or name of remote host [{host}]? ", about_file=True)
    if by_ssh:
        yield Ask(f"Source username [{user_of(source)}]? ", about_file=True)
        yield Ask(f"Source filename [{urlsplit(source).path}]? ", about_file=True)
    destination = yield Ask(f"Destination filename [{wanted or base}]? ", about_file=True)
    wanted = destination.strip() or wanted or base
    if switch.flash(to).get(wanted) is not None and not (yield from overwrites()):
        return
    began = switch.clock.now()
    place = f"{target.partition(':')[0]}:{wanted}"
    if by_ssh:
        ended = yield from by_password(
            at_port(switch, source), "Password: ", "\n", lambda url: fetched(switch, url, place, "!", 250_000)
        )
    else:
        yield Print(f"Accessing {shown}...\n")
        ended = yield from fetched(switch, source, place, "!", 250_000)
    if not ended:
        file = switch.flash(to).get(wanted)
        if by_ssh:
            yield Print(f"\n Sending file modes: C0644 {file.size if file else 0} {base}")
        size, seconds = file.size if file else 0, max(0.1, switch.clock.now() - began)
        yield Print(f"\n{size} bytes copied in {seconds:.3f} secs ({int(size / seconds)} bytes/sec)\n")
    elif ended == FULL:
        yield Print(f"\n%Error copying {shown} (Not enough space on device)\n")
    elif ended == CUT:
        yield Print(f"\n%Error reading {shown} (I/O error)\n")
    else:
        why = _WHY if by_ssh else {"404": _WHY["404"]}
        yield Print(f"%Error opening {shown} ({why.get(ended, 'I/O error')})\n")


def overwrites() -> Generator[Effect, str, bool]:
    """Ask whether a file may go under its own name, where the user wants to be asked."""
    answer = yield Ask(
        "%Warning:There is a file already existing with this name\nDo you want to over write? [confirm]",
        one_key=True,
        about_file=True,
    )
    return answer.lower() in {"", "y"}
