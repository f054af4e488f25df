"""Catalyst 9000 and other IOS-XE devices in install mode, through one open session."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import SessionLost, UnparsableOutput
from swimctl.models import Device, Finding, Image, ImageKind, JobOptions
from swimctl.platforms.base import Cleaned, Sent, Session, Support, Trace
from swimctl.platforms.cisco_xe.evidence import Modelled, weigh_installed, weigh_running
from swimctl.platforms.cisco_xe.installing import Installing
from swimctl.platforms.cisco_xe.instead import version_instead
from swimctl.platforms.cisco_xe.log import trace_operation
from swimctl.platforms.cisco_xe.modelled import UNREAD, hardware_model, install_model
from swimctl.platforms.cisco_xe.packaged import Packaged
from swimctl.platforms.cisco_xe.pair import held_together, one_supervisor_each, watched
from swimctl.platforms.cisco_xe.parsers.install import parse_show_install
from swimctl.platforms.cisco_xe.parsers.install_outcome import parse_install_remove_outcome
from swimctl.platforms.cisco_xe.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.parsers.virtual import DETECTION, LINK, parse_dual_active, parse_virtual_link
from swimctl.platforms.cisco_xe.readiness import State, assess, is_of, managed, space
from swimctl.platforms.cisco_xe.reading import COMPARED
from swimctl.platforms.cisco_xe.units import READY, Unit
from swimctl.platforms.evidence import read_by, with_models
from swimctl.platforms.facts import (
    Installed,
    InstallSummary,
    PackageState,
    Placement,
    Running,
    SoftwareVersion,
)
from swimctl.platforms.terminal import answer
from swimctl.platforms.versions import same_release

_REMOVE: Final = (answer(r"remove the above files\?.*\[y/n\]", "y"),)

# Operation of a job -> what an entry of the ledger has parameters of.
_PARAMETERS: Final = {"add": "add", "activate": "act", "commit": "commit", "abort": "cancel"}

VIRTUAL: Final = re.compile(r"C9[456]")
"""Two of these are a StackWise Virtual pair; what is stacked has other models."""

_PRINTED: Final = read_by(
    who="`show version`, else of `show inventory`",
    boot="`show version`",
    release="`show version` with `show switch`, `show chassis`, or `show platform` and `show redundancy`",
    state="`show install summary`",
    compared=COMPARED,
    commit="`install commit`",
    instead="`show redundancy` and `show install summary`, where they agree",
)
EVIDENCE: Final = with_models(
    _PRINTED,
    "`boot-time` of the model `Cisco-IOS-XE-device-hardware-oper`",
    "`software-version` of `Cisco-IOS-XE-device-hardware-oper` and the provisioned versions of "
    "`Cisco-IOS-XE-install-oper`",
    "the states of `Cisco-IOS-XE-install-oper`",
)

SUPPORT: Final = Support(
    name="Cisco IOS-XE, install mode",
    add="install add",
    activate="install activate",
    commit="install commit",
    back="install abort",
    look="`show version`, `show install summary` and `show logging`",
    way_back="the auto-abort timer takes it back by itself unless it is committed; after that `install rollback`, or, "
    "converted from bundle mode, `boot system` with the old image, `write memory`, `reload`",
    hashes=("sha512", "md5"),
    members="stacks, StackWise Virtual pairs, two supervisors: space, release and boot variable of every member, "
    "before and after; a standby must be there",
    clean="install remove inactive",
    evidence=EVIDENCE,
    kinds=frozenset({ImageKind.IMAGE, ImageKind.PATCH}),
    refuses=(
        "members of which some run in bundle mode: all must run in install mode",
        "a StackWise Virtual pair with two supervisors a chassis",
        "wireless controllers: no `ap image predownload`, so access points load their image when they join again",
        "routers in controller mode (SD-WAN): their manager upgrades them",
        "in-service upgrades (--issu) of anything but a Catalyst 9400, 9500 or 9600; those have a section of their own",
    ),
)


class CiscoXe(Installing, Packaged):
    """Read and change one device; every command has a deadline of the settings."""

    support = SUPPORT

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
        version = super()._version()
        if others := managed(version):
            return [may, *others]
        if version.uptime is None and version.restarted_at is None:
            raise UnparsableOutput(
                "show version", "", "it gives neither uptime nor restart time, so no reload is provable"
            )
        units = self._units(version)
        install = self._install_summary()
        _check_told(install, [unit.name for unit in units if unit.state == READY])
        state = State(
            version=version,
            units=units,
            install=install,
            boot=self._boot(),
            inventory=parse_show_inventory(self._show("show inventory")),
            flash=self._flash(units, image),
        )
        together = self._pair(state) if _is_pair(state) else ()
        return [
            *assess(state, device, image, self._settings.readiness, cleanup=cleanup),
            *together,
            *self._also(units),
            may,
        ]

    def _also(self, units: Sequence[Unit]) -> list[Finding]:  # noqa: ARG002 - for drivers that ask more
        return []

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
        """Return where the image stands on the device: by the row of its release, a patch by the row of its file.

        A release by the device's models too; patches are in no part of them that is read.
        """
        install = None if image.kind is ImageKind.PATCH else install_model(self._session)
        models = Modelled(hardware_model(self._session) if install and install.timer_runs else None, install)
        running = super().running()
        try:
            printed = self._printed(image, running)
        except UNREAD:
            told = weigh_installed(None, models, image, running)
            if told is None:
                raise
            return told
        return weigh_installed(printed, models, image, running) or printed

    def running(self) -> Running:
        """Return what runs now on every member, and since when: by what the device prints, and by its models."""
        printed = super().running()
        return weigh_running(printed, Modelled(hardware_model(self._session), install_model(self._session)))

    def _version(self) -> SoftwareVersion:
        try:
            return super()._version()
        except UNREAD:
            version = version_instead(self._session, self._limits.command)
            if version is None:
                raise
            return version

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

    def clean(self) -> Cleaned:
        """Remove what no install state needs."""
        reply = self._quietly("install remove inactive", _REMOVE, self._limits.clean)
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

    def add(self, image: Image) -> Sent:
        """Unpack the image on all members; the device does not reload."""
        return self._install(f"install add file {self.destination(image)}", self._limits.add)

    def activate(self, image: Image) -> Sent:
        """Start what was added, with the auto-abort timer armed; in one-shot mode do all in one command."""
        if not self.unpacks:
            return self._add_activate_commit(image)
        command = f"install activate auto-abort-timer {self._minutes}"
        return self._install(command, self._limits.activate, quietly=True)

    def armed_for(self) -> float | None:
        """Return the seconds from the activation until the device goes back, None in one-shot mode."""
        return 60.0 * self._minutes if self.unpacks else None

    @property
    def _minutes(self) -> int:
        return self._settings.activation.auto_abort_minutes

    def commit(self) -> Sent:
        """Keep what runs; disarms the timer."""
        return self._install("install commit", self._limits.commit)

    def abort(self) -> Sent:
        """Go back to the committed release; the device reloads. What is committed may be the only one on the flash."""
        return self._install("install abort", self._limits.commit, quietly=True)

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log whether an operation came after the mark, and whether it ended.

        Where that cannot tell, the ledger of its models knows at least of one that is at work.
        """
        trace = trace_operation(self._log(), operation, mark)
        if trace.received is None:
            install = install_model(self._session)
            if install is not None and install.under_way(_PARAMETERS[operation]):
                return Trace(received=True, finished=False)
        return trace

    def _install_summary(self) -> InstallSummary:
        return parse_show_install(self._show("show install summary"))


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
