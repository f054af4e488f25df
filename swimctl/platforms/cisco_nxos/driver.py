"""Nexus switches that run from one image (9000 and 3000): what is changed on them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, DeviceUnknown, StepFailed, UnparsableOutput
from swimctl.models import Finding, Image
from swimctl.platforms.base import Sent, Support
from swimctl.platforms.cisco_nxos.fetching import FETCHINGS
from swimctl.platforms.cisco_nxos.parsers.files import parse_copy_configuration
from swimctl.platforms.cisco_nxos.parsers.incompatibility import parse_show_incompatibility
from swimctl.platforms.cisco_nxos.parsers.install import parse_install_all, parse_install_impact
from swimctl.platforms.cisco_nxos.readiness import rehearsed
from swimctl.platforms.cisco_nxos.reading import UNKNOWN, NexusDevice
from swimctl.platforms.cisco_nxos.software import next_boot, short_path
from swimctl.platforms.evidence import read_by, with_models
from swimctl.platforms.facts import InstallOutcome, Snapshot
from swimctl.platforms.fetching import Fetched, Remote, fetch
from swimctl.platforms.talk import Talk
from swimctl.platforms.terminal import Answer, answer

# The one question of the installer; any other is one that nobody foresaw.
_INSTALL: Final[tuple[Answer, ...]] = (answer(r"do you want to continue with the installation ?\(y/n\)\?", "y"),)
_CLOSING: Final = re.compile(
    r"^(?:Finishing the upgrade, switch will reboot in|Install has been successful)", re.MULTILINE
)

SUPPORT: Final = Support(
    name="Cisco NX-OS, one image",
    add="install all",
    activate="install all nxos",
    commit="boot nxos",
    back="install all nxos",
    look="`show version`, `show boot` and `show install all status`",
    way_back="`install all nxos bootflash:FILE` with the file of the old release, which stays in bootflash",
    hashes=("sha512", "md5"),
    members="swimctl checks state and release of each supervisor and line card, before and after; a vPC partner must "
    "be healthy",
    evidence=with_models(
        read_by(
            who="`show version`, else of `show inventory`",
            boot="`show version`",
            release="`show version` and `show module`",
            state="`show version` and `show boot`",
            compared="`show interface brief`, `show vpc` (`show vpc | json` where it cannot be read), `show cdp "
            "neighbors`, `show lldp neighbors`, `show ip route summary vrf all`",
            commit="`boot nxos`, read back",
        ),
        boot="`show version | json`",
        release="`show version | json` and `show module | json`",
        state="`show boot | json`",
        by="",
    ),
    issu="`install all nxos bootflash:IMAGE non-disruptive`, if the installer calls every module non-disruptive",
    refuses=(
        "Nexus 5000, 6000 and 7000, and MDS: they boot two files, a kickstart and a system image",
        "switches of an ACI fabric: upgrade them from its APIC",
        "--issu, if the installer calls any module disruptive",
        "EPLD images and SMUs",
        "a switch with a vPC partner, without a `redundancy_group` in the inventory",
    ),
)


class CiscoNxos(NexusDevice):
    """Read and change one device."""

    support = SUPPORT

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device, which refuses where it has booted from it."""
        command = f"delete {self._path(image)} no-prompt"
        text = self._session.run(command, self._limits.command).strip()
        if self.file_size(image) is not None:
            raise CommandRefused(f"'{command}': the file is still there; the device answered {text[-200:]!r}")

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""
        return self._path(image)

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        """Have the device fetch a file to the image's destination; without a VRF, through its management port."""
        return fetch(FETCHINGS, self._session, remote, self.destination(image), vrf, deadline)

    def rehearse(self, image: Image) -> list[Finding]:
        """Return what the installer says of the file: what it would install on each module, and what would go down."""
        command = f"show install all impact nxos {self._path(image)}{self._kind}"
        try:
            impact = parse_install_impact(self._session.run(command, self._limits.add))
        except CommandRefused as error:
            return [
                Finding(
                    "installer's check",
                    ok=False,
                    seen=str(error),
                    needed="success",
                    next_command=f"`{command}` on the device",
                )
            ]
        try:
            lacks = parse_show_incompatibility(
                self._session.run(f"show incompatibility nxos {self._path(image)}", self._limits.add)
            )
        except CommandRefused as error:
            if UNKNOWN not in str(error):
                raise
            lacks = ()  # not every release has the command
        return rehearsed(impact, lacks, image, command, in_service=bool(self._kind))

    def save(self) -> None:
        """Save the running configuration."""
        command = "copy running-config startup-config"
        outcome = parse_copy_configuration(self._session.run(command, self._limits.save))
        if not outcome.saved:
            raise StepFailed(f"'{command}' failed: {outcome.reason}; the configuration was not saved")

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        return ("copy running-config startup-config", f"install all nxos {self._path(image)}{self._kind}")

    def activate(self, image: Image) -> Sent:
        """Install the image: the boot variables name it, and the device reloads, if not in service."""
        return self._install(f"{self._path(image)}{self._kind}")

    def commit_image(self, image: Image) -> Sent:
        """Name what runs for the next boot, where the boot variables name another."""
        try:
            reason = self._boot_from(self._path(image))
        except StepFailed as error:
            reason = str(error)
        return Sent(InstallOutcome(operation="boot", succeeded=not reason, reason=reason or None))

    def back(self, before: Snapshot) -> Sent:
        """Install the release from before, whose file is still there; the device reloads."""
        system, _, name = before.boots.partition(":")
        if not name or self._files(f"{system}:").size_of(name) is None:
            reason = f"{before.boots or 'the image file of the release before'} is not on the device any more"
            return Sent(InstallOutcome(operation="all", succeeded=False, reason=reason))
        return self._install(before.boots)

    def restore(self, before: Snapshot) -> str:
        """Set the boot variables to the file of before, if a failed installation left another one there."""
        return self._restore(before.boots)

    @property
    def _kind(self) -> str:
        """Return the word that the installer is told with, so that it installs in service or not at all."""
        return " non-disruptive" if self._options.issu else ""

    def _install(self, what: str) -> Sent:
        """Run the installer once; where it says that it failed, the next boot starts what runs.

        Where what it says cannot be read it may be at work, and nothing is set: the device is asked when it should be
        through, and what is left set then is for `restore`.
        """
        command = f"install all nxos {what}"
        reply = self._session.converse(command, _INSTALL, self._limits.activate, closing=_CLOSING)
        try:
            outcome = parse_install_all(reply.text)
        except (UnparsableOutput, CommandRefused) as error:
            if reply.dropped:
                return Sent(InstallOutcome(operation="all", succeeded=None), dropped=True)
            refused = False if isinstance(error, CommandRefused) else None
            return Sent(InstallOutcome(operation="all", succeeded=refused, reason=str(error)))
        if outcome.other_in_progress:
            raise DeviceUnknown(
                f"'{command}' was refused: {outcome.reason}; that may be the one of a session that was lost, and may "
                "reload the device yet; next: `show install all status` on the device"
            )
        if outcome.succeeded is False and not reply.dropped:
            told = filter(None, (outcome.reason, self._undone(outcome.reason)))
            return Sent(replace(outcome, reason="; ".join(told)))
        return Sent(outcome, reply.dropped)

    def _undone(self, why: str | None) -> str:
        """Set the boot variables to what runs, after the installer has failed; return what was done."""
        try:
            return self._restore(short_path(self._version().system_image or ""))
        except DeviceUnknown as error:
            raise DeviceUnknown(f"'install all nxos' failed: {why or 'no reason given'}; {error}") from error
        except (CommandRefused, StepFailed, UnparsableOutput) as error:
            return f"whether its next boot starts what runs is not known: {error}"

    def _restore(self, path: str) -> str:
        """Set the boot variables to this file, unless they name it; return what was done, or an empty text."""
        names = next_boot(self._boot())
        if not path or set(names.values()) == {path}:
            return ""
        if wrong := self._boot_from(path):
            raise DeviceUnknown(f"{wrong}; next: `boot nxos {path}` and `show boot` on the device")
        return f"the boot variables named {', '.join(sorted(set(names.values())))}, and name {path} again"

    def _boot_from(self, path: str) -> str:
        """Set what boots next, save it, and read it back; empty where every supervisor's variable names it."""
        if refused := self._configures(f"boot nxos {path}"):
            return f"'boot nxos {path}' was refused: {refused}"
        self.save()
        names = next_boot(self._boot())
        wrong = [f"{each or 'nothing'}{f' on {sup}' if sup else ''}" for sup, each in names.items() if each != path]
        return f"the next boot starts {', '.join(wrong)}, not {path}" if wrong else ""
