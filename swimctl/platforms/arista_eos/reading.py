"""What an Arista switch of one supervisor is asked, and how its answers become facts; nothing here changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.models import Device, Finding, Image
from swimctl.platforms.arista_eos import evidence
from swimctl.platforms.arista_eos.fetching import FETCHINGS, in_vrf
from swimctl.platforms.arista_eos.parsers.boot import parse_show_boot_config, parse_show_reload_cause
from swimctl.platforms.arista_eos.parsers.files import parse_dir, parse_verify
from swimctl.platforms.arista_eos.parsers.interfaces import (
    parse_show_interfaces_status,
    parse_show_ip_interface_brief,
)
from swimctl.platforms.arista_eos.parsers.inventory import parse_show_inventory
from swimctl.platforms.arista_eos.parsers.lldp import parse_show_lldp_neighbors
from swimctl.platforms.arista_eos.parsers.mlag import parse_show_mlag, parse_show_mlag_detail
from swimctl.platforms.arista_eos.parsers.routes import parse_show_ip_route_summary
from swimctl.platforms.arista_eos.parsers.session import parse_show_privilege
from swimctl.platforms.arista_eos.parsers.version import parse_show_version
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.arista_eos.readiness import State, assess, identity, models, partner, release_named
from swimctl.platforms.arista_eos.structured import boot_data, mlag_data, mlag_delay_data, version_data
from swimctl.platforms.base import Session
from swimctl.platforms.facts import (
    BootSettings,
    Directory,
    HashResult,
    Installed,
    Interface,
    Neighbour,
    Placement,
    Running,
    Snapshot,
    SoftwareVersion,
)
from swimctl.platforms.fetching import Fetched, Remote, fetch
from swimctl.platforms.hashes import of_file
from swimctl.platforms.journal import NextBoot
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.privilege import privilege
from swimctl.platforms.serials import read_serials, serials
from swimctl.platforms.structured import Structured
from swimctl.platforms.surroundings import surroundings
from swimctl.platforms.talk import Talk
from swimctl.platforms.text import up_to_end
from swimctl.platforms.versions import same_release

SHOW_BOOT: Final = "show boot-config"
_FLASH: Final = "flash:"
# Those that `show interfaces status` lists too, by their short names.
_PORTS: Final = ("Ethernet", "Port-Channel", "Management")


class AristaDevice:
    """Read one device; every command has a deadline of the settings."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._limits = settings.deadlines
        self._data = Structured(self._show)
        self._booted_by: str | None = None

    def running(self) -> Running:
        """Return what runs now, and since when."""
        return evidence.running(self._data.both("show version", parse_show_version, version_data), self._cause())

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial number of the switch, and that of `show inventory`."""
        yield serials(self._version().serial)
        parts = parse_show_inventory(self._show("show inventory"))
        yield serials(*(part.serial for part in parts if part.name == "System"))

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""
        may = self._privilege()
        if not may.ok:
            return [may]  # what this session cannot see is no fault of the device
        version = self._version()
        return [may, *identity(version, parse_show_inventory(self._show("show inventory")), device)]

    def models(self) -> tuple[str, ...]:
        """Return the model, in its words."""
        return models(self._version(), parse_show_inventory(self._show("show inventory")))

    def check(self, device: Device, image: Image, *, cleanup: bool) -> list[Finding]:
        """Apply every rule of the readiness check; changes nothing. Without enough privilege that is the only one."""
        may = self._privilege()
        if not may.ok:
            return [may]
        boot = self._data.either(SHOW_BOOT, parse_show_boot_config, boot_data)
        mlag = self._data.either("show mlag", parse_show_mlag, mlag_data)
        state = State(
            version=self._version(),
            inventory=parse_show_inventory(self._show("show inventory")),
            boot=boot,
            boots_there=any(self._is_there(path) for path in boot.variable or ()),
            flash=self._directory(_FLASH),
            mlag=mlag,
            delay=self._data.either("show mlag detail", parse_show_mlag_detail, mlag_delay_data)
            if mlag.domain
            else None,
            patience=self._limits.up,
        )
        return [*assess(state, device, image, self._settings.readiness, cleanup=cleanup), may]

    def installed(self, image: Image) -> Installed:
        """Return where the image's release stands on the device."""
        version = self._version().version
        boot = self._data.both(SHOW_BOOT, parse_show_boot_config, boot_data)
        boots, doubt = _image_of(boot.one()), evidence.boot_doubt(boot)
        release = release_named(boots)
        boots_it = boots == self._path(image) or (release is not None and same_release(release, image.version))
        if not same_release(version, image.version):
            return Installed(Placement.NEXT if boots_it else Placement.ABSENT, doubt=doubt)
        if boots and release is None and not boots_it:
            raise UnparsableOutput(
                SHOW_BOOT,
                boots,
                f"its name does not tell whether the next boot starts {version}, which runs; name a file that does "
                "with `boot system`",
            )
        return Installed(Placement.COMMITTED if boots_it and not doubt else Placement.UNCOMMITTED, doubt=doubt)

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade, and the boot file that the way back sets again."""
        version, pieces = self._version(), Pieces(whole=whole)
        ports = pieces.read("interfaces_up", self._ports, tuple[Interface, ...]())
        up = sorted(each.name for each in ports if each.up)
        around = surroundings(up, ports, pieces.read("neighbours", self._neighbours, tuple[Neighbour, ...]()))
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members={"switch": "Ready"},
            interfaces_up=tuple(up),
            neighbours=around.neighbours,
            routes=pieces.read("routes", self._routes, {}),
            boots=pieces.read("boots", self._boots, ""),
            access_up=around.access_up,
            end_devices=around.end_devices,
            hold=pieces.read("hold", self._hold, 0),
            serials=pieces.read("serials", lambda: read_serials(self.serials()), tuple[str, ...]()),
            unread=pieces.unread,
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        text = self._session.run("show running-config", self._limits.command, quiet=True)
        return up_to_end(text, TERMINAL)

    def unready(self) -> str | None:
        """Return what is not back yet after a reload: the MLAG partner, and the ports that wait for it."""
        mlag = self._data.either("show mlag", parse_show_mlag, mlag_data)
        if not mlag.domain:
            return None
        apart = [finding.seen for finding in partner(mlag) if not finding.ok]
        if apart:
            return f"MLAG {', '.join(apart)}"
        delay = self._data.either("show mlag detail", parse_show_mlag_detail, mlag_delay_data)
        # `Ports errdisabled` may end with the shorter of the two delays; the other ports wait for theirs.
        two, uptime = delay.longest > delay.seconds, self._version().uptime
        waits = delay.waiting or ((uptime or 0) < delay.longest and (delay.waiting is None or two))
        return f"MLAG keeps ports down for its reload delay of {delay.longest} s" if waits else None

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""
        return self._directory(_FLASH).size_of(image.filename)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Return the hash that the device computes of the image's file."""
        seconds = self._settings.hash_deadline(image.size)
        command = f"verify /{algorithm} {self._path(image)}"
        return of_file(parse_verify(self._session.run(command, seconds)), self._path(image), algorithm, command)

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to: SCP ends in the Linux below EOS."""
        return f"/mnt/flash/{image.filename}"

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        """Have the device fetch a file to the image's destination; return how that ended."""
        with in_vrf(self._session, vrf, self._limits.command):
            return (yield from fetch(FETCHINGS, self._session, remote, self._path(image), vrf, deadline))

    def log_mark(self) -> str | None:
        """Return what the next boot starts: no line of the log proves as much."""
        return self._boots()

    def next_boot(self) -> NextBoot:
        """Return what the next boot starts: whoever installs names another image there. A reload leaves no trace."""
        return NextBoot(self._boots(), "boot system")

    def _boots(self) -> str:
        """Return the file that the next boot starts, spelled as a command takes it; empty where none is named."""
        return _image_of(self._data.either(SHOW_BOOT, parse_show_boot_config, boot_data))

    def _version(self) -> SoftwareVersion:
        return self._data.either("show version", parse_show_version, version_data)

    def _cause(self) -> str:
        """Return why it booted last, in its own words; empty where it does not tell. One boot has one cause."""
        if self._booted_by is None:
            try:
                self._booted_by = parse_show_reload_cause(self._show("show reload cause"))[0].cause
            except (CommandRefused, UnparsableOutput):
                self._booted_by = ""
        return self._booted_by

    def _is_there(self, path: str) -> bool:
        system, _, inside = path.partition(":")
        folder, _, name = inside.strip("/").rpartition("/")
        try:
            files = self._directory(f"{system}:{folder}").files
        except CommandRefused:
            return False
        return any(file.name == name and not file.is_directory for file in files)

    def _directory(self, path: str) -> Directory:
        listing = parse_dir(self._show(f"dir {path}"))
        if isinstance(listing, tuple):
            raise UnparsableOutput(f"dir {path}", "", "it lists more than one file system")
        return listing

    def _ports(self) -> tuple[Interface, ...]:
        ports = parse_show_interfaces_status(self._show("show interfaces status"))
        addressed = parse_show_ip_interface_brief(self._show("show ip interface brief"))
        others = [each for each in addressed if not each.name.startswith(_PORTS)]
        return (*ports, *others)

    def _routes(self) -> dict[str, int]:
        tables = parse_show_ip_route_summary(self._show("show ip route summary"))
        return {f"{table.vrf} {name}": n for table in tables for name, n in table.routes.sources.items()}

    def _hold(self) -> int:
        """Return for how many seconds after a boot MLAG keeps ports down, 0 without it."""
        if not parse_show_mlag(self._show("show mlag")).domain:
            return 0
        return parse_show_mlag_detail(self._show("show mlag detail")).longest

    def _neighbours(self) -> tuple[Neighbour, ...]:
        try:
            return parse_show_lldp_neighbors(self._show("show lldp neighbors"))
        except NotEnabled:
            return ()

    def _path(self, image: Image) -> str:
        return f"{_FLASH}{image.filename}"

    def _privilege(self) -> Finding:
        return privilege(parse_show_privilege(self._show("show privilege")), self._settings.readiness)

    def _show(self, command: str) -> str:
        return self._session.run(command, self._limits.command)


def _image_of(boot: BootSettings) -> str:
    """Return the file that the next boot starts, spelled as a command takes it; empty where none is named."""
    return next(iter(boot.variable or ()), "").replace(":/", ":", 1)
