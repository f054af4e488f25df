"""What a lab switch is at the start: hardware, release, flash, accounts, cabling, faults."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from swimctl.errors import UsageError
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xe.models import MODELS, Model, Shape
from swimctl.lab.cisco_xe.release import Release, parse_release
from swimctl.lab.cisco_xe.software import IMAGE_BYTES, Software
from swimctl.lab.images import build_number
from swimctl.lab.routing import BGP, OSPF

MOST = 8
"""Members of a stack."""


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """One member of a stack or pair, one supervisor, or the whole of a single switch. `mac` as 0c75.bd00.0100."""

    model: str
    serial: str
    mac: str

    @property
    def hardware(self) -> Model:
        """Return the model's table."""
        return MODELS[self.model]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Something plugged into a connected port, seen by CDP, LLDP or both."""

    local: str
    name: str
    port: str
    platform: str = "cisco C9500-24Y4C"
    address: str = "192.0.2.1"
    capabilities: str = "Router Switch IGMP"
    protocols: tuple[str, ...] = ("cdp", "lldp")


@dataclass(frozen=True, slots=True)
class Routes:
    """How many routes of each source the table has."""

    connected: int = 6
    static: int = 2
    ospf: int = 24


@dataclass(frozen=True)  # without slots: what each of its ports is asked for is kept
class SwitchSpec(ChassisSpec):
    """All that a lab switch is made from.

    `version` is spelled as in file names; `build` None: the one that lab images of that version have. `connected` None:
    a few ports of each member are up; `neighbours` None: one behind the first uplink, one behind the first port.
    """

    members: tuple[MemberSpec, ...]
    version: str = "17.06.05"
    build: int | None = None
    mode: str = "INSTALL"
    connected: tuple[str, ...] | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    routes: Routes = Routes()
    config: tuple[str, ...] = ()
    manual_boot: bool = False

    def __post_init__(self) -> None:
        """Refuse what no switch could be."""
        unknown = [member.model for member in self.members if member.model not in MODELS]
        if unknown or not self.members:
            raise UsageError(f"lab switch {self.name}: unknown model {unknown}; known: {', '.join(MODELS)}")
        models = {member.model for member in self.members}
        if len(self.members) > 2 and not all(member.hardware.stackable for member in self.members):
            raise UsageError(f"lab switch {self.name}: {self.members[0].model} is not stacked: two at most")
        if len(models) > 1 and not all(MODELS[model].stackable for model in models):
            raise UsageError(f"lab switch {self.name}: a pair is of one model, not {', '.join(sorted(models))}")
        if len(self.members) > MOST:
            raise UsageError(f"lab switch {self.name}: a stack has {MOST} members at most")
        if self.mode not in {"INSTALL", "BUNDLE"}:
            raise UsageError(f"lab switch {self.name}: mode {self.mode!r}; known: INSTALL, BUNDLE")
        try:
            parse_release(self.version)
        except ValueError as error:
            raise UsageError(f"lab switch {self.name}: {error}") from error

    @property
    def release(self) -> Release:
        """Return the release that runs at the start."""
        return parse_release(self.version, build_number(self.version) if self.build is None else self.build)

    def software(self, version: str, build: int, size: int) -> Software:
        """Return the software of an image; raises ValueError for a version that such a switch does not have."""
        return Software(self.hardware.family, parse_release(version, build), size)

    @property
    def born_with(self) -> Software:
        """Return the software that runs at the start."""
        return self.software(self.version, self.release.build, IMAGE_BYTES)

    @property
    def hardware(self) -> Model:
        """Return the model of the active member."""
        return self.members[0].hardware

    @property
    def is_pair(self) -> bool:
        """Return whether it is a StackWise Virtual pair."""
        return self.hardware.shape is Shape.FIXED and len(self.members) > 1

    def unit(self, number: int) -> str:
        """Return a member as the lists of `install` do: 2 of a stack, 2/R0 of a pair, R1 for the second supervisor."""
        if self.hardware.stackable:
            return str(number)
        return f"{number}/R0" if self.unit_word else f"R{number - 1}"

    @property
    def unit_word(self) -> str:
        """Return the word that stands before such a name, and nothing where there is none."""
        if self.hardware.stackable:
            return "Switch"
        return "Chassis" if self.is_pair or self.hardware.shape is Shape.WIRELESS else ""

    @property
    def boots(self) -> str:
        """Return what the switch was booted from."""
        if self.mode == "INSTALL":
            return "flash:packages.conf"
        return f"flash:{self.born_with.image}"

    @property
    def boot_line(self) -> str:
        """Return the line of the configuration that names it for the next boot."""
        return f"boot system {self.boots}"

    @property
    def management(self) -> str:
        """Return the port that is for nothing but management; empty where there is none."""
        return "GigabitEthernet0/0"

    @property
    def single_lines(self) -> tuple[str, ...]:
        """List the commands of which only the last one counts here, beside those of all systems."""
        return ()

    def ports_up(self) -> tuple[str, ...]:
        """List the connected ports by their long names."""
        if self.connected is not None:
            return self.connected
        up: list[str] = []
        for number, member in enumerate(self.members, 1):
            ports = [name for name, _bank in member.hardware.ports(number)]
            up += [*ports[:4], *ports[len(ports) - member.hardware.uplinks :][:1]]
        return tuple(up)

    def plugged_in(self) -> tuple[Neighbour, ...]:
        """List the neighbours."""
        if self.neighbours is not None:
            return self.neighbours
        up = self.ports_up()
        found = []
        if len(up) > 4:
            found.append(Neighbour(up[4], f"core1.{self.domain}", f"TwentyFiveGigE1/0/{1 + len(self.name) % 20}"))
        if up:
            found.append(
                Neighbour(
                    up[0], f"ap-{self.name}", "GigabitEthernet0", "cisco AIR-AP2802I-E-K9", "192.0.2.77", "Trans-Bridge"
                )
            )
        return tuple(found)

    @cached_property
    def uplinks(self) -> frozenset[str]:
        """Return the ports behind which a router is."""
        return frozenset(each.local for each in self.plugged_in() if "Router" in each.capabilities)

    @property
    def platform(self) -> str:
        """Return the platform as an inventory does."""
        return "cisco_xe"

    @property
    def model(self) -> str:
        """Return the model of the active member."""
        return self.members[0].model

    @property
    def serial(self) -> str:
        """Return the serial number of the active member."""
        return self.members[0].serial

    @property
    def usual_routing(self) -> frozenset[str]:
        """Return what it speaks where its spec does not say: a core switch BGP too."""
        return frozenset({OSPF} if self.hardware.stackable else {OSPF, BGP})

    @property
    def role(self) -> str:
        """Return the role: core or access."""
        return "access" if self.hardware.stackable else "core"
