"""What `install add` and `install remove inactive` do to the flashes of a lab switch.

Space: adding needs 1.1 times the image's size on every member, and on those that do not have the image file yet the
file's own size beside it.
"""

from __future__ import annotations

from swimctl.lab.cisco_xe.install_words import REASONS, REMOVE, Verdict, Wording
from swimctl.lab.cisco_xe.installed import Installed
from swimctl.lab.cisco_xe.software import Software
from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.effects import Ask, Pause, Print
from swimctl.lab.flash import Flash, LabFile

ADD_SECONDS, REMOVE_SECONDS = 120.0, 20.0


def add_image(switch: Stack, installed: Installed, path: str, file: LabFile, say: Wording) -> Verdict:
    """Add an image: copy it to the other members, and unpack it on all of them."""
    lies = switch.spec.fault("does-nothing")
    if not all(installed.active.whole(switch.flash(number)) for number in switch.members) and not installed.booted:
        return REASONS["running-package-missing"]
    software = installed.read(file)
    if software is None:
        return REASONS["bad-image"]
    if software.release == installed.running and not installed.uncommitted and not installed.booted:
        yield Print(say.unchanged("Same Image File-No Change"))
        return None
    if installed.inactive is not None:
        if installed.inactive.release != software.release:
            return REASONS["added"]
        yield Print(say.unchanged("Super package already added-No Change"))
        return None
    yield Print(say.syncing(path))
    yield Pause(ADD_SECONDS / 2 * switch.slowness)
    if switch.drops.at("add"):
        switch.cut_all()
    if not lies:
        failed = unpack(switch, file, software, say)
        if failed:
            return failed
    yield Print(say.synced() + say.stage("Add"))
    yield Pause(ADD_SECONDS / 2 * switch.slowness)
    if not lies:
        installed.inactive = software
    yield Print(say.finished("Add", software.release.full))
    return None


def unpack(switch: Stack, file: LabFile, software: Software, say: Wording) -> str | None:
    """Unpack the image file and its packages on every member, or on none where one is too full."""
    made = [file, *software.files(switch.clock.wall())]
    wanted: list[tuple[Flash, LabFile]] = []
    for number in switch.members:
        flash = switch.flash(number)
        lacking = [each for each in made if flash.get(each.name) is None]
        needed = sum(each.size for each in lacking)
        if needed > flash.free:
            return say.no_space(needed, flash.free, switch.spec.unit(number))
        wanted += [(flash, each) for each in lacking]
    for flash, each in wanted:
        flash.add(each)
    return None


def remove_inactive(switch: Stack, installed: Installed, say: Wording, *, ask: bool = True) -> Verdict:
    """Remove what no install state needs, on every member."""
    yield Print(
        "install_remove: Removing IMG\nCleaning up unnecessary package files\n"
        "No path specified, will use booted path /flash/packages.conf\n\nCleaning /flash\n"
        "  Scanning boot directory for packages ... done.\n  Preparing packages list to delete ...\n"
    )
    yield Pause(REMOVE_SECONDS)
    sorted_out = {number: installed.removable(number) for number in switch.members}
    for number, (kept, _) in sorted_out.items():
        yield Print("".join(f"    [R{number - 1}]: /flash/{name} File is in use, will not delete.\n" for name in kept))
    doomed = list(dict.fromkeys(name for _, names in sorted_out.values() for name in names))
    if not doomed:
        yield Print("\nSUCCESS: No extra package or provisioning files found on media. Nothing to clean.\n\n")
        return None
    yield Print("\nThe following files will be deleted:\n")
    for number, (_, names) in sorted_out.items():
        yield Print("".join(f"    [R{number - 1}]: /flash/{name}\n" for name in names))
    answer = (yield Ask(REMOVE, one_key=True)) if ask else "y"
    if not answer.lower().startswith("y"):
        yield Print("\n[1]  R0 Add succeed with reason: User Rejected Deletion\n\n")
        return None
    for name in doomed:
        if not switch.spec.fault("does-nothing"):
            for number in switch.members:
                switch.flash(number).delete(name)
        yield Print(f"\nDeleting file /flash/{name} ... done.")
    installed.forget_removed()
    yield Print(
        "\nSUCCESS: Files deleted.\n\n--- Starting Post_Remove_Cleanup ---\n"
        f"Performing REMOVE_POSTCHECK on all members\n{say.close('Post_Remove_Cleanup')}\n"
    )
    return None
