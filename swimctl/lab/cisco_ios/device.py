"""A device of classic IOS as a state machine: it boots a file that its boot variable names, each member its own."""

from __future__ import annotations

from datetime import datetime

from swimctl.lab.cisco_ios.spec import IosSpec
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.flash import LabFile


class IosSwitch(Switch):
    """One switch, stack or router."""

    spec: IosSpec

    def file_systems(self, member: int) -> tuple[str, ...]:
        """Return all names of a member's flash, the one in print first."""
        if self.spec.is_router:
            return ("flash0", "flash")
        own = (f"flash{member}",) if len(self.spec.members) > 1 else ()
        return ("flash", *own) if member == 1 else own

    def boot_paths(self, member: int) -> list[str]:
        """List what a member tries at the next boot: only `switch all` reaches the others."""
        lines = self.configuration.values("boot system")
        return self.configuration.boot_paths if member == 1 or any(x.startswith("switch all") for x in lines) else []

    def has_image(self, number: int) -> bool:
        """Return whether a member boots what the active one does: it is named for it, and on its flash."""
        named = any(line.startswith("switch all") for line in self.startup.values("boot system"))
        return named and super().has_image(number)

    @property
    def unnamed(self) -> list[str]:
        """List what is tried where nothing is named for the next boot: the flash from its beginning."""
        return [f"flash:{file.name}" for file in self.flash(1).listing() if file.name.endswith(".bin")]

    def _first_files(self, wall: datetime) -> list[LabFile]:
        software = self.spec.born_with
        names = {software.image: software.size, "config.text": 4_721, "vlan.dat": 1_024}
        return [LabFile(name, size, wall) for name, size in names.items()]
