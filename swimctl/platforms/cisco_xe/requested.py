"""Catalyst 3650 and 3850, and the first releases of the Catalyst 9000, whose packages `request platform` installs.

What `packages.conf` of each member names is what its next boot starts: it is read back after every command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from swimctl.errors import CommandRefused, StepFailed, UnparsableOutput
from swimctl.models import Device, Finding, Image
from swimctl.platforms.base import Sent, Support, Trace
from swimctl.platforms.cisco_xe.device import CiscoDevice
from swimctl.platforms.cisco_xe.facts import InstallSummary
from swimctl.platforms.cisco_xe.images import fits
from swimctl.platforms.cisco_xe.packaged import boot_settings, flash_of
from swimctl.platforms.cisco_xe.parsers.request import (
    MORE,
    REQUEST,
    parse_packages,
    parse_request,
    provisioned_release,
)
from swimctl.platforms.cisco_xe.readiness import State, boots_packages, identity, models, space
from swimctl.platforms.cisco_xe.reading import COMPARED, require_boot_time
from swimctl.platforms.cisco_xe.reload import reload, save, trace_reload
from swimctl.platforms.evidence import read_by
from swimctl.platforms.facts import Installed, InstallOutcome, Placement, Snapshot, SoftwareVersion
from swimctl.platforms.rules import family, no_clean_up, order
from swimctl.platforms.versions import release, same_release

# operators.md §5a, step 10: these have no `install add`.
_ALWAYS: Final = re.compile(r"WS-C3[68]50")
_RELEASES: Final = frozenset({"16.5.1a", "16.6.1"})
# Before 16.1 it is `software install`, whose dialogue is known of a single switch alone.
_TOO_OLD: Final = re.compile(r"0?3\.")
# device-facts, §1.3: as it was typed where a rollback was seen.
_ROLLBACK: Final = f"{REQUEST} switch all rollback on-reboot auto-copy"

SUPPORT: Final = Support(
    name="Cisco IOS-XE, install mode by `request platform software`",
    add="",
    activate=f"{REQUEST}, reload",
    commit="",
    back=f"{_ROLLBACK}, reload",
    look="`show version`, `more flash:packages.conf` of every member and `show logging`",
    way_back=f"`{_ROLLBACK}`, then `reload`; nothing goes back by itself",
    hashes=("sha512", "md5"),
    members="in a stack, swimctl checks every member before and after: space, release, role, boot variable and "
    "packages",
    evidence=read_by(
        who="`show version`, else of `show inventory`",
        boot="`show version`",
        release="`show version` and `show switch`",
        state="`show version` and `more flash:packages.conf` of every member",
        compared=COMPARED,
    ),
    refuses=(
        "releases 03.x of Catalyst 3650 and 3850: go to 16.x by hand, `software install file flash:IMAGE new force`",
        "--cleanup-flash: we do not know how these devices clean up",
    ),
)


def is_requested(version: SoftwareVersion) -> bool:
    """Return whether a device in install mode installs by `request platform software package install`."""
    return _ALWAYS.match(version.model or "") is not None or release(version.version) in _RELEASES


class Requested(CiscoDevice):
    """Read and change one device; what it boots next is changed in `activate` and its ways back alone."""

    support = SUPPORT
    left: str | None = None

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        version = self._read.version()
        require_boot_time(version)
        units = self._read.units(version)
        state = State(
            version=version,
            units=units,
            install=InstallSummary(()),
            boot=boot_settings(self._read),
            inventory=self._read.inventory(),
            flash=flash_of(self._read, units, image),
        )
        policy = self._settings.readiness
        return [
            *identity(version, units, state.inventory, device),
            family(image, models(version), fits),
            *boots_packages(state),
            self._installer(version),
            *space(state.flash, state.install, image, policy, cleaned=True),
            order(version.version, image, policy),
            *no_clean_up(wanted=cleanup),
            may,
        ]

    def _installer(self, version: SoftwareVersion) -> Finding:
        """Refuse a device that would boot something else than what runs, and one too old for the command."""
        if _TOO_OLD.match(version.version):
            return Finding(
                "installer", ok=False, seen=version.version, needed="16.1 or newer", next_command=SUPPORT.refuses[0]
            )
        named = self._named()
        odd = {unit: found for unit, found in named.items() if not same_release(found, version.version)}
        return Finding(
            "installer",
            not odd,
            ", ".join(f"packages.conf of {unit}: {found}" for unit, found in odd.items()) or version.version,
            f"packages.conf of every member names the running release, {version.version}",
            f"`reload` to start it, or `{_ROLLBACK}` to undo it",
        )

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""
        named = self._are_named(image.version)
        if all(same_release(runs, image.version) for runs in self.running().members.values()):
            return Installed(Placement.COMMITTED if all(named.values()) else Placement.UNCOMMITTED)
        return Installed(Placement.NEXT if any(named.values()) else Placement.ABSENT)

    def save(self) -> None:
        """Save the running configuration."""
        save(self._read)

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        return ("write memory", self._install(image), "reload")

    def _install(self, image: Image) -> str:
        return f"{REQUEST} switch all file {self.destination(image)} auto-copy"

    def activate(self, image: Image) -> Sent:
        """Install the packages on all members, read back that each boots them next, and reload.

        What an earlier session installed is not installed again.
        """
        before, was = self._read.version().version, self._named()
        if not all(same_release(found, image.version) for found in was.values()):
            if not any(same_release(found, image.version) for found in was.values()):
                self.left = image.version  # where the session ends in it, it may have been installed
            sent = self._request(self._install(image), self._limits.add + self._limits.activate)
            if sent.dropped:
                return sent
            named = self._are_named(image.version)
            self.left = image.version if self._named() != was else None
            if sent.outcome.succeeded is False or not all(named.values()):
                lacking = ", ".join(unit for unit, done in named.items() if not done)
                seen = f"packages.conf of {lacking} does not name {image.version} after it" if lacking else ""
                return self._undone(before, "; ".join(filter(None, (sent.outcome.reason, seen))))
        return reload(self._read)

    def commit_image(self, image: Image) -> Sent:
        """Refuse: what runs is what boots next, or somebody else has changed that."""
        raise StepFailed(f"packages.conf does not name {image.version}, which runs; next: {SUPPORT.look}")

    def back(self, before: Snapshot) -> Sent:
        """Roll back to the packages of before, check it on every member, and reload."""
        sent = self._roll_back(before.version)
        return reload(self._read) if sent.outcome.succeeded and not sent.dropped else sent

    def put_back(self, before: Snapshot, left: str) -> str:
        """Roll back to the packages of before, where those are named that were installed from here."""
        named = set(self._named().values())
        if not any(same_release(found, left) for found in named):
            return ""
        if others := [
            found for found in named if not (same_release(found, left) or same_release(found, before.version))
        ]:
            raise StepFailed(f"packages.conf names {', '.join(others)}, which is not from here")
        sent = self._roll_back(before.version)
        if not sent.outcome.succeeded:
            raise StepFailed(f"'{_ROLLBACK}' failed: {sent.outcome.reason or 'the session ended in it'}")
        return f"the next boot starts {before.version} again, as before: packages rolled back"

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether a reload was asked for after the mark; of the rest it says nothing."""
        found = trace_reload(self._read, mark)
        return found if found.received and operation in {"activate", "abort"} else Trace(None, None)

    def _roll_back(self, version: str) -> Sent:
        sent = self._request(_ROLLBACK, self._limits.activate)
        if sent.dropped:
            return sent
        lacking = [unit for unit, done in self._are_named(version).items() if not done]
        if lacking:
            said = f"{sent.outcome.reason}; " if sent.outcome.reason else ""
            reason = f"{said}packages.conf of {', '.join(lacking)} does not name {version}"
            return Sent(InstallOutcome("rollback", succeeded=False, reason=reason))
        return Sent(InstallOutcome("rollback", succeeded=True))

    def _undone(self, before: str, reason: str) -> Sent:
        """Roll back the packages if an install failed half-way; return the failure with its reason.

        What was named already when the install began is not from here, and stays.
        """
        if self.left:
            sent = self._roll_back(before)
            self.left = "" if sent.outcome.succeeded else self.left
            done = "the packages are as they were" if sent.outcome.succeeded else "and they could not be rolled back"
            reason = f"{reason}; {done}"
        return Sent(InstallOutcome("install", succeeded=False, reason=reason))

    def _request(self, command: str, seconds: float) -> Sent:
        reply = self._read.converse(command, (), seconds)
        try:
            return Sent(parse_request(reply.text), reply.dropped)
        except CommandRefused as error:
            return Sent(InstallOutcome("install", succeeded=False, reason=str(error)))
        except UnparsableOutput as error:
            # packages.conf, which is read after every command, tells what came of it.
            return Sent(
                InstallOutcome("install", succeeded=None, reason=None if reply.dropped else str(error)), reply.dropped
            )

    def _named(self) -> Mapping[str, str]:
        """Return the release that `packages.conf` of every unit names."""
        version = self._read.version()
        systems = self._read.file_systems()
        roots = self._read.flashes(self._read.units(version), systems)
        return {
            unit: provisioned_release(parse_packages(self._read.show(f"{MORE} {root}packages.conf")))
            for unit, root in roots.items()
        }

    def _are_named(self, version: str) -> dict[str, bool]:
        return {unit: same_release(found, version) for unit, found in self._named().items()}
