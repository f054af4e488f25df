"""A Nexus 9000 as a state machine: its supervisors, the image they boot, configuration and flash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from swimctl.lab.chassis import Chassis
from swimctl.lab.cisco_nxos.nxapi import NXAPI
from swimctl.lab.cisco_nxos.spec import NexusSpec
from swimctl.lab.clock import LabClock
from swimctl.lab.configuration import Configuration
from swimctl.lab.flash import Flash, LabFile
from swimctl.lab.images import DEFAULT_SIZE, read_image
from swimctl.lab.routing import AS, configured
from swimctl.lab.upload import Upload
from swimctl.lab.web_api import WebApi

REPLAY = 30.0
"""Lab seconds after a boot in which the configuration is replayed, and nobody may configure."""
CARDS_UP, STANDBY_UP = 40.0, 60.0
"""Lab seconds after a boot until line cards, and the standby supervisor, have their work."""
SLOTS = (27, 28)
PEER_UP = 50.0


class Nexus(Chassis):
    """One switch, with one supervisor or two."""

    spec: NexusSpec

    def __init__(self, spec: NexusSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.spec = spec
        self.reload_reason = "Reset Requested by CLI command reload"
        self.configuration = _first_configuration(spec)
        self.startup = self.configuration.copy()
        self.file = spec.image
        self.release = self.standby_release = spec.version
        self.installing = False
        self._flash = {number: self._new_flash(number) for number in range(1, spec.supervisors + 1)}

    @property
    def hostname(self) -> str:
        """Return the name in the prompt."""
        return self.configuration.hostname

    @property
    def boots(self) -> str:
        """Return the file that the next boot starts; empty where none is set."""
        return _file_of(self.startup)

    def boot_from(self, name: str) -> None:
        """Set it in the running configuration."""
        self.configuration.top(f"boot nxos bootflash:/{name}")

    def save(self) -> None:
        """Keep the running configuration for the next boot."""
        self.startup = self.configuration.copy()

    @property
    def replaying(self) -> bool:
        """Return whether the configuration is still being replayed."""
        return self.since_up < REPLAY

    @property
    def standby(self) -> str:
        """Return the state of the other supervisor as `show module` does; empty where there is none."""
        if self.spec.supervisors < 2 or (self.degraded and self.spec.fault("member-missing")):
            return ""
        return "ha-standby" if self.since_up >= STANDBY_UP else "powered-up"

    def flash(self, member: int) -> Flash:
        """Return the flash of a supervisor."""
        return self._flash[member]

    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path as the switch writes it; raises ValueError for a file system that is not there."""
        text = path.strip()
        if text.startswith("/bootflash"):
            text = f"bootflash:{text.removeprefix('/bootflash')}"
        system, colon, name = text.partition(":")
        if not colon:
            system, name = "bootflash", text
        member = 1
        for place in ("//sup-standby", "//sup-remote"):
            if name.startswith(place):
                member, name = 2, name.removeprefix(place)
        name = name.removeprefix("//sup-local").removeprefix("//sup-active").removeprefix("//sup-1").strip("/")
        if system.lower() != "bootflash" or member not in self._flash or (member == 2 and not self.standby):
            raise ValueError(path)
        return member, name

    def receive(self, path: str, *, shown: bool = False) -> Upload:
        """Start an upload, if the server for it is on."""
        if not self.configuration.has("feature scp-server"):
            raise ValueError(path)
        return super().receive(path, shown=shown)

    @property
    def serves_sftp(self) -> bool:
        """Return whether SFTP is on, which is a feature of its own."""
        return self.configuration.has("feature sftp-server")

    @property
    def api(self) -> WebApi:
        """Return NX-API."""
        return NXAPI

    @property
    def serves_api(self) -> bool:
        """Return whether NX-API is on, which is a feature of its own."""
        return self.configuration.has("feature nxapi")

    def syslog(self, code: str, text: str) -> str:
        """Write a syslog message as NX-OS prints it."""
        return f"{self.clock.wall():%Y %b %e %H:%M:%S} {self.hostname} %{code}: {text}"

    def holds(self, file: LabFile | None) -> str | None:
        """Return the release of an image file; None: it is none, is damaged, or is for other hardware."""
        image = None if file is None or file.damaged else read_image(file.head, file.name)
        return image.version if image is not None and image.family in self.spec.hardware.boots else None

    @property
    def runs(self) -> Mapping[str, str]:
        """Return what every supervisor really runs."""
        if self.spec.supervisors < 2:
            return {"1": self.release}
        other = {str(SLOTS[1]): self.standby_release} if self.standby else {}
        return {str(SLOTS[0]): self.release} | other

    @property
    def stays(self) -> str:
        """Return the release of the file that the next boot starts."""
        return self.holds(self.flash(1).get(self.boots)) or ""

    def start_up(self) -> bool:
        """Load what the startup configuration names."""
        self.installing = False
        self.configuration = self.startup.copy()
        release = self.holds(self.flash(1).get(self.boots))
        if release is None:
            return False  # it stays at the prompt of its loader
        before, self.file, self.release = self.release, self.boots, release
        lags = self.degraded and self.spec.fault("member-mismatch")
        self.standby_release = before if lags else release
        return True

    def load_in_service(self, name: str, release: str) -> None:
        """Run another release without a boot."""
        self.file, self.release = name, release
        if not self.spec.fault("member-mismatch"):
            self.standby_release = release

    def came_up(self) -> None:
        """Log that the system is up."""
        self.say("ASCII-CFG-2-CONFIG_REPLAY_STATUS", "Ascii Replay Started.")
        self.later(REPLAY, self._replayed)

    def _replayed(self) -> None:
        self.say("ASCII-CFG-2-CONFIG_REPLAY_STATUS", "Ascii Replay Done.")

    def _new_flash(self, number: int) -> Flash:
        wall = self.clock.at(-self.spec.uptime)
        files = [
            LabFile(self.spec.image, DEFAULT_SIZE, wall),
            LabFile(".rpmstore", 0, wall, directory=True),
            LabFile("platform-sdk.cmd", 0, wall),
        ]
        return self.filled_flash(files, f"tech-support-{number}.tar.gz", number)


def _file_of(configuration: Configuration) -> str:
    path = next(configuration.values("boot nxos"), "")
    return path.rpartition("/")[2].rpartition(":")[2]


def _first_configuration(spec: NexusSpec) -> Configuration:
    up = spec.ports_up()
    vpc = [] if spec.vpc is None else ["feature vpc", f"vpc domain {spec.vpc}", " peer-keepalive destination 192.0.2.8"]
    lines = [
        f"hostname {spec.name}",
        *(["feature scp-server"] if spec.scp_server else []),
        *(["feature nxapi"] if spec.web_api else []),
        "feature lldp",
        *vpc,
        *configured(
            spec,
            ospf=["feature ospf", "router ospf 1"],
            isis=["feature isis", "router isis 1", " net 49.0001.1920.0200.2010.00"],
            bgp=["feature bgp", f"router bgp {AS}"]
            + [line for n in (1, 2) for line in (f" neighbor 203.0.113.{n}", f" remote-as {AS}")],
        ),
        "vlan 10",
        " name users",
        "vlan 20",
        " name voice",
        *(
            f"username {user} password 5 $5$lab role network-{'admin' if level >= 15 else 'operator'}"
            for user, (_, level) in spec.users.items()
        ),
        *(line for port in up for line in (f"interface Ethernet{port[3:]}", " description in use")),
        "interface mgmt0",
        " vrf member management",
        " ip address 192.0.2.10/24",
        f"boot nxos bootflash:/{spec.image}",
    ]
    return Configuration(lines, single=("boot nxos",))
