"""Devices that boot packages, which `packages.conf` names: how each member boots, and the space on its flash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from swimctl.errors import CommandRefused
from swimctl.models import Image
from swimctl.platforms.cisco_xe.parsers.boot import parse_show_boot, parse_show_romvar
from swimctl.platforms.cisco_xe.readiness import Flash
from swimctl.platforms.cisco_xe.reading import Reading, unknown_command
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import BootSettings


def boot_settings(read: Reading) -> BootSettings:
    """Read how every member boots, and whether it reads its configuration then."""
    boot = parse_show_boot(read.show("show boot"))
    try:
        romvar = parse_show_romvar(read.show("show romvar"))
    except CommandRefused as error:
        if not unknown_command(error):
            raise
        # Not every model has the command. What was configured stands in the configuration; what was set at the boot
        # prompt, in the register.
        configured = re.search(r"^system ignore startupconfig", read.configuration(), re.MULTILINE)
        return replace(boot, ignore_startup=True if configured else boot.ignore_startup)
    manual = romvar.manual if boot.manual is None else boot.manual
    # A variable that is not set is the default: it is not ignored.
    return replace(boot, manual=manual, ignore_startup=bool(boot.ignore_startup or romvar.ignore_startup))


def flash_of(read: Reading, units: Sequence[Unit], image: Image) -> dict[str, Flash]:
    """Read the space on the flash of every member, and what of the image is there."""
    systems = read.file_systems()
    root = read.root(systems)
    free = {prefix: system.free for system in systems for prefix in system.prefixes}
    present = read.size_of(image.filename) or 0
    names = read.flashes(units, systems)
    return {unit: Flash(free.get(name), present if name == root else None) for unit, name in names.items()}
