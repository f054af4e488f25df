"""File commands of a lab switch: dir, delete, verify, more, and the Tcl shell that writes small files."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from swimctl.lab.effects import Ask, Dialogue, Effect, Pause, Print
from swimctl.lab.flash import LabFile, NoSpace

if TYPE_CHECKING:
    from swimctl.lab.session import Session
    from swimctl.lab.switch import Switch

Words = Mapping[str, str]
HASH_SECONDS = 30.0
"""Lab seconds that hashing an image takes: it is as long for the lab's few megabytes as for a real one's gigabyte."""


def _system(member: int) -> str:
    return "flash" if member == 1 else f"flash-{member}"


def file_systems(switch: Switch) -> str:
    """Show file systems."""
    lines = ["File Systems:", "", "       Size(b)       Free(b)      Type  Flags  Prefixes"]
    for member in switch.members:
        flash = switch.flash(member)
        star = "*" if member == 1 else " "
        names = ("flash:" + (" flash-1:" if len(switch.members) > 1 else "")) if member == 1 else f"flash-{member}:"
        if not switch.spec.hardware.stackable:
            names = "bootflash: flash:"
        lines.append(f"{star} {flash.capacity:>12}  {flash.free:>12}      disk     rw   {names}")
    lines += [
        "             -             -    opaque     rw   system:",
        "       2097152       2055643     nvram     rw   nvram:",
    ]
    return "\n".join(lines) + "\n\n"


def dir_command(session: Session, words: Words) -> Dialogue:
    """Run `dir`."""
    path = words.get("path", "flash:")
    switch = session.switch
    try:
        member, name = switch.resolve(path)
    except ValueError:
        yield Print(f"%Error opening {path} (No such device)\n")
        return
    flash = switch.flash(member)
    found = flash.get(name) if name else None
    if name and found is None and "*" not in name:
        yield Print(f"%Error opening {_system(member)}:/{name} (No such file or directory)\n")
        return
    listed = [found] if found and not found.directory else flash.listing(name if found else "")
    if "*" in name:
        listed = [each for each in listed if fnmatchcase(each.name, name)]
    text = f"Directory of {_system(member)}:/{name}\n\n"
    for number, each in enumerate(listed, 11):
        flags = "drwx" if each.directory else "-rw-"
        date = each.mtime.strftime("%b %e %Y %H:%M:%S +00:00")
        text += (
            f"{number:>6}  {flags}  {4096 if each.directory else each.size:>16}  {date}  {each.name.split('/')[-1]}\n"
        )
    yield Print(f"{text}\n{flash.capacity} bytes total ({flash.free} bytes free)\n")


def delete(session: Session, words: Words) -> Dialogue:
    """Run `delete`."""
    path, switch = words["path"], session.switch
    try:
        member, name = switch.resolve(path)
    except ValueError:
        name, member = "", 1
    if "/force" not in words:
        yield Ask(f"Delete filename [{name}]? ")
        answer = yield Ask(f"Delete {_system(member)}:/{name}? [confirm]", one_key=True)
        if answer.lower() not in {"", "y"}:
            return
    if not name or not switch.flash(member).delete(name):
        yield Print(f"%Error deleting {path} (No such file or directory)\n")


def verify(algorithm: str) -> Callable[[Session, Words], Dialogue]:
    """Make `verify /md5` or `verify /sha512`."""

    def run(session: Session, words: Words) -> Dialogue:
        switch, path = session.switch, words["path"]
        try:
            member, name = switch.resolve(path)
            file = switch.flash(member).get(name)
        except ValueError:
            file = None
        if file is None:
            yield Print(f"%Error verifying {path} (No such file or directory)\n")
            return
        slow = 4.0 if switch.spec.fault("slow-flash") else 1.0
        for _ in range(10):
            yield Print("." * 40)
            yield Pause(HASH_SECONDS / 10 * slow)
            if switch.drops_at("verify"):
                switch.cut_all()
        digest = file.digests[algorithm]
        given = words.get("hash", "").lower()
        yield Print("Done!\n")
        if not given:
            yield Print(f"verify /{algorithm} ({path}) = {digest}\n")
        elif given == digest:
            yield Print(f"Verified ({path}) = {digest}\n")
        else:
            yield Print(f"%Error verifying {path}\nComputed signature  = {digest}\nSubmitted signature = {given}\n")

    return run


def more(session: Session, words: Words) -> Dialogue:
    """Run `more`."""
    try:
        member, name = session.switch.resolve(words["path"])
        file = session.switch.flash(member).get(name)
    except ValueError:
        file = None
    if file is None:
        yield Print(f"%Error opening {words['path']} (No such file or directory)\n")
        return
    yield Print(b"".join(file.blocks())[:20_000].decode(errors="replace"))


def tcl_line(session: Session, pending: list[str], text: str) -> Generator[Effect, str, bool]:
    """Take a line in the Tcl shell; True where it was Tcl, else it is an ordinary command."""
    if pending:
        pending.append(text)
        if text.rstrip().endswith("}"):
            path, body = _tcl_write("\n".join(pending))
            pending.clear()
            member, name = session.switch.resolve(path)
            content = f"{body}\n".encode()  # `puts` ends what it writes with a newline
            try:
                session.switch.flash(member).add(
                    LabFile(name, len(content), session.switch.clock.wall(), content=content)
                )
            except NoSpace:
                yield Print("error writing: no space left on device\n")
        return True
    if text.strip().lower() in {"tclquit", "exit"}:
        session.mode = ""
        return True
    if text.startswith("puts [open"):
        pending.append(text)
        return True
    return False


def _tcl_write(command: str) -> tuple[str, str]:
    """Read path and text of `puts [open "flash:F" w+] {text}`."""
    head, _brace, rest = command.partition("{")
    return head.split('"')[1], rest.rstrip().removesuffix("}")
