"""What a lab device of classic IOS is at the start: models, releases, the spelling of its boot line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from swimctl.errors import UsageError
from swimctl.lab.cisco_xe.models import Bank, Model, Shape
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.cisco_xe.software import Software
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.images import build_number

MOST = 8
_COPPER = "10/100/1000BaseTX"


@dataclass(frozen=True, slots=True)
class Router(Model):
    """A router: its ports have no number of a member before them."""

    def ports(self, member: int) -> list[tuple[str, Bank]]:  # noqa: ARG002 - the signature is Model's
        """List the long names of its ports."""
        return [(f"{bank.kind}0/{number}", bank) for bank in self.banks for number in range(bank.count)]


def _switch(name: str, family: str, copper: int) -> Model:
    banks = Bank("GigabitEthernet", 0, copper, _COPPER), Bank("GigabitEthernet", 0, 4, "1000BaseSX SFP", copper + 1)
    return Model(name, family, family.upper() + "-M", banks, 4, name, revision="V07", memory_kb=524_288)


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        _switch("WS-C2960X-24TS-L", "c2960x-universalk9", 24),
        _switch("WS-C2960X-48TS-L", "c2960x-universalk9", 48),
        _switch("WS-C3750X-24P-S", "c3750e-universalk9", 24),
        Router(
            "CISCO1921/K9",
            "c1900-universalk9",
            "C1900-UNIVERSALK9-M",
            (Bank("GigabitEthernet", 0, 2, _COPPER),),
            1,
            "CISCO1921/K9 chassis",
            Shape.FIXED,
            revision="V05",
            memory_kb=491_520,
        ),
    )
}
_RELEASE = re.compile(r"(\d\d)\.(\d)\((\d+)([a-z]?)\)([A-Z]+\d*[a-z]?)")


@dataclass(frozen=True, slots=True, order=True)
class IosRelease(Release):
    """A release of classic IOS: 15.2(7)E7, which file names spell 152-7.E7."""

    train: str = ""

    @property
    def padded(self) -> str:
        """Spell it as every command does."""
        return f"{self.major}.{self.minor}({self.rebuild}{self.letter}){self.train}"

    @property
    def plain(self) -> str:
        """Spell it as every command does."""
        return self.padded

    @property
    def in_names(self) -> str:
        """Spell it as file names do."""
        return f"{self.major}{self.minor}-{self.rebuild}{self.letter}.{self.train}"

    def named(self, platform_image: str) -> str:
        """Write line 1 of `show version`."""
        series = platform_image.partition("-")[0]
        return (
            f"Cisco IOS Software, {series} Software ({platform_image}), Version {self.padded}, RELEASE SOFTWARE (fc3)"
        )


@dataclass(frozen=True, slots=True)
class IosSoftware(Software):
    """A release that is booted from its image file; nothing is unpacked of it but an archive."""

    release: IosRelease

    @property
    def image(self) -> str:
        """Return the image file as the vendor does."""
        signed = "SPA." if self.family.startswith("c1900") else ""
        return f"{self.family}-mz.{signed}{self.release.in_names}.bin"


@dataclass(frozen=True, slots=True)
class IosMember(MemberSpec):
    """A member, or the whole, of a device of classic IOS."""

    @property
    def hardware(self) -> Model:
        """Return the model's table."""
        return MODELS[self.model]


@dataclass(frozen=True, slots=True)
class IosSpec(SwitchSpec):
    """All that a device of classic IOS is made from.

    `spelling` is how its configuration names the file that it boots, `{}`: flash:{}, flash flash:{}. Empty: as it is
    usual on such a device.
    """

    members: tuple[IosMember, ...]
    version: str = "15.2(7)E4"
    mode: str = "BUNDLE"
    spelling: str = ""

    def __post_init__(self) -> None:
        """Refuse what no such device could be."""
        unknown = [member.model for member in self.members if member.model not in MODELS]
        if unknown or not self.members:
            raise UsageError(f"lab device {self.name}: unknown model {unknown}; known: {', '.join(MODELS)}")
        stacked = all(member.hardware.stackable for member in self.members)
        if len(self.members) > (MOST if stacked else 1):
            raise UsageError(f"lab device {self.name}: {len(self.members)} members are too many")
        if _RELEASE.fullmatch(self.version) is None:
            raise UsageError(f"lab device {self.name}: not a release of classic IOS: {self.version!r}; as 15.2(7)E7")

    def software(self, version: str, build: int, size: int) -> IosSoftware:
        """Return the software of an image; raises ValueError for a version that is none of classic IOS."""
        found = _RELEASE.fullmatch(version)
        if found is None:
            raise ValueError(f"not a release of classic IOS: {version!r}")
        release = IosRelease(int(found[1]), int(found[2]), int(found[3]), found[4], build, found[5])
        return IosSoftware(self.hardware.family, release, size)

    @property
    def release(self) -> IosRelease:
        """Return the release that runs at the start."""
        return self.software(self.version, build_number(self.version), 0).release

    @property
    def is_router(self) -> bool:
        """Return whether it is a router, not a switch."""
        return not self.hardware.stackable

    @property
    def root(self) -> str:
        """Return the flash as the device does."""
        return "flash0:" if self.is_router else "flash:/"

    @property
    def boots(self) -> str:
        """Return what it was booted from."""
        return f"{self.root}{self.born_with.image}"

    @property
    def boot_line(self) -> str:
        """Return the line of the configuration that names it for the next boot."""
        usual = "switch all " * (len(self.members) > 1) + self.root + "{}"
        return f"boot system {(self.spelling or usual).format(self.born_with.image)}"

    @property
    def management(self) -> str:
        """Return the port that is for nothing but management."""
        return "" if self.is_router else "FastEthernet0"

    @property
    def single_lines(self) -> tuple[str, ...]:
        """Of a switch's boot lines only the last one counts: it holds a list."""
        return () if self.is_router else ("boot system",)

    def ports_up(self) -> tuple[str, ...]:
        """List the connected ports by their long names."""
        if self.is_router and self.connected is None:
            return ("GigabitEthernet0/0",)
        return SwitchSpec.ports_up(self)

    @property
    def platform(self) -> str:
        """Return the platform as an inventory does."""
        return "cisco_ios"

    @property
    def role(self) -> str:
        """Return the role: edge or access."""
        return "edge" if self.is_router else "access"
