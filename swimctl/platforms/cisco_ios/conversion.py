"""IOS-XE in bundle mode that is to come to install mode with its upgrade: one command does both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from swimctl.models import Image
from swimctl.platforms.base import Sent
from swimctl.platforms.cisco_ios.boot_setting import NOT_SET, BootSetting
from swimctl.platforms.cisco_ios.readiness import first_named
from swimctl.platforms.cisco_xe.installing import Installer
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import BootSettings, Installed, Placement
from swimctl.platforms.rules import unpacked
from swimctl.platforms.versions import same_release

PACKAGES: Final = "packages.conf"


class Conversion:
    """The way of one device; once it runs in install mode, the driver of that mode proves the rest.

    Until it does, the boot variable counts: the old image is named behind packages.conf, and its file stays.
    """

    def __init__(self, read: Reading) -> None:
        self._installer = Installer(read)
        self._policy = read.settings.readiness

    def need(self, image: Image, file: int) -> tuple[int, str]:
        """Return the bytes that the image still takes on a flash where its file takes `file` of them, and why."""
        return unpacked(image, image.size - file, self._policy)

    def installed(self, image: Image, units: Sequence[Unit], boot: BootSettings) -> Installed:
        """Return where the image's release stands: in bundle mode it is never committed."""
        if all(same_release(unit.version or "", image.version) for unit in units):
            return Installed(Placement.UNCOMMITTED)
        starts_packages = PACKAGES in first_named(boot).values()
        return Installed(Placement.NEXT if starts_packages else Placement.ABSENT)

    def activate(self, setting: BootSetting, lines: tuple[str, ...], path: str) -> Sent:
        """Name packages.conf for the next boot, the image that runs behind it; then add, activate and commit in one.

        Where what it says cannot be read it may be at work, and what boots next is left as it must be for that.
        """
        try:
            setting.put_first(lines, PACKAGES)
        except NOT_SET as error:
            return setting.undone(lines, str(error))
        sent = self._installer.add_activate_commit(path)
        if sent.outcome.succeeded is not False or sent.dropped:
            return sent
        return setting.undone(lines, sent.outcome.reason or "no reason given")
