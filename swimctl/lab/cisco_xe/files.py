"""File commands of a lab switch: dir, delete, mkdir, verify, more."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.forms import DIR
from swimctl.lab.cisco_xe.shows_software import NVRAM, packages_conf
from swimctl.lab.cisco_xe.software import PACKAGES
from swimctl.lab.effects import Ask, Dialogue, Print
from swimctl.lab.flash import LabFile
from swimctl.lab.hashing import hashing
from swimctl.lab.plain_commands import Words

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch
    from swimctl.lab.cisco_xe.session import CommandLine


def _system(switch: Switch, member: int) -> str:
    return switch.file_systems(member)[0]


def file_systems(switch: Switch) -> str:
    """Show file systems."""
    lines = ["File Systems:", "", "       Size(b)       Free(b)      Type  Flags  Prefixes"]
    for member in switch.members:
        flash = switch.flash(member)
        star = "*" if member == 1 else " "
        names = " ".join(f"{name}:" for name in switch.file_systems(member))
        lines.append(f"{star} {flash.capacity:>12}  {flash.free:>12}      disk     rw   {names}")
    lines += [
        "             -             -    opaque     rw   system:",
        f"       {NVRAM}       2055643     nvram     rw   nvram:",
    ]
    return "\n".join(lines) + "\n\n"


def dir_command(session: CommandLine, words: Words) -> Dialogue:
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
        yield Print(f"%Error opening {_system(switch, member)}:/{name} (No such file or directory)\n")
        return
    listed = [found] if found and not found.directory else flash.listing(name if found else "")
    if "*" in name:
        listed = [each for each in listed if fnmatchcase(each.name, name)]
    place = DIR.of(switch.spec, switch.install.running.padded)
    text = f"Directory of {_system(switch, member)}:/{name}\n\n"
    for number, each in enumerate(listed, 11):
        flags = "drwx" if each.directory else "-rw-"
        date = each.mtime.strftime("%b %e %Y %H:%M:%S +00:00")
        size = 4096 if each.directory else each.size
        text += f"{number:{place}}  {flags}  {size:>16}  {date}  {each.name.split('/')[-1]}\n"
    yield Print(f"{text}\n{flash.capacity} bytes total ({flash.free} bytes free)\n")


def delete(session: CommandLine, words: Words) -> Dialogue:
    """Run `delete`."""
    path, switch = words["path"], session.switch
    try:
        member, name = switch.resolve(path)
    except ValueError:
        yield Print(f"%Error deleting {path} (No such device)\n")
        return
    if "/force" not in words:
        other = yield Ask(f"Delete filename [{name}]? ", about_file=True)
        name = other.strip().removeprefix("flash:").strip("/") or name
        answer = yield Ask(f"Delete {_system(switch, member)}:/{name}? [confirm]", one_key=True, about_file=True)
        if answer.lower() not in {"", "y"}:
            yield Print(f"Delete of {_system(switch, member)}:/{name} aborted!\n")
            return
    flash = switch.flash(member)
    doomed = [each.name for each in flash.listing() if fnmatchcase(each.name, name)] if "*" in name else [name]
    doomed = [each for each in doomed if each and flash.get(each) is not None]
    if not doomed:
        yield Print(f"%Error deleting {path} (No such file or directory)\n")
    for each in doomed:
        file = flash.get(each)
        if file is not None and file.directory and "/recursive" not in words:
            yield Print(f"%Error deleting {_system(switch, member)}:/{each} (Is a directory)\n")
        else:
            flash.delete(each)


def mkdir(session: CommandLine, words: Words) -> Dialogue:
    """Run `mkdir`."""
    path, switch = words["path"], session.switch
    try:
        member, name = switch.resolve(path)
    except ValueError:
        yield Print(f"%Error Creating dir {path} (No such device)\n")
        return
    other = yield Ask(f"Create directory filename [{name}]? ", about_file=True)
    name = other.strip().strip("/") or name
    if not name or switch.flash(member).get(name) is not None:
        yield Print(f"%Error Creating dir {_system(switch, member)}:/{name} (Can't create a file that exists)\n")
        return
    switch.flash(member).add(LabFile(name, 0, switch.clock.wall(), directory=True))
    yield Print(f"Created dir {_system(switch, member)}:/{name}\n")


def verify(algorithm: str) -> Callable[[CommandLine, Words], Dialogue]:
    """Make `verify /md5` or `verify /sha512`."""

    def run(session: CommandLine, words: Words) -> Dialogue:
        switch, path = session.switch, words["path"]
        file = switch.find(path)
        if file is None:
            yield Print(f"%Error verifying {path} (No such file or directory)\n")
            return
        yield from hashing(switch, pieces=10, sign="." * 40)
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


def more(session: CommandLine, words: Words) -> Dialogue:
    """Run `more`."""
    file = session.switch.find(words["path"])
    if file is None:
        yield Print(f"%Error opening {words['path']} (No such file or directory)\n")
        return
    if file.name == PACKAGES:
        yield Print(packages_conf(session.switch))
        return
    yield Print(b"".join(file.blocks())[:20_000].decode(errors="replace"))
