"""What a Junos device is asked, and how its answers become facts; nothing here changes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.models import Device, Finding, Image
from swimctl.platforms.base import Session, Trace
from swimctl.platforms.facts import (
    Directory,
    HashResult,
    Installed,
    Interface,
    Neighbour,
    Placement,
    Running,
    Snapshot,
)
from swimctl.platforms.fetching import Fetched, Remote, fetch
from swimctl.platforms.hashes import of_file
from swimctl.platforms.journal import Logged
from swimctl.platforms.juniper_junos import evidence
from swimctl.platforms.juniper_junos.facts import (
    ChassisMember,
    NodeSnapshots,
    NodeSoftware,
    NodeUptime,
    RoutingEngine,
)
from swimctl.platforms.juniper_junos.fetching import FETCHINGS
from swimctl.platforms.juniper_junos.log import SHOW, journal, last_line, trace_operation
from swimctl.platforms.juniper_junos.nodes import of_all
from swimctl.platforms.juniper_junos.parsers.alarms import parse_show_alarms
from swimctl.platforms.juniper_junos.parsers.chassis import parse_show_chassis_routing_engine
from swimctl.platforms.juniper_junos.parsers.files import (
    parse_file_checksum,
    parse_file_list,
    parse_show_system_storage,
)
from swimctl.platforms.juniper_junos.parsers.hardware import parse_show_chassis_hardware
from swimctl.platforms.juniper_junos.parsers.interfaces import parse_show_interfaces_terse
from swimctl.platforms.juniper_junos.parsers.lldp import parse_show_lldp_neighbors
from swimctl.platforms.juniper_junos.parsers.members import parse_show_virtual_chassis
from swimctl.platforms.juniper_junos.parsers.reboot import parse_show_system_reboot
from swimctl.platforms.juniper_junos.parsers.routes import parse_show_route_summary
from swimctl.platforms.juniper_junos.parsers.session import parse_show_cli_authorization
from swimctl.platforms.juniper_junos.parsers.snapshot import parse_show_system_snapshot
from swimctl.platforms.juniper_junos.parsers.uptime import parse_show_system_uptime
from swimctl.platforms.juniper_junos.parsers.version import parse_nodes
from swimctl.platforms.juniper_junos.parsers.vlans import parse_show_vlans, switching
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.juniper_junos.readiness import (
    FOLDER,
    State,
    assess,
    evolved,
    free_for_packages,
    identity,
    models,
    not_there,
    rights,
    snapshots,
)
from swimctl.platforms.juniper_junos.staged import with_staged
from swimctl.platforms.juniper_junos.structured import PIPE, engines_data, members_data, nodes_data, uptime_data
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.serials import of_parts, read_serials, serials
from swimctl.platforms.structured import Both, Structured
from swimctl.platforms.surroundings import surroundings
from swimctl.platforms.talk import Talk
from swimctl.platforms.text import not_whole

# What a device answers to a command that it does not have; one that this account may not give reads otherwise.
_UNKNOWN: Final = re.compile(r"syntax error|unknown command|command is not valid on")
# Ports that cables are plugged into, bundles of them, and what carries addresses. The others (`lsi`, `pip0`, `bme0`)
# are the system's own, and differ from release to release.
_PORT: Final = re.compile(
    r"(?:fe|ge|mge|xe|et|so|at|t1|e1)-\d+/\d+/\d+(?::\d+)?|(?:ae|reth)\d+|(?:me|fxp|vme)\d*|(?:irb|vlan)\.\d+"
)
# The parts whose serial numbers tell who it is (captures of juniper_junos/show_chassis_hardware).
_PARTS: Final = re.compile(r"(?:[\w-]+/)?(?:Chassis|Midplane(?: \d+)?|Routing Engine(?: \d+)?|CB \d+|FPC \d+)")
_COUNT: Final = re.compile(r"^Count: (\d+) lines?", re.MULTILINE)


class JunosDevice:
    """Read one device; every command has a deadline of the settings."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._limits = settings.deadlines
        self._data = Structured(self._show, PIPE)
        # A release, and the members on which a host-based installer said that it staged it, in this session.
        self._said: tuple[str, frozenset[str]] | None = None

    def running(self) -> Running:
        """Return what runs now on every member, and since when: since the boot of the one that booted first."""
        members = self.members()
        command = of_all("show system uptime", members)

        def of_every(times: tuple[NodeUptime, ...]) -> tuple[NodeUptime, ...]:
            return evidence.since_boot(times, members, command)

        up = self._data.both(
            command, lambda text: of_every(parse_show_system_uptime(text)), lambda text: of_every(uptime_data(text))
        )
        return evidence.running(self._both_nodes(members), up, self._engines())

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial numbers of the members, and those of the chassis and its cards."""
        yield serials(*(member.serial for member in self.members()))
        yield of_parts(parse_show_chassis_hardware(self._show("show chassis hardware")), _PARTS)

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: rights, the right device, and all of it."""
        may = self._rights()
        if not may.ok:
            return [may]  # what this session cannot see is no fault of the device
        members = self.members()
        nodes = self._answering(members)
        if other := evolved(nodes):
            return [may, *other]
        parts = parse_show_chassis_hardware(self._show("show chassis hardware"))
        return [may, *identity(nodes, members, parts, device)]

    def models(self) -> tuple[str, ...]:
        """Return the models of its members, in small letters."""
        return models(self._answering(self.members()))

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without the rights that is the only one."""
        may = self._rights()
        if not may.ok:
            return [may]
        if other := evolved(self._answering(self.members())):
            return [may, *other]
        found = [*assess(self._state(image), device, image, self._settings.readiness, cleanup=cleanup), may]
        return [*found, snapshots(self.kept(self.members()))] if self._settings.activation.snapshot else found

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""
        members = self.members()
        nodes = self._both_nodes(members)
        if nodes.printed is not None:
            if self._said == (image.version, frozenset(nodes.printed)):
                return Installed(Placement.NEXT)
            nodes = replace(nodes, printed=with_staged(nodes.printed, members, self._show))
        return evidence.installed(nodes, image)

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade."""
        members, running, pieces = self.members(), self.running(), Pieces(whole=whole)
        up = pieces.read("interfaces_up", self._interfaces_up, tuple[str, ...]())
        found = pieces.read("neighbours", self._neighbours, tuple[Neighbour, ...]())
        around = surroundings(up, self._switching(), found)
        return Snapshot(
            taken_at=taken_at,
            version=running.version,
            uptime=running.uptime,
            restarted_at=running.restarted_at,
            members={f"fpc{m.number}": m.state for m in members} if len(members) > 1 else {evidence.ALONE: "present"},
            interfaces_up=up,
            neighbours=around.neighbours,
            routes=pieces.read("routes", self._routes, {}),
            access_up=around.access_up,
            end_devices=around.end_devices,
            serials=pieces.read("serials", lambda: read_serials(self.serials()), tuple[str, ...]()),
            unread=pieces.unread,
        )

    def configuration(self) -> str:
        """Read the configuration that is committed; kept out of the transcript."""
        text = self._session.run("show configuration", self._limits.command, quiet=True)
        bare = re.sub(r'"[^"]*"', "", text)
        if not re.search(r"^version \S+;", bare, re.MULTILINE) or bare.count("{") != bare.count("}"):
            raise not_whole(text, "show configuration", "it has no version, or a brace that is not closed", TERMINAL)
        return text

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""
        members = self.members()
        return ", ".join(not_there(self._both_nodes(members).one(), members)) or None

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""
        command = f"file list {FOLDER} detail"
        listing = parse_file_list(self._show(command))
        if not isinstance(listing, Directory):
            raise UnparsableOutput(command, ", ".join(listing.names), "it gives names without sizes")
        return listing.size_of(image.filename)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Return the hash that the device computes of the image's file."""
        seconds = self._settings.hash_deadline(image.size)
        command = f"file checksum {algorithm} {self.destination(image)}"
        return of_file(
            parse_file_checksum(self._session.run(command, seconds)), self.destination(image), algorithm, command
        )

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""
        return f"{FOLDER}/{image.filename}"

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        """Have the device fetch a file to the image's destination; return how that ended."""
        return fetch(FETCHINGS, self._session, remote, self.destination(image), vrf, deadline)

    def log_mark(self) -> str | None:
        """Return the last line of the device's log of commands, None where it keeps none."""
        return last_line(self._show(SHOW))

    def journal(self) -> tuple[Logged, ...]:
        """Return what the device's log of commands names of installing and rebooting."""
        reboots = parse_show_system_reboot(self._show("show system reboot"))
        return journal(self._show(SHOW), reboots=bool(reboots))

    def trace(self, operation: str, mark: str | None) -> Trace:
        """Return from the device's log of commands whether an operation came after the mark.

        A reboot that came and is neither done nor planned stopped at its question, as its session was lost there: it
        may be asked for again, and one that is just starting takes no harm from that.
        """
        traced = trace_operation(self._show(SHOW), operation, mark)
        reboots = operation not in {"preserve", "add"}
        if traced.received and reboots and not parse_show_system_reboot(self._show("show system reboot")):
            return Trace(received=False, finished=None)
        return traced

    def _state(self, image: Image) -> State:
        members = self.members()
        return State(
            nodes=self._answering(members),
            members=members,
            parts=parse_show_chassis_hardware(self._show("show chassis hardware")),
            engines=parse_show_chassis_routing_engine(self._show("show chassis routing-engine")),
            alarms=parse_show_alarms(self._show("show chassis alarms")),
            reboots=parse_show_system_reboot(self._show("show system reboot")),
            free=self.free(members),
            present=self.file_size(image) or 0,
        )

    def _rights(self) -> Finding:
        return rights(parse_show_cli_authorization(self._show("show cli authorization")))

    def members(self) -> tuple[ChassisMember, ...]:
        """Read the members of a Virtual Chassis; a switch alone is one, and a router has none."""
        command = "show virtual-chassis"
        try:
            return parse_show_virtual_chassis(self._show(command))
        except CommandRefused as error:
            if unknown_command(error):
                return ()  # a router: it has no such command
        except UnparsableOutput:
            pass
        return self._data.either(command, parse_show_virtual_chassis, members_data)

    def nodes(self, members: tuple[ChassisMember, ...]) -> Mapping[str, NodeSoftware]:
        """Read what every member runs, and what its next reboot starts, by its name: by the text, which tells both."""
        return evidence.every(self._answering(members), members, of_all("show version", members))

    def _answering(self, members: tuple[ChassisMember, ...]) -> Mapping[str, NodeSoftware]:
        """Read the same of the members that answer; the readiness check names the others."""
        command = of_all("show version", members)
        return with_staged(evidence.by_name(parse_nodes(self._show(command)), members, command), members, self._show)

    def _both_nodes(self, members: tuple[ChassisMember, ...]) -> Both[Mapping[str, NodeSoftware]]:
        command = of_all("show version", members)

        def of_every(nodes: tuple[NodeSoftware, ...]) -> Mapping[str, NodeSoftware]:
            return evidence.every(evidence.by_name(nodes, members, command), members, command)

        return self._data.both(
            command, lambda text: of_every(parse_nodes(text)), lambda text: of_every(nodes_data(text))
        )

    def _engines(self) -> tuple[RoutingEngine, ...]:
        """Read the engines; none where they cannot be read, as they tell of an abnormal reboot and of nothing else."""
        try:
            return self._data.either("show chassis routing-engine", parse_show_chassis_routing_engine, engines_data)
        except (CommandRefused, UnparsableOutput):
            return ()

    def free(self, members: tuple[ChassisMember, ...]) -> dict[str, int | None]:
        """Read the bytes that are free for packages on every member, by its name."""
        nodes = parse_show_system_storage(self._show(of_all("show system storage detail", members)))
        alone = len(members) <= 1
        return {evidence.ALONE if alone else node.node: free_for_packages(node.systems) for node in nodes}

    def kept(self, members: tuple[ChassisMember, ...]) -> Mapping[str, NodeSnapshots]:
        """Read what every member keeps to boot from, by its name; empty where the device keeps no snapshots."""
        # Of two root partitions both are on internal media, where those with recovery snapshots have no such word.
        for asked in ("show system snapshot media internal", "show system snapshot"):
            command = of_all(asked, members)
            try:
                nodes = parse_show_system_snapshot(self._show(command), command)
            except CommandRefused as error:
                if not unknown_command(error):
                    raise
                continue
            kept = {node.node for node in nodes} if len(members) > 1 else {evidence.ALONE}
            if len(kept) != len(nodes) or kept != set(self.nodes(members)) or len({n.recovery for n in nodes}) > 1:
                raise UnparsableOutput(command, ", ".join(n.node for n in nodes), "it is not of every member alike")
            return {node.node if len(members) > 1 else evidence.ALONE: node for node in nodes}
        return {}

    def _interfaces_up(self) -> tuple[str, ...]:
        interfaces = parse_show_interfaces_terse(self._show("show interfaces terse"))
        return tuple(sorted(each.name for each in interfaces if each.up and _PORT.fullmatch(each.name)))

    def _routes(self) -> dict[str, int]:
        tables = parse_show_route_summary(self._show("show route summary"))
        inet = [table for table in tables if table.family.startswith("inet")]
        return {f"{table.vrf} {table.family}".strip(): table.routes.total for table in inet}

    def _switching(self) -> tuple[Interface, ...]:
        """Return the ports that switch; none where the device has no VLANs, or prints them in a form of its own.

        Each of its ports counts as an uplink then, so nothing is lost by it.
        """
        try:
            return switching(parse_show_vlans(self._show("show vlans")))
        except (CommandRefused, UnparsableOutput):
            return ()

    def _neighbours(self) -> tuple[Neighbour, ...]:
        command = "show lldp neighbors"
        try:
            found = parse_show_lldp_neighbors(self._show(command))
        except NotEnabled:
            return ()
        except UnparsableOutput:
            # A table without rows does not say that there are none; how many lines it has does.
            counted = _COUNT.search(self._show(f"{command} | count"))
            if counted is None or int(counted[1]) > 1:
                raise
            return ()
        return found

    def _show(self, command: str) -> str:
        # The prompt came back behind it, so its last line is whole.
        return self._session.run(command, self._limits.command) + "\n"


def unknown_command(error: CommandRefused) -> bool:
    """Return whether the device lacks the command, and not the account its right."""
    return _UNKNOWN.search(str(error)) is not None
