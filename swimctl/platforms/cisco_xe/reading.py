"""What a Cisco IOS or IOS-XE device is asked, whatever installs on it, and how its answers become facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms.base import Reply, Session
from swimctl.platforms.cisco_xe.facts import Member
from swimctl.platforms.cisco_xe.modelled import UNREAD
from swimctl.platforms.cisco_xe.parsers.files import parse_dir, parse_show_file_systems
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
from swimctl.platforms.cisco_xe.units import (
    ACTIVE,
    MASTER,
    PREPARED,
    STANDBY,
    Unit,
    alone,
    processors,
    supervisors,
    switches,
)
from swimctl.platforms.facts import (
    FileSystem,
    Interface,
    InventoryItem,
    Neighbour,
    Redundancy,
    Running,
    Slot,
    SoftwareVersion,
)
from swimctl.platforms.serials import of_parts, serials
from swimctl.platforms.terminal import Answer
from swimctl.platforms.text import up_to_end

# Ports with their modes, and those that are in port-channels.
Switching = tuple[tuple[Interface, ...], tuple[str, ...]]
NO_SWITCHING: Final[Switching] = ((), ())
# The parts whose serial numbers tell who it is (captures of cisco_xe/show_inventory and cisco_ios/show_inventory): `1`
# and `Switch 1` are members, `module R0` and `Slot 5 Supervisor` cards.
_PARTS: Final = re.compile(
    r"\d+|Switch ?\d+(?: Chassis| System)?|.* Stack|Switch\d+ (?:Linecard|Supervisor) .*|(?:Slot|module) \S+(?: .*)?",
    re.IGNORECASE,
)

# What its snapshot is made of, for the documents.
COMPARED: Final = "`show ip interface brief`, `show cdp neighbors`, `show lldp neighbors`, `show ip route summary`"


class Reading:
    """Ask one device; every command has a deadline of the settings.

    `version` is what was read in this session just now: it answers the first look, unless something else comes before.
    `instead` tells what runs where `show version` cannot be read. `beside`: the file that the new image goes beside.
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        version: SoftwareVersion | None = None,
        *,
        instead: Callable[[], SoftwareVersion | None] = lambda: None,
        beside: str = "",
    ) -> None:
        self.session = session
        self.settings = settings
        self.limits = settings.deadlines
        self._just_read = version
        self._instead = instead
        self._beside = beside
        self._root: str | None = None

    def show(self, command: str) -> str:
        """Return what a command printed."""
        return self.run(command, self.limits.command)

    def run(self, command: str, seconds: float, *, quiet: bool = False) -> str:
        """Return what a command printed that may take its time; `quiet`: it is kept out of the transcript."""
        self._just_read = None
        return self.session.run(command, seconds, quiet=quiet)

    def converse(
        self, command: str, answers: Sequence[Answer], seconds: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        """Return what a command printed that may ask; see Session."""
        self._just_read = None
        return self.session.converse(command, answers, seconds, closing=closing)

    def printed_version(self) -> SoftwareVersion:
        """Read `show version`."""
        just_read, self._just_read = self._just_read, None
        return just_read or parse_show_version(self.show("show version"))

    def version(self) -> SoftwareVersion:
        """Read what runs: by `show version`, else by what else tells it."""
        try:
            return self.printed_version()
        except UNREAD:
            version = self._instead()
            if version is None:
                raise
            return version

    def running(self) -> Running:
        """Return what runs now on every member, and since when."""
        version = self.version()
        if version.members:
            releases = {str(row.member): row.version for row in version.members}
        else:
            releases = {unit.name: unit.version or "unknown" for unit in self.units(version)}
        return Running(version.version, version.uptime, version.restarted_at, releases, parts=version.parts)

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial number of the chassis, and those of its members and their cards."""
        version = self.version()
        self._just_read = version  # whoever asks who it is, and for nothing else, has not used the first look
        yield serials(version.serial)
        yield of_parts(self.inventory(), _PARTS)

    def inventory(self) -> tuple[InventoryItem, ...]:
        """Read the parts."""
        return parse_show_inventory(self.show("show inventory"))

    def privilege(self) -> int:
        """Read the privilege level of the session."""
        return parse_show_privilege(self.show("show privilege"))

    def redundancy(self) -> Redundancy:
        """Read both processors."""
        return parse_show_redundancy(self.show("show redundancy"))

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        return up_to_end(self.run("show running-config", self.limits.command, quiet=True), TERMINAL)

    def log(self) -> str:
        """Read the buffer of the log, empty where the device shows none."""
        try:
            return self.show("show logging")
        except CommandRefused:
            return ""

    def units(self, version: SoftwareVersion) -> tuple[Unit, ...]:
        """Find what runs software of its own in this device."""
        members = self._members(version)
        if version.members:
            return switches(version, members)
        if len(members) > 1:
            return switches(version, members, self.redundancy())
        # Classic IOS has no mode, and no second processor that is read here.
        slots = self._slots() if version.mode is not None else ()
        if len(processors(slots)) > 1:
            return supervisors(version, slots, self.redundancy())
        return alone(version)

    def _members(self, version: SoftwareVersion) -> tuple[Member, ...]:
        command = members_command(version.model)
        try:
            return parse_show_switch(self.show(command), command)
        except CommandRefused as error:
            if len(version.members) > 1 or is_stackable(version.model) or not unknown_command(error):
                raise
            return ()  # a router or a chassis: it has no such command

    def _slots(self) -> tuple[Slot, ...]:
        try:
            return parse_show_platform(self.show("show platform"))
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return ()

    def file_systems(self) -> tuple[FileSystem, ...]:
        """Read the file systems of all members."""
        return parse_show_file_systems(self.show("show file systems"))

    def root(self, systems: Sequence[FileSystem] | None = None) -> str:
        """Return the flash that an image goes to on the active member; `systems` where they are read already."""
        if self._root is None:
            names = [prefix for system in systems or self.file_systems() for prefix in system.prefixes]
            beside = self._beside.partition(":")[0] + ":"
            self._root = next((name for name in (beside, "flash:", "bootflash:") if name in names), "flash:")
        return self._root

    def flashes(self, units: Sequence[Unit], systems: Sequence[FileSystem]) -> dict[str, str]:
        """Return the flash of every unit as it is called on the active one, whose own is the root."""
        root = self.root(systems)
        names = {prefix for system in systems for prefix in system.prefixes}
        if len(units) == 1:
            return {units[0].name: root}
        there = [unit for unit in units if unit.state != PREPARED]
        return {unit.name: root if unit.role in {ACTIVE, MASTER} else _own_flash(unit, root, names) for unit in there}

    def size_of(self, filename: str) -> int | None:
        """Return the bytes of a file on the root, None where it is not there."""
        return parse_dir(self.show(f"dir {self.root()}")).size_of(filename)

    def interfaces_up(self) -> tuple[str, ...]:
        """Return the interfaces that are up."""
        interfaces = parse_show_ip_interface_brief(self.show("show ip interface brief"))
        return tuple(sorted(each.name for each in interfaces if each.up))

    def routes(self) -> dict[str, int]:
        """Count the routes of each source."""
        return dict(parse_show_ip_route_summary(self.show("show ip route summary")).sources)

    def switching(self) -> Switching:
        """Read the ports with their modes, and those that are in a port-channel.

        Nothing where the device has no such commands, as a router: each of its ports counts as an uplink then.
        """
        try:
            ports = parse_show_interfaces_status(self.show("show interfaces status"))
            bundles = parse_show_etherchannel_summary(self.show("show etherchannel summary"))
        except CommandRefused as error:
            if not unknown_command(error):
                raise
            return NO_SWITCHING
        return ports, tuple(member for bundle in bundles for member in bundle.members)

    def neighbours(self) -> tuple[Neighbour, ...]:
        """Read the neighbours by both protocols; one that is off tells of none."""
        found: list[Neighbour] = []
        for command, parse in (
            ("show cdp neighbors", parse_show_cdp_neighbors),
            ("show lldp neighbors", parse_show_lldp_neighbors),
        ):
            try:
                found += parse(self.show(command))
            except NotEnabled:
                continue
        return tuple(found)


def require_boot_time(version: SoftwareVersion) -> None:
    """Raise UnparsableOutput where a device does not tell since when it runs."""
    if version.uptime is None and version.restarted_at is None:
        raise UnparsableOutput(
            "show version", "", "it gives neither uptime nor restart time, so a reload could not be proved"
        )


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
