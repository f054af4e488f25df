"""What a lab router with IOS-XR is at the start: chassis, processors, release, ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from swimctl.lab.chassis_spec import LoneChassisSpec
from swimctl.lab.routing import BGP, OSPF


@dataclass(frozen=True, slots=True)
class Hardware:
    """One chassis, with a line card in slot 0. `system` is what `show version` calls it, `slots` its processors' names.

    `iso` is the beginning of its images' names, up to the kind of image.
    """

    name: str
    description: str
    system: str
    family: str
    iso: str
    slots: tuple[str, ...]
    processor: str
    card: str


HARDWARE: Mapping[str, Hardware] = {
    each.name: each
    for each in (
        Hardware(
            "ASR-9901",
            "ASR-9901 2U Chassis",
            "ASR9K",
            "asr9k",
            "asr9k-{kind}-x64",
            ("RP0",),
            "ASR-9901-RP",
            "ASR-9901-LC",
        ),
        Hardware(
            "ASR-9006-AC-V2",
            "ASR 9006 4 Line Card Slot Chassis with V2 AC PEM",
            "ASR9K",
            "asr9k",
            "asr9k-{kind}-x64",
            ("RSP0", "RSP1"),
            "A9K-RSP880-SE",
            "A9K-24X10GE-1G-SE",
        ),
        Hardware(
            "NCS-5501",
            "NCS5501 w/o TCAM Fixed 48xSFP+ and 6xQSFP28 Chassis",
            "NCS-5500",
            "ncs5500",
            "ncs5500-{kind}-x",
            ("RP0",),
            "NCS-5501",
            "NCS-5501-LC",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSpec(LoneChassisSpec):
    """All that a lab router is made from. `version` is spelt as `7.3.2`; `inactive` packages were added before."""

    hardware: Hardware
    version: str = "7.3.2"
    inactive: tuple[str, ...] = ()

    @property
    def platform(self) -> str:
        """Return the platform as an inventory does."""
        return "cisco_xr"

    @property
    def usual_routing(self) -> frozenset[str]:
        """Return what it speaks with routers where `routing` does not say."""
        return frozenset({OSPF, BGP})

    @property
    def role(self) -> str:
        """Return what such a device is for."""
        return "edge"
