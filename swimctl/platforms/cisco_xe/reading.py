"""What every Cisco IOS device is asked, whatever it boots by: what it is, runs, holds on flash, and has around it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, NotEnabled, SessionLost, StepFailed
from swimctl.models import Device, Finding, Image
from swimctl.platforms.base import Reply, Session
from swimctl.platforms.cisco_xe.log import journal, last_line
from swimctl.platforms.cisco_xe.parsers.files import parse_dir, parse_show_file_systems, parse_verify
from swimctl.platforms.cisco_xe.parsers.interfaces import (
    parse_show_etherchannel_summary,
    parse_show_interfaces_status,
    parse_show_ip_interface_brief,
)
from swimctl.platforms.cisco_xe.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.parsers.neighbours import parse_show_cdp_neighbors, parse_show_lldp_neighbors
from swimctl.platforms.cisco_xe.parsers.platform import parse_show_platform
from swimctl.platforms.cisco_xe.parsers.redundancy import parse_show_redundancy
from swimctl.platforms.cisco_xe.parsers.routes import parse_show_ip_route_summary
from swimctl.platforms.cisco_xe.parsers.session import parse_show_privilege
from swimctl.platforms.cisco_xe.parsers.switch import members_command, parse_show_switch
from swimctl.platforms.cisco_xe.parsers.version import is_stackable, parse_show_version
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.cisco_xe.readiness import ONE_RELEASE, identity, managed
from swimctl.platforms.cisco_xe.units import (
    ACTIVE,
    MASTER,
    PREPARED,
    READY,
    STANDBY,
    Unit,
    alone,
    processors,
    supervisors,
    switches,
    without_standby,
)
from swimctl.platforms.facts import (
    FileSystem,
    HashResult,
    Interface,
    Member,
    Neighbour,
    Running,
    Slot,
    Snapshot,
    SoftwareVersion,
)
from swimctl.platforms.hashes import of_file
from swimctl.platforms.journal import Logged
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.privilege import privilege
from swimctl.platforms.serials import of_parts, read_serials, serials
from swimctl.platforms.surroundings import surroundings
from swimctl.platforms.terminal import Answer, answer
from swimctl.platforms.text import up_to_end

_SAVE: Final = (
    answer(r"destination filename \[startup-config\]\?", ""),
    answer(r"overwrite the previous nvram configuration\?.*\[confirm\]", "", one_key=False),
)
# Ports with their modes, and those that are in port-channels.
_Switching = tuple[tuple[Interface, ...], tuple[str, ...]]
_NO_SWITCHING: Final[_Switching] = ((), ())
# The parts whose serial numbers tell who it is (captures of cisco_xe/show_inventory and cisco_ios/show_inventory): `1`
# and `Switch 1` are members, `module R0` and `Slot 5 Supervisor` cards.
_PARTS: Final = re.compile(
    r"\d+|Switch ?\d+(?: Chassis| System)?|.* Stack|Switch\d+ (?:Linecard|Supervisor) .*|(?:Slot|module) \S+(?: .*)?",
    re.IGNORECASE,
)
_ERROR: Final = re.compile(r"^\s*%\s?Error.*|^\s*%.*(?:[Ff]ailed|[Ii]nvalid).*", re.MULTILINE)


# What its snapshot is made of, for the documents.
COMPARED: Final = "`show ip interface brief`, `show cdp neighbors`, `show lldp neighbors`, `show ip route summary`"


class IosDevice:
    """The part of a driver that holds for all of them; every command has a deadline of the settings.

    `one_release` says how the members of a stack are brought to one release. `version` is what was read in this session
    just now: it answers the first look, unless something else comes before.
    """

    one_release = ONE_RELEASE

    def __init__(self, session: Session, settings: Settings, version: SoftwareVersion | None = None) -> None:
        self._session = session
        self._settings = settings
        self._limits = settings.deadlines
        self._root: str | None = None
        self._just_read = version

    def running(self) -> Running:
        """Return what runs now on every member, and since when."""
        version = self._version()
        if version.members:
            releases = {str(row.member): row.version for row in version.members}
        else:
            releases = {unit.name: unit.version or "unknown" for unit in self._units(version)}
        return Running(version.version, version.uptime, version.restarted_at, releases, youngest=version.youngest)

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial number of the chassis, and those of its members and their cards."""
        version = self._version()
        self._just_read = version  # whoever asks who it is, and for nothing else, has not used the first look
        yield serials(version.serial)
        yield of_parts(parse_show_inventory(self._show("show inventory")), _PARTS)

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""
        may = self._privilege()
        if not may.ok:
            return [may]  # what this session cannot see is no fault of the device
        version = self._version()
        if others := managed(version):
            return [may, *others]
        inventory = parse_show_inventory(self._show("show inventory"))
        return [may, *identity(version, self._units(version), inventory, device, self.one_release)]

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Take what must be as before after the upgrade."""
        version, pieces = self._version(), Pieces(whole=whole)
        units = pieces.read("members", lambda: self._units(version), tuple[Unit, ...]())
        up = pieces.read("interfaces_up", self._interfaces_up, tuple[str, ...]())
        neighbours = pieces.read("neighbours", self._neighbours, tuple[Neighbour, ...]())
        ports, bundled = pieces.read("access_up", self._switching, _NO_SWITCHING)
        around = surroundings(up, ports, neighbours, bundled)
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members={unit.name: unit.state for unit in units},
            interfaces_up=up,
            neighbours=around.neighbours,
            routes=pieces.read("routes", self._routes, {}),
            roles={unit.name: unit.role for unit in units if unit.role},
            access_up=around.access_up,
            end_devices=around.end_devices,
            serials=pieces.read("serials", lambda: read_serials(self.serials()), tuple[str, ...]()),
            unread=pieces.unread,
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        return up_to_end(self._run("show running-config", self._limits.command, quiet=True), TERMINAL)

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""
        units = self._units(self._version())
        late = [f"{unit.label} {unit.state}" for unit in units if unit.state != READY]
        late = late or [f"{unit.label} does not tell its release" for unit in units if unit.version is None]
        if not late and without_standby(units):
            late = ["no member is the standby"]
        return ", ".join(late) or None

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""
        root = self._file_system()
        listing = parse_dir(self._show(f"dir {root}"))
        return next((f.size for f in listing.files if f.name == image.filename and not f.is_directory), None)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Let the device compute the hash of the image's file."""
        command = f"verify /{algorithm} {self.destination(image)}"
        seconds = self._limits.command + image.size / (self._settings.distribution.verify_rate * 1e6)
        return of_file(parse_verify(self._run(command, seconds)), self.destination(image), algorithm, command)

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""
        command = f"delete /force {self.destination(image)}"
        text = self._run(command, self._limits.command)
        if found := _ERROR.search(text):
            raise CommandRefused(f"'{command}': the device answered '{found.group(0).strip()}'")

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""
        return f"{self._file_system()}{image.filename}"

    def log_mark(self) -> str | None:
        """Return the last line of the device's log, None where it keeps none."""
        return last_line(self._log())

    def journal(self) -> tuple[Logged, ...]:
        """Return what the device's log names of installing and reloading."""
        return journal(self._log())

    def _show(self, command: str) -> str:
        return self._run(command, self._limits.command)

    def _run(self, command: str, seconds: float, *, quiet: bool = False) -> str:
        self._just_read = None
        return self._session.run(command, seconds, quiet=quiet)

    def _converse(
        self, command: str, answers: Sequence[Answer], seconds: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        self._just_read = None
        return self._session.converse(command, answers, seconds, closing=closing)

    def _save(self) -> None:
        """Save the running configuration."""
        reply = self._converse("write memory", _SAVE, self._limits.save)
        if reply.dropped:
            raise SessionLost("the session ended in 'write memory'")
        if "[OK]" not in reply.text:
            raise StepFailed(
                f"'write memory' did not say [OK] but {reply.text.strip()[-120:]!r}; nothing was installed"
            )

    def _log(self) -> str:
        try:
            return self._show("show logging")
        except CommandRefused:
            return ""

    def _version(self) -> SoftwareVersion:
        just_read, self._just_read = self._just_read, None
        return just_read or parse_show_version(self._show("show version"))

    def _privilege(self) -> Finding:
        return privilege(parse_show_privilege(self._show("show privilege")), self._settings.readiness)

    def _units(self, version: SoftwareVersion) -> tuple[Unit, ...]:
        """Find what runs software of its own in this device."""
        members = self._members(version)
        if version.members:
            return switches(version, members)
        if len(members) > 1:
            return switches(version, members, parse_show_redundancy(self._show("show redundancy")))
        # Classic IOS has no mode, and no second processor that is read here.
        slots = self._slots() if version.mode is not None else ()
        if len(processors(slots)) > 1:
            return supervisors(version, slots, parse_show_redundancy(self._show("show redundancy")))
        return alone(version)

    def _members(self, version: SoftwareVersion) -> tuple[Member, ...]:
        command = members_command(version.model)
        try:
            return parse_show_switch(self._show(command), command)
        except CommandRefused as error:
            if len(version.members) > 1 or is_stackable(version.model) or not unknown_command(error):
                raise
            return ()  # a router or a chassis: it has no such command

    def _slots(self) -> tuple[Slot, ...]:
        try:
            return parse_show_platform(self._show("show platform"))
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return ()

    def _file_system(self) -> str:
        if self._root is None:
            systems = parse_show_file_systems(self._show("show file systems"))
            names = [prefix for system in systems for prefix in system.prefixes]
            self._root = next((name for name in ("flash:", "bootflash:") if name in names), "flash:")
        return self._root

    def _interfaces_up(self) -> tuple[str, ...]:
        interfaces = parse_show_ip_interface_brief(self._show("show ip interface brief"))
        return tuple(sorted(each.name for each in interfaces if each.up))

    def _routes(self) -> dict[str, int]:
        return dict(parse_show_ip_route_summary(self._show("show ip route summary")).sources)

    def _switching(self) -> _Switching:
        """Read the ports with their modes, and those that are in a port-channel.

        Nothing where the device has no such commands, as a router: each of its ports counts as an uplink then.
        """
        try:
            ports = parse_show_interfaces_status(self._show("show interfaces status"))
            bundles = parse_show_etherchannel_summary(self._show("show etherchannel summary"))
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return _NO_SWITCHING
        return ports, tuple(member for bundle in bundles for member in bundle.members)

    def _neighbours(self) -> tuple[Neighbour, ...]:
        found: list[Neighbour] = []
        for command, parse in (
            ("show cdp neighbors", parse_show_cdp_neighbors),
            ("show lldp neighbors", parse_show_lldp_neighbors),
        ):
            try:
                found += parse(self._show(command))
            except NotEnabled:
                continue
        return tuple(found)

    def _flashes(self, units: Sequence[Unit], systems: Sequence[FileSystem]) -> dict[str, str]:
        """Return the flash of every unit as it is called on the active one, whose own is the root."""
        root = self._file_system()
        names = {prefix for system in systems for prefix in system.prefixes}
        if len(units) == 1:
            return {units[0].name: root}
        there = [unit for unit in units if unit.state != PREPARED]
        return {unit.name: root if unit.role in {ACTIVE, MASTER} else _own_flash(unit, root, names) for unit in there}


def _own_flash(unit: Unit, root: str, names: Collection[str]) -> str:
    """Return the flash of a unit that is not the active one; one that no name is listed of is called the usual way."""
    stems = list(dict.fromkeys((root[:-1], "flash", "bootflash")))
    # Catalyst 9000 and 3850 write `flash-2:`, older stacks `flash2:`; a supervisor has no number of its own.
    dashes = ("-", "") if unit.name.isdecimal() else ()
    called = [f"{stem}{dash}{unit.name}:" for stem in stems for dash in dashes]
    called += [f"stby-{stem}:" for stem in stems if unit.role == STANDBY]
    return next((name for name in called if name in names), called[0] if called else root)


def unknown_command(error: CommandRefused) -> bool:
    """Return whether the device lacks the command, and not the account its right."""
    return "% Invalid input" in str(error)
