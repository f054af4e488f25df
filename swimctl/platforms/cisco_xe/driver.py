"""Catalyst 9000 and other IOS-XE devices in install mode, through one open session."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, NotEnabled, SessionLost, StepFailed, UnparsableOutput
from swimctl.facts import (
    BootSettings,
    HashResult,
    Installed,
    InstallOutcome,
    InstallSummary,
    Member,
    PackageState,
    Placement,
    Running,
    Snapshot,
    SoftwareVersion,
)
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Sent, Session, Support, Trace
from swimctl.platforms.cisco_xe.log import last_line, trace_operation
from swimctl.platforms.cisco_xe.parse_boot import parse_show_boot, parse_show_romvar
from swimctl.platforms.cisco_xe.parse_files import parse_dir, parse_show_file_systems, parse_verify
from swimctl.platforms.cisco_xe.parse_install import parse_show_install
from swimctl.platforms.cisco_xe.parse_install_outcome import parse_install_outcome, parse_install_remove_outcome
from swimctl.platforms.cisco_xe.parse_inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.parse_network import (
    parse_show_cdp_neighbors,
    parse_show_ip_interface_brief,
    parse_show_ip_route_summary,
    parse_show_lldp_neighbors,
)
from swimctl.platforms.cisco_xe.parse_session import parse_show_privilege
from swimctl.platforms.cisco_xe.parse_switch import parse_show_switch
from swimctl.platforms.cisco_xe.parse_version import is_stackable, parse_show_version
from swimctl.platforms.cisco_xe.readiness import Flash, State, assess, identity, privilege, space
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
_SAVE: Final = (
    answer(r"destination filename \[startup-config\]\?", ""),
    answer(r"overwrite the previous nvram configuration\?.*\[confirm\]", "", one_key=False),
)
_CLOSING: Final = re.compile(r"^(?:SUCCESS|FAILED): (?:install_)?\w+", re.MULTILINE)
_ERROR: Final = re.compile(r"^\s*%\s?Error.*|^\s*%.*(?:[Ff]ailed|[Ii]nvalid).*", re.MULTILINE)


SUPPORT: Final = Support(
    name="Cisco IOS-XE, install mode",
    add="install add",
    activate="install activate",
    commit="install commit",
    back="install abort",
    look="`show version`, `show install summary` and `show logging`",
    way_back="the auto-abort timer takes it back by itself unless it is committed; `install rollback` after that",
    hashes=("sha512", "md5"),
    members="stacks: room, release, role and boot variable of every member, before and after",
    clean="install remove inactive",
    refuses=("bundle mode: convert it to install mode first",),
)


class CiscoXe:
    """Read and change one device; every command has a deadline of the settings."""

    support = SUPPORT
    # What is committed stays: the release before it may be gone from the flash.
    returns = False

    def __init__(self, session: Session, settings: Settings, _options: JobOptions) -> None:
        self.unpacks = settings.activation.mode == "staged"
        self._session = session
        self._settings = settings
        self._limits = settings.deadlines
        self._root: str | None = None

    def running(self) -> Running:
        """Tell what runs now on every member, and since when."""
        version = self._version()
        return Running(version.version, version.uptime, version.restarted_at, _by_member(version))

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""
        may = self._privilege()
        if not may.ok:
            return [may]  # what this session cannot see is no fault of the device
        version = self._version()
        inventory = parse_show_inventory(self._show("show inventory"))
        return [may, *identity(version, self._members(version), inventory, device)]

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
        members = self._members(version)
        state = State(
            version=version,
            members=members,
            install=self._install_summary(),
            boot=self._boot(),
            inventory=parse_show_inventory(self._show("show inventory")),
            flash=self._flash(members, image),
        )
        return [*assess(state, device, image, self._settings.readiness, cleanup=cleanup), may]

    def space(self, image: Image) -> list[Finding]:
        """Apply the rule of free space once more, after a clean-up."""
        flash = self._flash(self._members(self._version()), image)
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

    def snapshot(self, taken_at: str) -> Snapshot:
        """Take what must be as before after the upgrade."""
        version = self._version()
        interfaces = parse_show_ip_interface_brief(self._show("show ip interface brief"))
        routes = parse_show_ip_route_summary(self._show("show ip route summary"))
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members={str(m.number): m.state for m in self._members(version)} or {"chassis": "Ready"},
            interfaces_up=tuple(sorted(i.name for i in interfaces if i.up)),
            neighbours=self._neighbours(),
            routes=dict(routes.sources),
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        text = self._session.run("show running-config", self._limits.command, quiet=True)
        if not re.search(r"^end\s*$", text, re.MULTILINE):
            raise UnparsableOutput("show running-config", "", "its closing 'end' is missing")
        return text

    def unready(self) -> str | None:
        """Tell what is not back yet after a reload, None where all is."""
        version = self._version()
        members = self._members(version)
        late = [f"member {m.number} {m.state}" for m in members if m.state not in {"Ready", "Provisioned"}]
        if late:
            return ", ".join(late)
        software = {row.member for row in version.members}
        silent = [f"member {m.number}" for m in members if software and m.state == "Ready" and m.number not in software]
        self._install_summary()
        return f"{', '.join(silent)} not in 'show version' yet" if silent else None

    def clean(self) -> str:
        """Remove what no install state needs; tell what came of it."""
        reply = self._session.converse("install remove inactive", _REMOVE, self._limits.clean, closing=_CLOSING)
        if reply.dropped:
            raise SessionLost("the session ended in 'install remove inactive'")
        outcome = parse_install_remove_outcome(reply.text)
        if outcome.succeeded is not True:
            raise StepFailed(f"'install remove inactive' failed: {outcome.reason or 'no SUCCESS line'}")
        return f"{len(outcome.deleted)} files removed" if outcome.deleted else "nothing to remove"

    def file_size(self, image: Image) -> int | None:
        """Tell the size in bytes of the image's file on the device, None where there is none."""
        root = self._file_system()
        listing = parse_dir(self._show(f"dir {root}"))
        return next((f.size for f in listing.files if f.name == image.filename and not f.is_directory), None)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Let the device compute the hash of the image's file."""
        command = f"verify /{algorithm} {self.destination(image)}"
        seconds = self._limits.command + image.size / (self._settings.distribution.verify_rate * 1e6)
        return parse_verify(self._session.run(command, seconds))

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""
        command = f"delete /force {self.destination(image)}"
        text = self._session.run(command, self._limits.command)
        if found := _ERROR.search(text):
            raise CommandRefused(f"'{command}': the device answered '{found.group(0).strip()}'")

    def destination(self, image: Image) -> str:
        """Name the path that a transport writes to."""
        return f"{self._file_system()}{image.filename}"

    def spread(self, image: Image) -> str:  # noqa: ARG002 - as above
        """Leave it to `install add`, which takes the image to all members."""
        return ""

    def save(self) -> None:
        """Save the running configuration."""
        reply = self._session.converse("write memory", _SAVE, self._limits.save)
        if reply.dropped:
            raise SessionLost("the session ended in 'write memory'")
        if "[OK]" not in reply.text:
            raise StepFailed(
                f"'write memory' did not say [OK] but {reply.text.strip()[-120:]!r}; nothing was installed"
            )

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

    def log_mark(self) -> str | None:
        """Name the last line of the device's log, None where it keeps none."""
        return last_line(self._log())

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Tell from the device's log whether an operation came after the mark, and whether it ended."""
        return trace_operation(self._log(), operation, mark)

    def _install(self, command: str, seconds: float) -> Sent:
        reply = self._session.converse(command, _INSTALL, seconds, closing=_CLOSING)
        try:
            return Sent(parse_install_outcome(reply.text), reply.dropped)
        except UnparsableOutput:
            if reply.dropped:
                return Sent(InstallOutcome(operation=None, succeeded=None), dropped=True)
            raise

    def _show(self, command: str) -> str:
        return self._session.run(command, self._limits.command)

    def _log(self) -> str:
        try:
            return self._show("show logging")
        except CommandRefused:
            return ""

    def _version(self) -> SoftwareVersion:
        return parse_show_version(self._show("show version"))

    def _privilege(self) -> Finding:
        return privilege(parse_show_privilege(self._show("show privilege")), self._settings.readiness)

    def _members(self, version: SoftwareVersion) -> tuple[Member, ...]:
        try:
            return parse_show_switch(self._show("show switch"))
        except CommandRefused as error:
            if len(version.members) > 1 or is_stackable(version.model) or not _unknown(error):
                raise
            return ()  # a router or a chassis: it has no such command

    def _install_summary(self) -> InstallSummary:
        return parse_show_install(self._show("show install summary"))

    def _boot(self) -> BootSettings:
        boot = parse_show_boot(self._show("show boot"))
        try:
            romvar = parse_show_romvar(self._show("show romvar"))
        except CommandRefused as error:
            if not _unknown(error):
                raise
            # Not every model has the command. What was configured stands in the configuration; what was set at the
            # boot prompt, in the register.
            configured = re.search(r"^system ignore startupconfig", self.configuration(), re.MULTILINE)
            return replace(boot, ignore_startup=True if configured else boot.ignore_startup)
        manual = romvar.manual if boot.manual is None else boot.manual
        # A variable that is not set is the default: it is not ignored.
        return replace(boot, manual=manual, ignore_startup=bool(boot.ignore_startup or romvar.ignore_startup))

    def _file_system(self) -> str:
        if self._root is None:
            systems = parse_show_file_systems(self._show("show file systems"))
            names = [prefix for system in systems for prefix in system.prefixes]
            self._root = next((name for name in ("flash:", "bootflash:") if name in names), "flash:")
        return self._root

    def _flash(self, members: tuple[Member, ...], image: Image) -> dict[int, Flash]:
        systems = parse_show_file_systems(self._show("show file systems"))
        root = self._file_system()
        free = {prefix: system.free for system in systems for prefix in system.prefixes}
        present = min(self.file_size(image) or 0, image.size)
        if len(members) <= 1:
            return {members[0].number if members else 1: Flash(free.get(root), present)}
        active = next((m.number for m in members if m.active), members[0].number)
        own = {m.number: f"{root[:-1]}-{m.number}:" for m in members if m.state != "Provisioned"}
        return {
            number: Flash(free.get(name, free.get(root)), present) if number == active else Flash(free.get(name))
            for number, name in own.items()
        }

    def _neighbours(self) -> tuple[str, ...]:
        found: set[str] = set()
        for command, parse in (
            ("show cdp neighbors", parse_show_cdp_neighbors),
            ("show lldp neighbors", parse_show_lldp_neighbors),
        ):
            try:
                found |= {f"{n.local_interface} → {n.name}" for n in parse(self._show(command))}
            except NotEnabled:
                continue
        return tuple(sorted(found))


def _unknown(error: CommandRefused) -> bool:
    """Tell a command that the device does not have from one that this account may not give."""
    return "% Invalid input" in str(error)


def _by_member(version: SoftwareVersion) -> dict[str, str]:
    return {str(row.member): row.version for row in version.members} or {"chassis": version.version}
