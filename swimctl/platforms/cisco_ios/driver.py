"""Cisco devices that boot a file by their boot variable: IOS classic, and IOS-XE in bundle mode."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from swimctl.errors import StepFailed
from swimctl.models import Device, Finding, Image
from swimctl.platforms.base import Sent, Trace
from swimctl.platforms.cisco_ios.boot_lines import files, inside, same_setting
from swimctl.platforms.cisco_ios.boot_setting import NOT_SET, BootSetting
from swimctl.platforms.cisco_ios.conversion import PACKAGES, Conversion
from swimctl.platforms.cisco_ios.flashes import Flashes, boot_file
from swimctl.platforms.cisco_ios.images import fits as fits_ios
from swimctl.platforms.cisco_ios.readiness import ONE_RELEASE, State, assess, first_named
from swimctl.platforms.cisco_ios.support import BUNDLE, CLASSIC, CONVERSION
from swimctl.platforms.cisco_xe.device import CiscoDevice
from swimctl.platforms.cisco_xe.images import fits as fits_xe
from swimctl.platforms.cisco_xe.log import trace_operation
from swimctl.platforms.cisco_xe.modelled import UNREAD
from swimctl.platforms.cisco_xe.readiness import managed
from swimctl.platforms.cisco_xe.reading import Reading, require_boot_time
from swimctl.platforms.cisco_xe.reload import reload, save, trace_reload
from swimctl.platforms.facts import Installed, InstallOutcome, Placement, Snapshot, SoftwareVersion
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.versions import same_release

_FITS: Final = {"cisco_ios": fits_ios, "cisco_xe": fits_xe}


class BootVariable(CiscoDevice):
    """Read and change one device. The configuration is changed in `activate` and its ways back alone.

    `conversion`: it comes to install mode with its upgrade, where that is asked for.
    """

    support = BUNDLE
    one_release = ONE_RELEASE

    def __init__(self, read: Reading, version: SoftwareVersion, conversion: Conversion | None = None) -> None:
        super().__init__(read)
        self._runs = version.system_image or ""
        self._flashes = Flashes(read, self._runs)
        self._setting = BootSetting(read, self._runs, stack=len(version.members) > 1)
        self._conversion = conversion
        if conversion:
            self.support = CONVERSION
        elif version.mode is None:
            self.support = CLASSIC
        if not conversion:
            # Where it is converted, the device itself takes the image to all members: see `Spreads`.
            self.spread = self._flashes.spread

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        if others := managed(self._read.version()):
            return [may, *others]
        state = self._state(image)
        return [*assess(state, device, image, self._settings.readiness, _FITS[image.platform], cleanup=cleanup), may]

    def _state(self, image: Image) -> State:
        version = self._read.version()
        require_boot_time(version)
        self._setting.lines()  # what cannot be read could not be put back
        units, systems = self._read.units(version), self._read.file_systems()
        return State(
            version=version,
            units=units,
            boot=self._setting.boot(),
            inventory=self._read.inventory(),
            systems=systems,
            flash=self._flashes.space(units, systems, lambda root: self._need(root, image)),
        )

    def _need(self, root: str, image: Image) -> tuple[int, str]:
        need, why = self._flashes.need(root, image)
        return self._conversion.need(image, need) if self._conversion else (need, why)

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""
        version, boot = self._read.version(), self._setting.boot()
        if self._conversion:
            return self._conversion.installed(image, self._read.units(version), boot)
        named = [inside(path) for own in (boot.members or {"": boot}).values() for path in own.variable or ()]
        first, wanted = set(first_named(boot).values()), boot_file(image.filename)
        releases = [row.version for row in version.members] or [version.version]
        if all(same_release(release, image.version) for release in releases):
            return Installed(Placement.COMMITTED if first == {inside(self._runs)} else Placement.UNCOMMITTED)
        if any(_same_file(name, wanted) for name in first):
            return Installed(Placement.NEXT)
        return Installed(Placement.ADDED if any(_same_file(name, wanted) for name in named) else Placement.ABSENT)

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade, and the boot lines that the way back sets again."""
        taken, pieces = super().snapshot(taken_at, whole=whole), Pieces(whole=whole)
        boots = pieces.read("boots", lambda: "\n".join(self._setting.lines()), "")
        return replace(taken, boots=boots, unread={**taken.unread, **pieces.unread})

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""
        late = super().unready()
        return late or ("it runs in bundle mode, not in install mode" if self._conversion else None)

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        lines = self._setting.lines()
        if self._conversion:
            add = f"install add file {self.destination(image)} activate commit prompt-level none"
            return (*self._setting.commands(lines, PACKAGES), add)
        return (*self._setting.commands(lines, boot_file(image.filename)), "reload")

    def activate(self, image: Image) -> Sent:
        """Name the image for the next boot, with the one that runs behind it, save, read it back, and reload."""
        lines = self._setting.lines()
        if self._conversion:
            return self._conversion.activate(self._setting, lines, self.destination(image))
        try:
            self._setting.put_first(lines, boot_file(image.filename))
            return reload(self._read)
        except NOT_SET as error:
            return self._setting.undone(lines, str(error))

    def commit(self) -> Sent:
        """Name what runs for the next boot; where that cannot be read back, lines in force that name it are enough."""
        lines, runs = self._setting.lines(), inside(self._runs)
        try:
            self._setting.put_first(lines, runs)
        except UNREAD as error:
            if self._setting.names(lines, runs) and same_setting(self._setting.lines(), lines):
                save(self._read)
                return Sent(InstallOutcome("commit", succeeded=True))
            return self._setting.undone(lines, str(error))
        except StepFailed as error:
            return self._setting.undone(lines, str(error))
        return Sent(InstallOutcome("commit", succeeded=True))

    def back(self, before: Snapshot) -> Sent:
        """Set the boot lines of before and reload, if every flash has their image."""
        lines, old = self._setting.lines(), tuple(before.boots.splitlines())
        boots = next(iter(files(old)), "")
        roots = self._flashes.roots().values()
        gone = [root for root in roots if not boots or self._flashes.size(root + boots) is None]
        if gone:
            reason = f"{boots or 'the old image'} is not on {', '.join(gone)}; nothing was changed"
            return Sent(InstallOutcome("reload", succeeded=False, reason=reason))
        try:
            self._setting.set(lines, old)
            return reload(self._read)
        except NOT_SET as error:
            return self._setting.undone(lines, str(error))

    @property
    def left(self) -> str | None:
        """Return the boot lines that were left set; see `PutsBack`."""
        return self._setting.left

    def put_back(self, before: Snapshot, left: str) -> str:
        """Set the boot lines of before, where those stand that were set from here; return what was done."""
        lines, old = self._setting.lines(), tuple(before.boots.splitlines())
        if not old:
            raise StepFailed("no boot settings were kept before the activation, so none can be put back")
        if not self._setting.is_left(lines, left):
            return ""
        self._setting.set(lines, old)
        return (
            ""
            if same_setting(lines, old)
            else f"the next boot starts {files(old)[0]} again, as before: boot lines put back"
        )

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether a reload was asked for after the mark; it ends with the log itself."""
        if operation == "activate" and self._conversion:
            return trace_operation(self._read.log(), operation, mark)
        if operation == "commit":
            return Trace(received=False, finished=None)  # to name once more what runs changes nothing
        return trace_reload(self._read, mark)


def _same_file(one: str, other: str) -> bool:
    """Return whether two paths name the same image, in whichever folders."""
    return one.rpartition("/")[2] == other.rpartition("/")[2]
