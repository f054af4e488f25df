"""An Arista switch as a state machine: the image it runs, what its boot-config names, configuration and flash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from swimctl.lab.arista_eos.eapi import EAPI
from swimctl.lab.arista_eos.spec import AristaSpec
from swimctl.lab.chassis import Chassis
from swimctl.lab.clock import LabClock
from swimctl.lab.configuration import Configuration
from swimctl.lab.flash import Flash, LabFile
from swimctl.lab.images import DEFAULT_SIZE, read_image
from swimctl.lab.routing import AS, configured
from swimctl.lab.web_api import WebApi

PEER_UP = 40.0
"""Lab seconds after a boot until the MLAG partner is connected."""
GRACE = 2.0
"""Lab seconds from the word that it goes down to the drop."""
BY_USER = "Reload requested by the user."
BY_FPGA = "Reload requested after FPGA upgrade"
_LINUX = "/mnt/flash/"
_EAPI = "management api http-commands"


class Arista(Chassis):
    """One switch of one supervisor. `boots` is the line of its boot-config, which outlives every reload."""

    spec: AristaSpec

    def __init__(self, spec: AristaSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.spec = spec
        self.reload_reason = BY_USER
        self.configuration = _first_configuration(spec)
        self.startup = self.configuration.copy()
        self.release = spec.version
        self.boots = f"flash:/{spec.image if spec.boots is None else spec.boots}" if spec.boots != "" else ""
        self._flash = self._new_flash()
        self._fpga_done = False

    @property
    def hostname(self) -> str:
        """Return the name in the prompt."""
        return next(self.configuration.values("hostname"), "localhost")

    @property
    def unsaved(self) -> bool:
        """Return whether the running configuration is not the one that the next boot reads."""
        return self.configuration != self.startup

    def flash(self, member: int) -> Flash:  # noqa: ARG002 - there is one
        """Return the flash."""
        return self._flash

    def resolve(self, path: str) -> tuple[int, str]:
        """Read a path of EOS or of the Linux below it; raises ValueError for a file system that is not there."""
        text = path.strip().strip('"').removeprefix("file:")
        if text == _LINUX.rstrip("/") or text.startswith(_LINUX):
            return 1, text.removeprefix(_LINUX.rstrip("/")).strip("/")
        system, colon, name = text.partition(":")
        if not colon or system.lower() != "flash":
            raise ValueError(path)
        return 1, name.strip("/")

    @property
    def api(self) -> WebApi:
        """Return eAPI."""
        return EAPI

    @property
    def serves_api(self) -> bool:
        """Return whether eAPI is on."""
        return "shutdown" not in self.configuration.sections.get(_EAPI, ["shutdown"])

    def syslog(self, code: str, text: str) -> str:
        """Write a syslog message as EOS prints it."""
        return f"{self.clock.wall():%b %e %H:%M:%S} {self.hostname} ConfigAgent: %{code}: {text}"

    def holds(self, path: str) -> str | None:
        """Return the release of an image file; None: it is none, is damaged, or is for other hardware."""
        file = self.find(path)
        image = None if file is None or file.damaged else read_image(file.head, file.name)
        return image.version if image is not None and image.family in self.spec.hardware.boots else None

    @property
    def runs(self) -> Mapping[str, str]:
        """Return what it really runs."""
        return {"1": self.release}

    @property
    def stays(self) -> str:
        """Return the release that the next boot starts; empty: it would stop at the prompt of Aboot."""
        return self.holds(self.boots) or ""

    def go_down(self, reason: str) -> None:
        """Reload; `never-returns` strikes where another release is to start."""
        another = self.stays not in {"", self.release}
        self.reload(reason, returns=not (another and self.spec.fault("never-returns")))

    def start_up(self) -> bool:
        """Load what boot-config names; where it cannot, Aboot stops at its prompt.

        `boots-old-image`: somebody at that prompt boots the old one, and leaves boot-config as it is.
        """
        release = self.holds(self.boots)
        if release is None:
            return False
        self.configuration = self.startup.copy()
        if not self.spec.fault("boots-old-image"):
            self.release = release
        self.degraded = self.release != self.spec.version
        return True

    def came_up(self) -> None:
        """Update the FPGA, if the release needs it and it is not done yet."""
        self.say("SYS-5-SYSTEM_INITIALIZED", "System is initialized")
        if self.spec.fpga is not None and self.release != self.spec.version and not self._fpga_done:
            self._fpga_done = True
            self.later(self.spec.fpga, lambda: self.go_down(BY_FPGA))

    @property
    def peer_connected(self) -> bool:
        """Return whether the MLAG partner is connected."""
        return self.peer_linked and self.since_up >= PEER_UP

    @property
    def peer_linked(self) -> bool:
        """Return whether the link to the MLAG partner is up."""
        return self.spec.mlag is not None and self.spec.peer and not (self.degraded and self.spec.fault("partner-lost"))

    @property
    def ports_wait(self) -> bool:
        """Return whether ports in MLAGs are kept down after a boot, until the partner knows what it has to know."""
        return self.spec.mlag is not None and self.since_up < self.spec.reload_delay

    @property
    def others_wait(self) -> bool:
        """Return whether the ports that are in no MLAG are kept down after a boot."""
        return self.spec.mlag is not None and self.since_up < self.other_delay

    @property
    def other_delay(self) -> int:
        """Return for how many lab seconds after a boot those are."""
        return self.spec.reload_delay if self.spec.other_delay is None else self.spec.other_delay

    def _new_flash(self) -> Flash:
        wall = self.clock.at(-self.spec.uptime)
        sizes = {self.spec.image: DEFAULT_SIZE, "boot-config": 36, "startup-config": 20_530, "zerotouch-config": 13}
        files = [LabFile(name, size, wall) for name, size in sizes.items()]
        folders = [LabFile(name, 0, wall, directory=True) for name in ("debug", "persist", "schedule")]
        return self.filled_flash([*files, *folders], "schedule/tech-support.gz")


def _first_configuration(spec: AristaSpec) -> Configuration:
    mlag = ["mlag configuration", f" domain-id {spec.mlag}", " peer-link Port-Channel999"] if spec.mlag else []
    lines = [
        f"hostname {spec.name}",
        "aaa authorization exec default local",
        *(
            f"username {user} privilege {level} role network-{'admin' if level > 1 else 'operator'} secret $6$lab"
            for user, (_, level) in spec.users.items()
        ),
        *(line for port in spec.ports_up() for line in (f"interface {long_name(port)}", " description in use")),
        "interface Management1",
        " ip address 192.0.2.10/24",
        *mlag,
        "vlan 10",
        " name users",
        "vlan 20",
        " name voice",
        *configured(
            spec,
            ospf=["router ospf 1", " network 198.51.100.0/24 area 0.0.0.0"],
            isis=["router isis CORE", " net 49.0001.1920.0200.2010.00"],
            bgp=[f"router bgp {AS}", *(f" neighbor 203.0.113.{number} remote-as {AS}" for number in (1, 2))],
        ),
    ]
    configuration = Configuration(lines)
    if spec.web_api:
        configuration.sections[_EAPI] = ["no shutdown"]
    return configuration


def long_name(port: str) -> str:
    """Spell a port as the configuration does."""
    return f"Ethernet{port.removeprefix('Et')}"
