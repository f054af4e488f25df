"""Devices that boot packages, which `packages.conf` names: what each member boots, and the space on its flash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from swimctl.errors import CommandRefused
from swimctl.models import Image
from swimctl.platforms.cisco_xe.parsers.boot import parse_show_boot, parse_show_romvar
from swimctl.platforms.cisco_xe.parsers.files import parse_show_file_systems
from swimctl.platforms.cisco_xe.readiness import Flash
from swimctl.platforms.cisco_xe.reading import IosDevice, unknown_command
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import BootSettings


class Packaged(IosDevice):
    """The part of a driver that is alike whatever command installs the packages."""

    def save(self) -> None:
        """Save the running configuration."""
        self._save()

    def _boot(self) -> BootSettings:
        boot = parse_show_boot(self._show("show boot"))
        try:
            romvar = parse_show_romvar(self._show("show romvar"))
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            # Not every model has the command. What was configured stands in the configuration; what was set at the
            # boot prompt, in the register.
            configured = re.search(r"^system ignore startupconfig", self.configuration(), re.MULTILINE)
            return replace(boot, ignore_startup=True if configured else boot.ignore_startup)
        manual = romvar.manual if boot.manual is None else boot.manual
        # A variable that is not set is the default: it is not ignored.
        return replace(boot, manual=manual, ignore_startup=bool(boot.ignore_startup or romvar.ignore_startup))

    def _flash(self, units: Sequence[Unit], image: Image) -> dict[str, Flash]:
        systems = parse_show_file_systems(self._show("show file systems"))
        root = self._file_system()
        free = {prefix: system.free for system in systems for prefix in system.prefixes}
        present = min(self.file_size(image) or 0, image.size)
        names = self._flashes(units, systems)
        return {unit: Flash(free.get(name), present if name == root else None) for unit, name in names.items()}
