"""Cisco devices that boot a file by their boot variable: IOS classic, and IOS-XE in bundle mode."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, StepFailed, UnparsableOutput
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Sent, Session, Support, Trace
from swimctl.platforms.cisco_ios.boot_lines import COMMAND, Form, files, inside, parse_boot_lines, put_first
from swimctl.platforms.cisco_ios.flashes import Flashes, boot_file
from swimctl.platforms.cisco_ios.images import fits as fits_ios
from swimctl.platforms.cisco_ios.readiness import ONE_RELEASE, State, assess, first_named
from swimctl.platforms.cisco_xe.images import fits as fits_xe
from swimctl.platforms.cisco_xe.modelled import UNREAD
from swimctl.platforms.cisco_xe.parsers.boot import parse_show_boot
from swimctl.platforms.cisco_xe.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.readiness import managed
from swimctl.platforms.cisco_xe.reading import COMPARED, unknown_command
from swimctl.platforms.evidence import read_by
from swimctl.platforms.facts import BootSettings, Installed, InstallOutcome, Placement, Snapshot, SoftwareVersion
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.versions import same_release

# A line that begins so and is no syslog message is a refusal or a warning; neither is passed over.
_COMPLAINT: Final = re.compile(r"^\s*%(?![A-Z0-9_]+(?:-[A-Z0-9_]+)*-\d-).*", re.MULTILINE)
_FITS: Final = {"cisco_ios": fits_ios, "cisco_xe": fits_xe}

CLASSIC: Final = Support(
    name="Cisco IOS (classic)",
    add="",
    activate="boot system, write memory, reload",
    commit="boot system, write memory",
    back="boot system, write memory, reload",
    look="`show version`, `show boot`, `show running-config | include boot system` and `show logging`",
    way_back="nothing goes back by itself unless the new image does not boot: then the old one does, which is named "
    "second; by hand, `boot system` with the old image first, `write memory`, `reload`",
    hashes=("md5",),
    members="stacks: space, image, its md5, release, role and boot variable of every member, before and after",
    evidence=read_by(
        who="`show version`, else of `show inventory`",
        boot="`show version`",
        release="`show version` and `show switch`",
        state="`show version` and `show boot` (`show bootvar`)",
        compared=COMPARED,
        commit="`boot system` and `write memory`, read back",
    ),
    refuses=(
        "two supervisors (Catalyst 4500 and 6500): the image would have to be on both",
        "a device that names no image for the next boot, or another than the one that runs",
        "--cleanup-flash: the device does not know which files it can do without",
    ),
)
BUNDLE: Final = replace(
    CLASSIC,
    name="Cisco IOS-XE, bundle mode",
    hashes=("sha512", "md5"),
    refuses=(
        "two route processors or supervisors in bundle mode",
        "routers in controller mode (SD-WAN): their manager upgrades them",
        *CLASSIC.refuses[1:],
    ),
)


class BootVariable(Flashes):
    """Read and change one device. The configuration is changed in `activate` and its ways back alone.

    There it is saved only once it is whole: what a lost session leaves half-way is gone with the next boot.
    """

    support = BUNDLE
    one_release = ONE_RELEASE

    def __init__(self, session: Session, settings: Settings, _options: JobOptions, version: SoftwareVersion) -> None:
        super().__init__(session, settings, version)
        if version.mode is None:
            self.support = CLASSIC
        self._stack = len(version.members) > 1

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        if others := managed(self._version()):
            return [may, *others]
        state = self._state(image)
        return [*assess(state, device, image, self._settings.readiness, _FITS[image.platform], cleanup=cleanup), may]

    def _state(self, image: Image) -> State:
        version = self._version()
        if version.uptime is None and version.restarted_at is None:
            raise UnparsableOutput(
                "show version", "", "it gives neither uptime nor restart time, so no reload is provable"
            )
        self._lines()  # what cannot be read could not be put back
        units, systems = self._units(version), self._systems()
        return State(
            version=version,
            units=units,
            boot=self._boot()[0],
            inventory=parse_show_inventory(self._show("show inventory")),
            systems=systems,
            flash=self._member_flash(units, systems, image),
            takes=self._takes(image),
        )

    def _takes(self, image: Image) -> str:
        unpacked = boot_file(image.filename) != image.filename
        return "the image's file, and what is unpacked of it" if unpacked else "the image's file"

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""
        version, (boot, _) = self._version(), self._boot()
        named = [inside(path) for own in (boot.members or {"": boot}).values() for path in own.variable or ()]
        first, wanted = set(first_named(boot).values()), boot_file(image.filename)
        releases = [row.version for row in version.members] or [version.version]
        if all(same_release(release, image.version) for release in releases):
            return Installed(Placement.COMMITTED if first == {inside(self._runs)} else Placement.UNCOMMITTED)
        if any(_same_file(name, wanted) for name in first):
            return Installed(Placement.NEXT)
        return Installed(Placement.ADDED if any(_same_file(name, wanted) for name in named) else Placement.ABSENT)

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Take what must be as before after the upgrade, with the lines that the way back puts into force again."""
        taken, pieces = super().snapshot(taken_at, whole=whole), Pieces(whole=whole)
        boots = pieces.read("boots", lambda: "\n".join(self._lines()), "")
        return replace(taken, boots=boots, unread={**taken.unread, **pieces.unread})

    def activate(self, image: Image) -> Sent:
        """Name the image for the next boot, with the one that runs behind it, save, read it back, and reload."""
        return self._boot_and_reload(boot_file(image.filename))

    def _boot_and_reload(self, wanted: str) -> Sent:
        lines = self._lines()
        try:
            self._set(lines, self._first(lines, wanted))
            return self._reload()
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            return self._undone(lines, str(error))

    def commit(self) -> Sent:
        """Name what runs for the next boot; where that cannot be read back, lines in force that name it are enough."""
        lines, runs = self._lines(), inside(self._runs)
        named = files(lines)[:1] == (runs,) and (not self._stack or lines[0].startswith("boot system switch all "))
        try:
            self._set(lines, self._first(lines, runs))
        except UNREAD as error:
            if named and self._lines() == lines:
                self._save()
                return Sent(InstallOutcome("commit", succeeded=True))
            return self._undone(lines, str(error))
        except StepFailed as error:
            return self._undone(lines, str(error))
        return Sent(InstallOutcome("commit", succeeded=True))

    def back(self, before: Snapshot) -> Sent:
        """Put the lines of before into force again, once their image is proved to be there, and reload."""
        lines, old = self._lines(), tuple(before.boots.splitlines())
        boots = next(iter(files(old)), "")
        roots = self._roots().values()
        gone = [root for root in roots if not boots or self._size(root + boots) is None]
        if gone:
            reason = f"{boots or 'the old image'} is not on {', '.join(gone)}; nothing was changed"
            return Sent(InstallOutcome("reload", succeeded=False, reason=reason))
        try:
            self._set(lines, old)
            return self._reload()
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            return self._undone(lines, str(error))

    def restore(self, before: Snapshot) -> str:
        """Put the lines of before into force again, where others are in force or were saved."""
        lines, old = self._lines(), tuple(before.boots.splitlines())
        if not old:
            raise StepFailed("no boot settings were kept before the activation, so none can be put back")
        self._set(lines, old)
        return "" if lines == old else f"the next boot starts {files(old)[0]} again, as before: boot lines put back"

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether a reload was asked for after the mark; it ends with the log itself."""
        if operation == "commit":
            return Trace(received=False, finished=None)  # to name once more what runs changes nothing
        return self._trace_reload(mark)

    def _lines(self) -> tuple[str, ...]:
        return parse_boot_lines(self._show(COMMAND))

    def _boot(self) -> tuple[BootSettings, bool]:
        """Read what the next boot starts, and whether it is one list, as older switches keep it."""
        text = self._show("show boot")
        try:
            return parse_show_boot(text), "path-list" in text
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return parse_show_boot(self._show("show bootvar"), "show bootvar"), False  # routers

    def _first(self, lines: tuple[str, ...], wanted: str) -> tuple[str, ...]:
        joined = self._boot()[1] or any(";" in line for line in lines)
        form = Form(joined=joined, stack=self._stack)
        return put_first(lines, wanted, inside(self._runs), form, self._file_system())

    def _set(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Configure the lines, save, and read back what the next boot starts; StepFailed where it is another."""
        # One line that takes another's place needs no `no`: there is no moment without either.
        removed = [f"no {line}" for line in old] if old != new and not (len(old) == len(new) == 1) else []
        if old != new:
            self._configure([*removed, *new])
        self._save()
        boot, wanted = self._boot()[0], files(new)
        for member, own in (boot.members or {"": boot}).items():
            seen = tuple(inside(path) for path in own.variable or ())
            if seen[: len(wanted)][:2] != wanted[:2]:
                where = f" of member {member}" if member else ""
                raise StepFailed(
                    f"the boot variable{where} reads {', '.join(seen) or 'nothing'} after {', '.join(wanted)} was set"
                )

    def _configure(self, lines: list[str]) -> None:
        self._show("configure terminal")
        answers = ((line, _COMPLAINT.search(self._show(line))) for line in lines)
        refused = next(((line, complaint[0].strip()) for line, complaint in answers if complaint), None)
        self._show("end")
        if refused:
            raise CommandRefused(f"'{refused[0]}': the device answered '{refused[1]}'")

    def _undone(self, lines: tuple[str, ...], reason: str) -> Sent:
        """Put the boot lines back as they were, and say why."""
        try:
            self._set(self._lines(), lines)
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            reason += f"; and the boot lines could not be put back: {error}"
        else:
            reason += "; the boot lines are as they were"
        return Sent(InstallOutcome("reload", succeeded=False, reason=reason))


def _same_file(one: str, other: str) -> bool:
    """Return whether two paths name the same image, in whichever folders."""
    return one.rpartition("/")[2] == other.rpartition("/")[2]
