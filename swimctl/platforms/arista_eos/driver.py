"""Arista switches of one supervisor: what is changed on them."""

from __future__ import annotations

import re
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, SessionLost, StepFailed, UnparsableOutput
from swimctl.models import Image, JobOptions
from swimctl.platforms.arista_eos.parsers.session import parse_write_memory
from swimctl.platforms.arista_eos.reading import SHOW_BOOT, AristaDevice
from swimctl.platforms.base import Sent, Session, Support
from swimctl.platforms.evidence import read_by, with_models
from swimctl.platforms.facts import InstallOutcome, Snapshot
from swimctl.platforms.terminal import Answer, answer

_RELOAD: Final[tuple[Answer, ...]] = (
    # Saved just before; what was changed since is saved too, as the reload would lose it.
    answer(r"configuration has been modified\. save\?.*\[yes/no/cancel/diff\]", "yes"),
    answer(r"proceed with reload\?.*\[confirm\]", ""),
)
_DELETE: Final = (answer(r"delete.*\[confirm\]", ""),)
_REFUSED: Final = re.compile(r"^\s*%.*", re.MULTILINE)

SUPPORT: Final = Support(
    name="Arista EOS",
    add="",
    activate="boot system, reload now",
    commit="boot system",
    back="boot system, reload now",
    look="`show version`, `show boot-config` and `show reload cause`",
    way_back="`boot system flash:OLD` in configuration mode, `show boot-config`, then `reload now`; nothing goes back "
    "by itself",
    names_first=True,
    reinstalls=True,
    hashes=("sha512", "md5"),
    members="one supervisor; an MLAG partner must be healthy before the upgrade, and connected again after it",
    evidence=with_models(
        read_by(
            who="`show version`, else of `show inventory`",
            boot="`show version`",
            release="`show version`",
            state="`show version` and `show boot-config`",
            compared="`show interfaces status`, `show ip interface brief`, `show lldp neighbors`, "
            "`show ip route summary`",
            commit="`boot system`, read back",
        ),
        boot="`show version | json`",
        release="`show version | json`",
        state="`show boot-config | json`",
        by="",
    ),
    refuses=(
        "modular switches with two supervisors: swimctl does not check the image on both",
        "a switch whose next boot would not start the running release, or whose boot file is not on the flash",
        "MLAG peers without a `redundancy_group` in the inventory",
        "containers (cEOS): start them from another image instead",
        "MOS of the 7130: it is another operating system",
        "--cleanup-flash: the device does not know which files it no longer needs",
    ),
)


class AristaEos(AristaDevice):
    """Change one device, and read it; every command has a deadline of the settings.

    The image is named by `boot system`, not by `install source`: it sets the one line of `boot-config` that is read
    back, leaves the verified file as it is, and is the same command on the way back. What `install source` does
    beyond it is for a second supervisor. `boot-config` is no part of the configuration: nothing has to be saved for it.
    """

    support = SUPPORT
    left: str | None = None

    def __init__(self, session: Session, settings: Settings, _options: JobOptions) -> None:
        super().__init__(session, settings)

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device, and see that it is gone."""
        command = f"delete {self._path(image)}"
        reply = self._session.converse(command, _DELETE, self._limits.command)
        if reply.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if self.file_size(image) is not None:
            raise CommandRefused(f"'{command}': the file is still there; the device answered '{reply.text.strip()}'")

    def save(self) -> None:
        """Save the running configuration."""
        outcome = parse_write_memory(self._session.run("write memory", self._limits.save))
        if not outcome.saved:
            raise StepFailed(f"'write memory' failed: {outcome.reason}; nothing was activated")

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        return ("write memory", "configure", f"boot system {self._path(image)}", "end", "reload now")

    def activate(self, image: Image) -> Sent:
        """Name the image for the next boot, read that back, and reload."""
        return self._boot_and_reload(self._path(image))

    def commit_image(self, image: Image) -> Sent:
        """Name what runs for the next boot."""
        old = self._boots()
        try:
            self._name(self._path(image), old)
        except SessionLost:
            return Sent(InstallOutcome("commit", succeeded=None), dropped=True)
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            return self._undone(old, str(error))
        return Sent(InstallOutcome("commit", succeeded=True))

    def back(self, before: Snapshot) -> Sent:
        """Name the image of before, once it is proved to be there still, and reload."""
        if not before.boots or not self._is_there(before.boots):
            reason = f"{before.boots or 'the image of before'} is not on the device; nothing was changed"
            return Sent(InstallOutcome("reload", succeeded=False, reason=reason))
        return self._boot_and_reload(before.boots)

    def put_back(self, before: Snapshot, left: str) -> str:
        """Name the image of before again, where the one is named that was named from here."""
        if before.boots == left or self._boots() != left:
            return ""
        if not before.boots:
            raise StepFailed("nothing was named for the next boot before the activation, so nothing can be named again")
        self._name(before.boots, left)
        return f"the next boot starts {before.boots} again, as before"

    def _boot_and_reload(self, path: str) -> Sent:
        try:
            old = self._boots()
            try:
                self._name(path, old)
                reply = self._session.converse("reload now", _RELOAD, self._limits.activate)
                if not reply.dropped:
                    _not_refused("reload now", reply.text)
            except (CommandRefused, StepFailed, UnparsableOutput) as error:
                return self._undone(old, str(error))
        except SessionLost:
            return Sent(InstallOutcome("reload", succeeded=None), dropped=True)
        return Sent(InstallOutcome("reload", succeeded=None if reply.dropped else True), reply.dropped)

    def _name(self, path: str, old: str) -> None:
        """Name a file for the next boot in place of `old`, and read it back; StepFailed where another stands there."""
        self._do("configure")
        was = self.left
        if was is None and path != old:
            self.left = path  # where the session ends in the command, it may have arrived
        try:
            self._do(f"boot system {path}")
        except CommandRefused:
            self.left = was
            self._do("end")
            raise
        if path != old:
            self.left = path
        self._do("end")
        if (seen := self._boots()) != path:
            raise StepFailed(f"'{SHOW_BOOT}' names {seen or 'nothing'} after 'boot system {path}'")

    def _undone(self, old: str, reason: str) -> Sent:
        """Restore the boot setting, if it is the one of here; return the failure and what the next boot starts."""
        try:
            seen = self._boots()
            if seen not in {old, self.left}:
                self.left = ""
                reason += f"; the next boot starts {seen or 'nothing'}, which is not from here, so it stays"
                return Sent(InstallOutcome("reload", succeeded=False, reason=reason))
            if old and seen != old:
                self._name(old, seen)
                seen = old
            if seen == old and self.left is not None:
                self.left = ""  # where nothing was named now, what an earlier session named still stands
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            reason += f"; and the boot setting could not be put back to {old or 'nothing'}: {error}"
        else:
            before = "as before" if seen == old else "where nothing was named before"
            reason += f"; the next boot starts {seen or 'nothing'}, {before}"
        return Sent(InstallOutcome("reload", succeeded=False, reason=reason))

    def _do(self, command: str) -> None:
        _not_refused(command, self._show(command))


def _not_refused(command: str, text: str) -> None:
    if refusal := _REFUSED.search(text):
        raise CommandRefused(f"'{command}': the device answered '{refusal[0].strip()}'")
