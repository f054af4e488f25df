"""Catalyst 9000 and other IOS-XE devices in install mode, through one open session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, SessionLost, StepFailed, UnparsableOutput
from swimctl.facts import (
    BootSettings,
    Installed,
    InstallOutcome,
    InstallSummary,
    PackageState,
    Placement,
    Snapshot,
    SoftwareVersion,
)
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Sent, Session, Support, Trace
from swimctl.platforms.cisco_xe.log import trace_operation
from swimctl.platforms.cisco_xe.pair import held_together, one_supervisor_each, watched
from swimctl.platforms.cisco_xe.parse_boot import parse_show_boot, parse_show_romvar
from swimctl.platforms.cisco_xe.parse_files import parse_show_file_systems
from swimctl.platforms.cisco_xe.parse_install import parse_show_install
from swimctl.platforms.cisco_xe.parse_install_outcome import parse_install_outcome, parse_install_remove_outcome
from swimctl.platforms.cisco_xe.parse_inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.parse_virtual import DETECTION, LINK, parse_dual_active, parse_virtual_link
from swimctl.platforms.cisco_xe.readiness import Flash, State, assess, space
from swimctl.platforms.cisco_xe.reading import IosDevice, unknown_command
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.settings import Settings
from swimctl.terminal import Answer, answer
from swimctl.versions import same_release

# A process that dies while the device asks leaves a command that has come and does nothing. What was answered here
# was sure before: some releases ask all the same.
_ASK_NOTHING: Final = " prompt-level none"
# device-facts: every question that was seen around an install, a save or a delete, with the one answer for it.
_INSTALL: Final[tuple[Answer, ...]] = (
    answer(r"do you want to proceed\??.*\[y/n\]", "y"),
    answer(r"changed boot config to \S*packages\.conf.*\[y/n\]", "y"),
    # Saved just before; what was changed since is saved too, as the reload would lose it.
    answer(r"press yes\(y\) to save.*\[y/n/q\]", "y"),
)
_REMOVE: Final = (answer(r"remove the above files\?.*\[y/n\]", "y"),)
_CLOSING: Final = re.compile(r"^(?:SUCCESS|FAILED): (?:install_)?\w+", re.MULTILINE)

# Two of these are a StackWise Virtual pair; what is stacked has other models.
_VIRTUAL: Final = re.compile(r"C9[456]")

SUPPORT: Final = Support(
    name="Cisco IOS-XE, install mode",
    add="install add",
    activate="install activate",
    commit="install commit",
    back="install abort",
    look="`show version`, `show install summary` and `show logging`",
    way_back="the auto-abort timer takes it back by itself unless it is committed; `install rollback` after that",
    hashes=("sha512", "md5"),
    members="stacks, StackWise Virtual pairs, two supervisors: room, release and boot variable of every member, before "
    "and after; a standby must be there",
    clean="install remove inactive",
    refuses=(
        "bundle mode: convert it to install mode first",
        "a StackWise Virtual pair with two supervisors a chassis",
        "wireless controllers: no `ap image predownload`, so access points load their image when they join again",
        "in-service upgrades (--issu): its supervisors reload one by one, which no output that is read here proves",
    ),
)


class CiscoXe(IosDevice):
    """Read and change one device; every command has a deadline of the settings."""

    support = SUPPORT
    # What is committed stays: the release before it may be gone from the flash.
    returns = False

    def __init__(
        self, session: Session, settings: Settings, _options: JobOptions, version: SoftwareVersion | None = None
    ) -> None:
        super().__init__(session, settings, version)
        self.unpacks = settings.activation.mode == "staged"

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        version = self._version()
        if version.uptime is None and version.restarted_at is None:
            raise UnparsableOutput(
                "show version", "", "it gives neither uptime nor restart time, so no reload is provable"
            )
        units = self._units(version)
        state = State(
            version=version,
            units=units,
            install=self._install_summary(),
            boot=self._boot(),
            inventory=parse_show_inventory(self._show("show inventory")),
            flash=self._flash(units, image),
        )
        together = self._pair(state) if _is_pair(state) else ()
        return [*assess(state, device, image, self._settings.readiness, cleanup=cleanup), *together, may]

    def _pair(self, state: State) -> tuple[Finding, ...]:
        return (
            held_together(parse_virtual_link(self._show(LINK))),
            watched(parse_dual_active(self._show(DETECTION))),
            one_supervisor_each(state.install),
        )

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more, after a clean-up."""
        flash = self._flash(self._units(self._version()), image)
        return space(flash, self._install_summary(), image, self._settings.readiness, cleaned=True)

    def installed(self, image: Image) -> Installed:
        """Tell where the image's release stands on the device."""
        summary = self._install_summary()
        states = {p.state for p in summary.packages if p.kind == "IMG" and same_release(p.name, image.version)}
        runs = all(same_release(version, image.version) for version in self.running().members.values())
        if PackageState.UNCOMMITTED in states:
            placement = Placement.UNCOMMITTED
        elif PackageState.COMMITTED in states and runs and PackageState.INACTIVE not in states:
            placement = Placement.COMMITTED
        elif PackageState.INACTIVE in states or PackageState.COMMITTED in states:
            placement = Placement.ADDED
        else:
            placement = Placement.ABSENT
        return Installed(placement, summary.abort_timer)

    def unready(self) -> str | None:
        """Tell what is not back yet after a reload, None where all is."""
        late = super().unready()
        if late is None:
            self._install_summary()  # it is printed late in the boot
        return late

    def clean(self) -> str:
        """Remove what no install state needs; tell what came of it."""
        reply = self._converse("install remove inactive", _REMOVE, self._limits.clean, closing=_CLOSING)
        if reply.dropped:
            raise SessionLost("the session ended in 'install remove inactive'")
        outcome = parse_install_remove_outcome(reply.text)
        if outcome.succeeded is not True:
            raise StepFailed(f"'install remove inactive' failed: {outcome.reason or 'no SUCCESS line'}")
        return f"{len(outcome.deleted)} files removed" if outcome.deleted else "nothing to remove"

    def spread(self, image: Image) -> str:  # noqa: ARG002 - as above
        """Leave it to `install add`, which takes the image to all members."""
        return ""

    def add(self, image: Image) -> Sent:
        """Unpack the image on all members; the device does not reload."""
        return self._install(f"install add file {self.destination(image)}", self._limits.add)

    def activate(self, image: Image) -> Sent:
        """Start what was added, with the auto-abort timer armed; in one-shot mode do all in one command."""
        if not self.unpacks:
            return self._install(
                f"install add file {self.destination(image)} activate commit{_ASK_NOTHING}",
                self._limits.add + self._limits.activate,
            )
        minutes = self._settings.activation.auto_abort_minutes
        return self._install(f"install activate auto-abort-timer {minutes}{_ASK_NOTHING}", self._limits.activate)

    def commit(self, image: Image) -> Sent:  # noqa: ARG002 - other platforms name the image here
        """Keep what runs; disarms the timer."""
        return self._install("install commit", self._limits.commit)

    def back(self, before: Snapshot) -> Sent:  # noqa: ARG002 - as above
        """Go back to the committed release; the device reloads."""
        return self._install(f"install abort{_ASK_NOTHING}", self._limits.commit)

    def restore(self, before: Snapshot) -> str:  # noqa: ARG002 - as above
        """Leave it to the device: what is not committed is not booted."""
        return ""

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Tell from the device's log whether an operation came after the mark, and whether it ended."""
        return trace_operation(self._log(), operation, mark)

    def _install(self, command: str, seconds: float) -> Sent:
        reply = self._converse(command, _INSTALL, seconds, closing=_CLOSING)
        try:
            return Sent(parse_install_outcome(reply.text), reply.dropped)
        except UnparsableOutput:
            if reply.dropped:
                return Sent(InstallOutcome(operation=None, succeeded=None), dropped=True)
            raise

    def _install_summary(self) -> InstallSummary:
        return parse_show_install(self._show("show install summary"))

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


def _is_pair(state: State) -> bool:
    return (
        len(state.units) > 1
        and all(unit.name.isdigit() for unit in state.units)
        and bool(_VIRTUAL.match(state.version.model or ""))
    )
