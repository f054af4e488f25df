"""What a Nexus is asked, through one open session: facts, files, and the rules over them. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final, TypeVar

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_nxos import evidence
from swimctl.platforms.cisco_nxos.facts import Module, NxosVersion, Vpc
from swimctl.platforms.cisco_nxos.parsers.boot import parse_show_boot
from swimctl.platforms.cisco_nxos.parsers.feature import parse_show_feature
from swimctl.platforms.cisco_nxos.parsers.files import parse_dir, parse_show_file_hash
from swimctl.platforms.cisco_nxos.parsers.interfaces import parse_show_interface_brief
from swimctl.platforms.cisco_nxos.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_nxos.parsers.module import parse_show_module
from swimctl.platforms.cisco_nxos.parsers.neighbours import parse_show_cdp_neighbors, parse_show_lldp_neighbors
from swimctl.platforms.cisco_nxos.parsers.redundancy import parse_show_redundancy_status
from swimctl.platforms.cisco_nxos.parsers.routes import parse_show_ip_route_summary
from swimctl.platforms.cisco_nxos.parsers.version import parse_show_version
from swimctl.platforms.cisco_nxos.parsers.vpc import parse_show_vpc
from swimctl.platforms.cisco_nxos.platform import TERMINAL
from swimctl.platforms.cisco_nxos.readiness import State, assess, identity, models, one_image, rights, vpc_peer
from swimctl.platforms.cisco_nxos.software import next_boot, not_at_work, short_path, states, supervisors
from swimctl.platforms.cisco_nxos.structured import boot_data, modules_data, version_data, vpc_data
from swimctl.platforms.facts import (
    BootSettings,
    Directory,
    HashResult,
    Installed,
    Interface,
    InventoryItem,
    Neighbour,
    Running,
    Snapshot,
)
from swimctl.platforms.hashes import of_file
from swimctl.platforms.journal import NextBoot
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.serials import of_parts, read_serials, serials
from swimctl.platforms.structured import Both, Structured
from swimctl.platforms.surroundings import surroundings
from swimctl.platforms.text import not_whole

T = TypeVar("T")

# While the configuration is replayed line by line after a boot, nobody else may configure.
_REFUSED: Final = re.compile(
    r"^(?:.*configuration mode is blocked.*|\s*%.*|.*\bdenied\b.*|ERROR:.*)$", re.IGNORECASE | re.MULTILINE
)
# The parts whose serial numbers tell who it is (captures of cisco_nxos/show_inventory).
_PARTS: Final = re.compile(r"Chassis|(?:Slot|Module) \d+")
_HELD_BACK: Final = re.compile(r"Delay-restore\b.*status: Timer is on\b", re.IGNORECASE)
_HOT: Final = "HA standby"
UNKNOWN: Final = "% Invalid command"
BOOTFLASH: Final = "bootflash:"
_STANDBY: Final = "bootflash://sup-standby/"


class NexusDevice:
    """Read one device; every command has a deadline of the settings."""

    def __init__(self, session: Session, settings: Settings, options: JobOptions) -> None:
        self._session = session
        self._settings = settings
        self._options = options
        self._limits = settings.deadlines
        self._data = Structured(self._show)
        self._blocked: str | None = None

    def running(self) -> Running:
        """Return what runs now on every member, and since when."""
        return evidence.running(self._both_versions(), self._both_modules())

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial number of the chassis, and those of its supervisors and modules."""
        yield serials(self._version().serial)
        yield of_parts(self._inventory(), _PARTS)

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: rights, the right device, and all of it."""
        if not (known := one_image(self._version())).ok:
            return [known]
        may = self._rights
        if not may.ok:
            return [may]  # what this account cannot see is no fault of the device
        return [may, *identity(self._version(), self._modules(), self._inventory(), device)]

    def models(self) -> tuple[str, ...]:
        """Return the model of the chassis, in its words."""
        return models(self._version(), self._inventory())

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough rights that is the only one.

        A device of another kind is asked nothing more: it may not even know `configure terminal`.
        """
        if not (known := one_image(self._version())).ok:
            return [known]
        may = self._rights
        if not may.ok:
            return [may]
        return [*assess(self._state(), device, image, self._settings.readiness, cleanup=cleanup), may]

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands: what runs, and what the boot variables name."""
        boot = self._data.both("show boot", parse_show_boot, boot_data)
        return evidence.installed(self._both_versions(), self._modules(), boot, image)

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade; a vPC that is up counts as an interface."""
        version, pieces = self._version(), Pieces(whole=whole)
        ports = pieces.read("interfaces_up", self._ports, tuple[Interface, ...]())
        up = {port.name for port in ports if port.up}
        around = surroundings(up, ports, pieces.read("neighbours", self._neighbours, tuple[Neighbour, ...]()))
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members=pieces.read("members", lambda: states(version, self._modules()), {}),
            interfaces_up=tuple(sorted(up)),
            neighbours=around.neighbours,
            routes=pieces.read("routes", self._routes, {}),
            boots=short_path(version.system_image or ""),
            access_up=around.access_up,
            end_devices=around.end_devices,
            serials=pieces.read("serials", lambda: read_serials(self.serials()), tuple[str, ...]()),
            unread=pieces.unread,
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        text = self._session.run("show running-config", self._limits.command, quiet=True)
        if not re.search(r"^!Command: show running-config", text, re.MULTILINE) or not re.search(
            r"^version \S", text, re.MULTILINE
        ):
            raise not_whole(text, "show running-config", "its heading or its version is missing", TERMINAL)
        return text

    def unready(self) -> str | None:
        """Return what is not back yet after a reload: modules, the standby, the vPC partner, the configuration."""
        modules = self._modules()
        if late := not_at_work(modules):
            return ", ".join(late)
        if len(supervisors(modules)) > 1 and (peer := self._standby(modules)) != _HOT:
            return f"the other supervisor is {peer}"
        # The readiness check has just asked for it; after a reload it is asked at each look.
        if blocked := self._configures() if self._blocked is None else self._blocked:
            return f"its configuration: {blocked}"
        vpc = self._vpc()
        apart = [finding.seen for finding in vpc_peer(vpc) if not finding.ok]
        if apart:
            return f"vPC {', '.join(apart)}"
        held = [value for name, value in (vpc.fields if vpc else {}).items() if _HELD_BACK.match(f"{name}: {value}")]
        return f"vPC keeps ports down for its delay-restore: {held[0]}" if held else None

    def _standby(self, modules: tuple[Module, ...]) -> str | None:
        """Return the other supervisor's state; where that cannot be read, the modules tell at least that it is hot."""
        try:
            return parse_show_redundancy_status(self._show("show system redundancy status")).peer_state
        except (CommandRefused, UnparsableOutput):
            if any(each.state == "ha-standby" for each in supervisors(modules)):
                return _HOT
            raise

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""
        return self._files(BOOTFLASH).size_of(image.filename)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Return the hash that the device computes of the image's file."""
        command = f"show file {self._path(image)} {algorithm}sum"
        seconds = self._settings.hash_deadline(image.size)
        text = self._session.run(command, seconds)
        try:
            return of_file(parse_show_file_hash(text), self._path(image), algorithm, command)
        except CommandRefused as error:
            hint = "; a release without it takes `swimctl.distribution.hash: md5`" if UNKNOWN in text else ""
            raise CommandRefused(f"'{command}': {error}{hint}") from error

    def log_mark(self) -> str | None:
        """Return what the next boot starts: the log does not survive a reload, and names no installation."""
        try:
            return self._boots_next()
        except (CommandRefused, UnparsableOutput):
            return None

    def next_boot(self) -> NextBoot:
        """Return what the next boot starts: `install all` names its image there."""
        return NextBoot(self._boots_next(), "boot nxos")

    def _boots_next(self) -> str:
        return ", ".join(sorted(set(next_boot(self._boot()).values())))

    @cached_property
    def _rights(self) -> Finding:
        """Whether the account may configure; once a session, as entering that mode is no mere question."""
        self._blocked = self._configures()
        return rights(self._blocked)

    def _configures(self, *lines: str) -> str:
        """Enter configuration mode, give these lines, and leave it; return what the device refuses."""
        text = self._session.run("configure terminal", self._limits.command)
        if refused := _REFUSED.search(text):
            return refused.group(0).strip()
        told = "\n".join(self._session.run(line, self._limits.add) for line in lines)
        self._session.run("end", self._limits.command)
        found = _REFUSED.search(told)
        return found.group(0).strip() if found else ""

    def _state(self) -> State:
        modules = self._modules()
        two = len(supervisors(modules)) > 1
        return State(
            version=self._version(),
            modules=modules,
            inventory=self._inventory(),
            boot=self._boot(),
            redundancy=parse_show_redundancy_status(self._show("show system redundancy status")) if two else None,
            vpc=self._vpc(),
            features=parse_show_feature(self._show("show feature")),
            flash={where: self._files(where) for where in (BOOTFLASH, *((_STANDBY,) if two else ()))},
        )

    def _show(self, command: str) -> str:
        return self._session.run(command, self._limits.command)

    def _version(self) -> NxosVersion:
        return self._data.either("show version", parse_show_version, version_data)

    def _both_versions(self) -> Both[NxosVersion]:
        return self._data.both("show version", parse_show_version, version_data)

    def _modules(self) -> tuple[Module, ...]:
        return self._data.either("show module", parse_show_module, modules_data)

    def _both_modules(self) -> Both[tuple[Module, ...]]:
        return self._data.both("show module", parse_show_module, modules_data)

    def _inventory(self) -> tuple[InventoryItem, ...]:
        return parse_show_inventory(self._show("show inventory"))

    def _boot(self) -> BootSettings:
        return self._data.either("show boot", parse_show_boot, boot_data)

    def _files(self, where: str) -> Directory:
        return parse_dir(self._show(f"dir {where}"))

    def _path(self, image: Image) -> str:
        return f"{BOOTFLASH}{image.filename}"

    def _vpc(self) -> Vpc | None:
        """Read the pair, None where the device has no vPC."""
        return self._data.either("show vpc", lambda text: _where_known(parse_show_vpc, text), vpc_data)

    def _ports(self) -> tuple[Interface, ...]:
        vpc = self._vpc()
        ports = parse_show_interface_brief(self._show("show interface brief"))
        vpcs = vpc.ports if vpc else ()
        return (*ports, *(Interface(f"vPC {each.id} ({each.port})", each.status == "up") for each in vpcs))

    def _routes(self) -> dict[str, int]:
        tables = parse_show_ip_route_summary(self._show("show ip route summary vrf all"))
        return {f"{table.vrf} {source}": n for table in tables for source, n in table.routes.sources.items()}

    def _neighbours(self) -> tuple[Neighbour, ...]:
        found: list[Neighbour] = []
        for command, parse in (
            ("show cdp neighbors", parse_show_cdp_neighbors),
            ("show lldp neighbors", parse_show_lldp_neighbors),
        ):
            found += _where_known(parse, self._show(command)) or ()
        return tuple(found)


def _where_known(parse: Callable[[str], T], text: str) -> T | None:
    """Read an output; None where the device does not have the command, as its feature is off."""
    try:
        return parse(text)
    except NotEnabled:
        return None
    except CommandRefused as error:
        if UNKNOWN not in str(error):
            raise
        return None
