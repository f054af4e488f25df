"""`copy` from one flash of a lab switch to another, or to another name."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from swimctl.lab.effects import Ask, Dialogue, Effect, Pause, Print
from swimctl.lab.flash import NoSpace

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.session import CommandLine


def copy(session: CommandLine, words: Mapping[str, str]) -> Dialogue:
    """Run `copy` between local file systems; there is no network behind a lab switch."""
    switch, source, target = session.switch, words["source"], words["target"]
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


def overwrites() -> Generator[Effect, str, bool]:
    """Ask whether a file may go under its own name, where the user wants to be asked."""
    answer = yield Ask(
        "%Warning:There is a file already existing with this name\nDo you want to over write? [confirm]",
        one_key=True,
        about_file=True,
    )
    return answer.lower() in {"", "y"}
