"""IOS-XE in bundle mode that is to come to install mode with its upgrade: one command does both."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, StepFailed, UnparsableOutput
from swimctl.models import Image
from swimctl.platforms.base import Sent, Trace
from swimctl.platforms.cisco_ios.driver import BUNDLE, BootVariable
from swimctl.platforms.cisco_ios.readiness import first_named
from swimctl.platforms.cisco_xe.installing import Installing
from swimctl.platforms.cisco_xe.log import trace_operation
from swimctl.platforms.facts import Installed, Placement
from swimctl.platforms.versions import same_release

_PACKAGES: Final = "packages.conf"
CONVERSION: Final = replace(
    BUNDLE,
    name="Cisco IOS-XE, from bundle to install mode",
    activate="install add … activate commit",
    look="`show version`, `show install summary`, `show boot` and `show logging`",
    way_back="nothing goes back by itself: `boot system` with the old image first, `write memory`, `reload`",
)


class Conversion(BootVariable, Installing):
    """Convert one device; once it runs in install mode, the driver of that mode proves the rest.

    Until it does, the boot variable counts: the old image is named behind packages.conf, and its file stays.
    """

    support = CONVERSION

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands: in bundle mode it is never committed."""
        version, (boot, _) = self._version(), self._boot()
        if all(same_release(unit.version or "", image.version) for unit in self._units(version)):
            return Installed(Placement.UNCOMMITTED)
        starts_packages = _PACKAGES in first_named(boot).values()
        return Installed(Placement.NEXT if starts_packages else Placement.ABSENT)

    def unready(self) -> str | None:
        """Return what is not back yet after the reload. A device of this driver is not in install mode."""
        return super().unready() or "it runs in bundle mode, not in install mode"

    def spread(self, image: Image) -> str:  # noqa: ARG002 - the signature is the driver's
        """Leave it to `install add`, which takes the image to all members."""
        return ""

    def activate(self, image: Image) -> Sent:
        """Name packages.conf for the next boot, the image that runs behind it; then add, activate and commit in one.

        Where what it says does not read it may be at work, and what boots next is left as it must be for that.
        """
        lines = self._lines()
        try:
            self._set(lines, self._first(lines, _PACKAGES))
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            return self._undone(lines, str(error))
        sent = self._add_activate_commit(image)
        if sent.outcome.succeeded is not False or sent.dropped:
            return sent
        return self._undone(lines, sent.outcome.reason or "no reason given")

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log what became of the conversion, or of the reload that takes it back."""
        if operation == "activate":
            return trace_operation(self._log(), operation, mark)
        return super().trace(operation, mark)

    def _takes(self, image: Image) -> str:  # noqa: ARG002 - the signature is the driver's
        factor = self._settings.readiness.space_factor
        return f"{factor:g} times the image, as it is unpacked; less what is there of it"

    def _need(self, root: str, image: Image) -> int:
        whole = int(image.size * self._settings.readiness.space_factor)
        return max(0, whole - (image.size - super()._need(root, image)))
