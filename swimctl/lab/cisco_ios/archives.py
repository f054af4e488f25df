"""`archive download-sw`: unpack an archive that lies on the flash onto the flash of every member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from swimctl.lab.effects import Dialogue, Pause, Print
from swimctl.lab.flash import LabFile
from swimctl.lab.images import read_image

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.session import CommandLine

SECONDS = 200.0
"""Lab seconds that it takes: as long for the lab's few megabytes as for a real archive."""


def download(session: CommandLine, words: Mapping[str, str]) -> Dialogue:
    """Run it; what runs is removed in the end, unless `/leave-old-sw` says otherwise."""
    switch, path = session.switch, words["path"]
    file = switch.find(path)
    if file is None:
        yield Print(f"%Error opening {path} (No such file or directory)\n")
        return
    yield Print(f"examining image...\nextracting info (112 bytes)\nextracting {file.name} (info)\n")
    image = read_image(file.head, file.name) if file.name.endswith(".tar") and not file.damaged else None
    if image is None or image.family != switch.spec.hardware.family:
        yield Print("ERROR: Image is not a valid IOS image archive.\n")
        return
    folder = file.name.removesuffix(".tar").replace("-tar.", "-mz.")
    wall, name = switch.clock.wall(), f"{folder}/{folder}.bin"
    unpacked = LabFile(name, file.size, wall, file.content, file.spool)
    for number in switch.members:
        if switch.flash(number).free < unpacked.size and switch.flash(number).get(name) is None:
            yield Print(f"ERROR: Not enough free space on flash of switch {number}\n")
            return
    yield Print(f"extracting {folder}/{folder}.bin ({file.size} bytes)\n")
    yield Pause(SECONDS)
    for number in switch.members:
        flash = switch.flash(number)
        flash.add(LabFile(folder, 0, wall, directory=True))
        flash.add(unpacked)
        yield Print(
            f"Installing (renaming): `flash{number}:update/{folder}' ->\n"
            f"                                       `flash{number}:/{folder}'\n"
            f"New software image installed in flash{number}:/{folder}\n\n"
        )
        if "/leave-old-sw" not in words:
            flash.delete(switch.install.booted_path)
            yield Print(f"Deleting old files from flash{number}:\n")
    if "/no-set-boot" not in words:
        switch.configuration.top(f"boot system switch all flash:/{name}")
    yield Print("All software images installed.\n")
