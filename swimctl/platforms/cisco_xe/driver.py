"""Catalyst 9000 and other IOS-XE devices in install mode, through one open session."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from swimctl.errors import SessionLost, UnparsableOutput
from swimctl.models import Device, Finding, Image, ImageKind
from swimctl.platforms.base import Cleaned, Sent, Trace
from swimctl.platforms.cisco_xe.access_points import PREDOWNLOAD, Controller, standing
from swimctl.platforms.cisco_xe.device import CiscoDevice
from swimctl.platforms.cisco_xe.evidence import Modelled, weigh_installed, weigh_running
from swimctl.platforms.cisco_xe.facts import InstallSummary, PackageState
from swimctl.platforms.cisco_xe.in_service import InService
from swimctl.platforms.cisco_xe.installing import Installer
from swimctl.platforms.cisco_xe.log import trace_operation
from swimctl.platforms.cisco_xe.modelled import UNREAD, hardware_model, install_model
from swimctl.platforms.cisco_xe.packaged import boot_settings, flash_of
from swimctl.platforms.cisco_xe.pair import held_together, one_supervisor_each, watched
from swimctl.platforms.cisco_xe.parsers.install import parse_show_install
from swimctl.platforms.cisco_xe.parsers.install_outcome import parse_install_remove_outcome
from swimctl.platforms.cisco_xe.parsers.virtual import DETECTION, LINK, parse_dual_active, parse_virtual_link
from swimctl.platforms.cisco_xe.readiness import State, assess, is_of, managed, space
from swimctl.platforms.cisco_xe.reading import Reading, require_boot_time
from swimctl.platforms.cisco_xe.reload import save
from swimctl.platforms.cisco_xe.support import SUPPORT, SUPPORT_IN_SERVICE, VIRTUAL
from swimctl.platforms.cisco_xe.units import READY
from swimctl.platforms.facts import AccessPoint, Installed, Placement, Running
from swimctl.platforms.terminal import answer
from swimctl.platforms.versions import same_release

__all__ = ["SUPPORT", "CiscoXe"]

_REMOVE: Final = (answer(r"remove the above files\?.*\[y/n\]", "y"),)

# Operation of a job -> what an entry of the ledger has parameters of.
_PARAMETERS: Final = {"add": "add", "activate": "act", "commit": "commit", "abort": "cancel"}


class CiscoXe(CiscoDevice):
    """Read and change one device. `in_service`: it is upgraded so, where that is asked for."""

    support = SUPPORT

    def __init__(self, read: Reading, in_service: InService | None = None) -> None:
        super().__init__(read)
        self._session = read.session
        self._installer = Installer(read)
        self._in_service = in_service
        self.unpacks = self._settings.activation.mode == "staged"
        self._controller = Controller(read, staged=self.unpacks)
        self._minutes = self._settings.activation.auto_abort_minutes
        if in_service:
            self.support = SUPPORT_IN_SERVICE
            self._minutes = in_service.minutes
            # Only these have rules that the copy and the unpacking may have outlived: see `ChecksAgain`.
            self.check_again = in_service.able

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do, and that it can be told what both run."""
        findings = super().identity(device)
        if not (self._in_service and findings[0].ok):
            return findings
        return [*findings, *self._in_service.identity()]

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        version = self._read.printed_version()
        if others := managed(version):
            return [may, *others]
        require_boot_time(version)
        units = self._read.units(version)
        install = self._install_summary()
        _check_told(install, [unit.name for unit in units if unit.state == READY])
        state = State(
            version=version,
            units=units,
            install=install,
            boot=boot_settings(self._read),
            inventory=self._read.inventory(),
            flash=flash_of(self._read, units, image),
        )
        together = self._pair(state) if _is_pair(state) else ()
        also = self._in_service.check(units, staged=self.unpacks) if self._in_service else []
        rules = assess(state, device, image, self._settings.readiness, cleanup=cleanup)
        return [*rules, *together, *also, *self._controller.check(image), may]

    def _pair(self, state: State) -> tuple[Finding, ...]:
        return (
            held_together(parse_virtual_link(self._read.show(LINK))),
            watched(parse_dual_active(self._read.show(DETECTION))),
            one_supervisor_each(state.install),
        )

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more, after a clean-up."""
        flash = flash_of(self._read, self._read.units(self._read.version()), image)
        return space(flash, self._install_summary(), image, self._settings.readiness, cleaned=True)

    def running(self) -> Running:
        """Return what runs now on every member, and since when: by what the device prints, and by its models."""
        return self._in_service.running(self._running) if self._in_service else self._running()

    def _running(self) -> Running:
        printed = self._read.running()
        return weigh_running(printed, Modelled(hardware_model(self._session), install_model(self._session)))

    def installed(self, image: Image) -> Installed:
        """Return where the image stands on the device: by the row of its release, a patch by the row of its file.

        A release by the device's models too; patches are in no part of them that is read.
        """
        told = self._installed(image)
        return self._in_service.installed(told) if self._in_service else told

    def _installed(self, image: Image) -> Installed:
        install = None if image.kind is ImageKind.PATCH else install_model(self._session)
        models = Modelled(hardware_model(self._session) if install and install.timer_runs else None, install)
        running = self._read.running()
        try:
            printed = self._printed(image, running)
        except UNREAD:
            told = weigh_installed(None, models, image, running)
            if told is None:
                raise
            return told
        return weigh_installed(printed, models, image, running) or printed

    def _printed(self, image: Image, running: Running) -> Installed:
        summary = self._install_summary()
        _check_told(summary, running.members)
        if image.kind is ImageKind.PATCH:
            return _timed(_of_patch(summary, image), summary)
        states = {p.state for p in summary.packages if is_of(p, image)}
        runs = all(same_release(version, image.version) for version in running.members.values())
        if PackageState.UNCOMMITTED in states:
            placement = Placement.UNCOMMITTED
        elif PackageState.COMMITTED in states and runs and PackageState.INACTIVE not in states:
            placement = Placement.COMMITTED
        elif PackageState.INACTIVE in states or PackageState.COMMITTED in states:
            placement = Placement.ADDED
        else:
            placement = Placement.ABSENT
        return _timed(placement, summary)

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""
        late = super().unready()
        return self._in_service.unready() if self._in_service and not late else late

    def cleanable(self) -> tuple[str, ...]:
        """Return the packages that are inactive now; stray files are listed by the command alone."""
        packages = self._install_summary().packages
        return tuple(dict.fromkeys(p.name for p in packages if p.state is PackageState.INACTIVE))

    def clean(self) -> Cleaned:
        """Remove what no install state needs."""
        reply = self._installer.quietly("install remove inactive", _REMOVE, self._limits.clean)
        if reply.dropped:
            raise SessionLost("the session ended in 'install remove inactive'")
        outcome = parse_install_remove_outcome(reply.text)
        if outcome.succeeded is not True:
            why = f"'install remove inactive' failed: {outcome.reason or 'no SUCCESS line'}"
            return Cleaned(outcome.deleted, why)
        if outcome.rejected:
            # It ends with SUCCESS all the same: more/cisco_xe/install_remove_inactive/02.
            why = "'install remove inactive': the device says that its question was answered with no"
            return Cleaned(outcome.deleted, f"{why}; next: `install remove inactive` on the device")
        # A release that does not name them as they go has listed them before.
        return Cleaned(outcome.deleted or outcome.listed)

    def save(self) -> None:
        """Save the running configuration."""
        save(self._read)

    def add(self, image: Image) -> Sent:
        """Unpack the image on all members; the device does not reload."""
        return self._installer.run(f"install add file {self.destination(image)}", self._limits.add)

    @property
    def predownloads(self) -> bool:
        """Return whether it is a wireless controller whose access points are to load an image beforehand."""
        return self.unpacks and self._controller.asked

    def predownload(self) -> Sent:
        """Have all access points load what was added."""
        return self._controller.predownload()

    def access_points(self, image: Image) -> tuple[AccessPoint, ...]:
        """Return how far each access point that is joined is with the image."""
        return standing(self._controller.rows(), image)

    def typed(self, image: Image) -> tuple[str, ...]:
        """Return the commands that change the device from the copy to the commit, in order; see `NamesCommands`."""
        add = f"install add file {self.destination(image)}"
        if self._in_service:
            return ("write memory", add, self._in_service.command, "install commit")
        if not self.unpacks:
            return ("write memory", f"{add} activate commit prompt-level none")
        # They take hours, so the configuration is saved once more behind them.
        loads = (PREDOWNLOAD, "write memory") if image.kind is ImageKind.IMAGE and self.predownloads else ()
        return ("write memory", add, *loads, f"{self._activate} prompt-level none", "install commit")

    @property
    def _activate(self) -> str:
        return f"install activate auto-abort-timer {self._minutes}"

    def activate(self, image: Image) -> Sent:
        """Start what was added, with the auto-abort timer armed; in one-shot mode do all in one command."""
        if self._in_service:
            return self._in_service.activate()
        if not self.unpacks:
            return self._installer.add_activate_commit(self.destination(image))
        return self._installer.run(self._activate, self._limits.activate, quietly=True)

    def armed_for(self) -> float | None:
        """Return the seconds from the activation until the device goes back, None in one-shot mode."""
        return 60.0 * self._minutes if self.unpacks else None

    def commit(self) -> Sent:
        """Keep what runs; disarms the timer."""
        return self._installer.run("install commit", self._limits.commit)

    def abort(self) -> Sent:
        """Go back to the committed release; the device reloads. What is committed may be the only one on the flash."""
        if self._in_service:
            return self._in_service.abort()
        return self._installer.run("install abort", self._limits.commit, quietly=True)

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether an operation came after the mark, and whether it ended.

        Where that cannot tell, the ledger of its models knows at least of one that is at work.
        """
        trace = trace_operation(self._read.log(), operation, mark)
        if trace.received is None:
            install = install_model(self._session)
            if install is not None and install.under_way(_PARAMETERS[operation]):
                return Trace(received=True, finished=False)
        return trace

    def _install_summary(self) -> InstallSummary:
        return parse_show_install(self._read.show("show install summary"))


def _check_told(summary: InstallSummary, members: Collection[str]) -> None:
    """Raise UnparsableOutput where a member that runs has no block: nobody knows what is installed there."""
    told = {name.partition("/")[0] for package in summary.packages for name in package.members}
    silent = [name for name in members if len(members) > 1 and name not in told]
    if silent:
        raise UnparsableOutput("show install summary", "", f"it says nothing of {', '.join(silent)}")


def _timed(placement: Placement, summary: InstallSummary) -> Installed:
    """Add when the device goes back by itself. The packages decide whether it does, and the timer's line only when.

    What is committed stays, unless that line counts down. Of what is not, only a line that says so shows that no timer
    runs.
    """
    # One that counts down while all is committed is a contradiction: it may reload all the same.
    if summary.timer_runs is False or not (summary.open_packages or summary.abort_timer is not None):
        return Installed(placement)
    return Installed(placement, summary.abort_timer, untimed=summary.abort_timer is None)


def _of_patch(summary: InstallSummary, image: Image) -> Placement:
    """Return where a patch stands: committed only where it is so on every member."""
    rows = [package for package in summary.packages if is_of(package, image)]
    states = {row.state for row in rows}
    everywhere = {name for row in rows for name in row.members} == {n for p in summary.packages for n in p.members}
    if not rows:
        return Placement.ABSENT
    if states == {PackageState.COMMITTED} and everywhere:
        return Placement.COMMITTED
    return Placement.ADDED if states == {PackageState.INACTIVE} else Placement.UNCOMMITTED


def _is_pair(state: State) -> bool:
    return (
        len(state.units) > 1
        and all(unit.name.isdecimal() for unit in state.units)
        and bool(VIRTUAL.match(state.version.model or ""))
    )
