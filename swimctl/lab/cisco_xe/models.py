"""The switches that the lab can be: their ports, images and names in print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SPEEDS = {
    "GigabitEthernet": ("Gi", "Gig", "a-1000", 1_000_000),
    "TwoGigabitEthernet": ("Tw", "Two", "a-2500", 2_500_000),
    "TenGigabitEthernet": ("Te", "Ten", "a-10G", 10_000_000),
    "TwentyFiveGigE": ("Twe", "Twe", "a-25G", 25_000_000),
    "FortyGigabitEthernet": ("Fo", "For", "a-40G", 40_000_000),
    "HundredGigE": ("Hu", "Hun", "a-100G", 100_000_000),
}
"""Interface type -> short name, CDP's name, speed as `show interfaces status` prints it, bandwidth in Kbit/s."""


class Shape(StrEnum):
    """What its members are: switches of a stack, chassis or wireless controllers of a pair, supervisors of one."""

    STACK = "stack"
    FIXED = "fixed"
    MODULAR = "modular"
    WIRELESS = "wireless"


@dataclass(frozen=True, slots=True)
class Bank:
    """A row of ports of one kind: `count` of them in module `slot`, counted from `first`."""

    kind: str
    slot: int
    count: int
    media: str
    first: int = 1

    @property
    def copper(self) -> bool:
        """Return whether its ports are of copper, and may give power to what is behind them."""
        return self.media.endswith("BaseTX")


@dataclass(frozen=True, slots=True)
class Model:
    """One model. Of a modular one `supervisor` is what its supervisors are called.

    `requests`: its packages are installed by `request platform software`, it has no `install`.
    """

    name: str
    family: str
    platform_image: str
    banks: tuple[Bank, ...]
    uplinks: int
    description: str
    shape: Shape = Shape.STACK
    revision: str = "V02"
    memory_kb: int = 8_388_608
    supervisor: str = ""
    requests: bool = False

    @property
    def gives_power(self) -> bool:
        """Return whether its ports of copper give power: C9300-48P, C9300-48UXM, WS-C3750X-24P-S."""
        return self.shape is Shape.STACK and re.search(r"-\d\d(?:P|U)", self.name) is not None

    @property
    def stackable(self) -> bool:
        """Return whether `show version`, `show boot` and `show switch` print the stack's layout."""
        return self.shape is Shape.STACK

    def ports(self, member: int) -> list[tuple[str, Bank]]:
        """List the long names of a member's ports, uplinks last; supervisors and standby controllers have none."""
        if self.shape in {Shape.MODULAR, Shape.WIRELESS} and member > 1:
            return []
        if self.shape is Shape.WIRELESS:
            return [(f"{bank.kind}0/{bank.slot}/{number}", bank) for bank in self.banks for number in range(bank.count)]
        return [
            (f"{bank.kind}{member}/{bank.slot}/{number}", bank)
            for bank in self.banks
            for number in range(bank.first, bank.first + bank.count)
        ]


_COPPER, _MGIG, _SFP, _DAC = "10/100/1000BaseTX", "100/1000/2.5G/5G/10GBaseTX", "SFP-10GBase-SR", "SFP-25GBase-SR"


def _models() -> dict[str, Model]:
    gigabit, ten, multi = "GigabitEthernet", "TenGigabitEthernet", "TwoGigabitEthernet"
    access = "cat9k_iosxe", "CAT9K_IOSXE"
    lite = "cat9k_lite_iosxe", "CAT9K_LITE_IOSXE"
    core = Bank("TwentyFiveGigE", 0, 24, _DAC), Bank("HundredGigE", 0, 4, "QSFP 100G SR4", 25)
    big = Bank("TwentyFiveGigE", 0, 48, _DAC), Bank("HundredGigE", 0, 4, "QSFP 100G SR4", 49)
    uplink = Bank(ten, 1, 8, _SFP)
    listed = (
        Model("C9300-24P", *access, banks=(Bank(gigabit, 0, 24, _COPPER), uplink), uplinks=8, description="C9300-24P"),
        Model("C9300-48P", *access, banks=(Bank(gigabit, 0, 48, _COPPER), uplink), uplinks=8, description="C9300-48P"),
        Model(
            "C9300-48UXM",
            *access,
            banks=(Bank(multi, 0, 36, _MGIG), Bank(ten, 0, 12, _MGIG, 37), uplink),
            uplinks=8,
            description="C9300-48UXM",
        ),
        Model(
            "C9200L-48P",
            *lite,
            banks=(Bank(gigabit, 0, 48, _COPPER), Bank(gigabit, 1, 4, "1000BaseSX SFP")),
            uplinks=4,
            description="C9200L-48P",
            revision="V01",
            memory_kb=2_097_152,
        ),
        Model(
            "WS-C3850-48P",
            "cat3k_caa-universalk9",
            "CAT3K_CAA-UNIVERSALK9-M",
            banks=(Bank(gigabit, 0, 48, _COPPER), Bank(ten, 1, 4, _SFP)),
            uplinks=4,
            description="WS-C3850-48P-E",
            memory_kb=4_194_304,
            requests=True,
        ),
        Model(
            "C9500-24Y4C",
            *access,
            banks=core,
            uplinks=4,
            description="Cisco Catalyst 9500 Series Chassis",
            shape=Shape.FIXED,
            memory_kb=16_777_216,
        ),
        Model(
            "C9500-48Y4C",
            *access,
            banks=big,
            uplinks=4,
            description="Cisco Catalyst 9500 Series Chassis",
            shape=Shape.FIXED,
            memory_kb=16_777_216,
        ),
        Model(
            "C9407R",
            *access,
            banks=(Bank(gigabit, 0, 48, _COPPER), Bank(ten, 1, 8, _SFP)),
            uplinks=8,
            description="Cisco Catalyst 9400 Series 7 Slot Chassis",
            shape=Shape.MODULAR,
            memory_kb=16_777_216,
            supervisor="C9400-SUP-1XL",
        ),
        Model(
            "C9800-40-K9",
            "C9800-40-universalk9_wlc",
            "C9800_IOSXE-K9",
            banks=(Bank(ten, 0, 4, _SFP),),
            uplinks=4,
            description="Cisco C9800-40 Wireless Controller",
            shape=Shape.WIRELESS,
            memory_kb=33_554_432,
        ),
    )
    return {model.name: model for model in listed}


MODELS: dict[str, Model] = _models()


def split_port(name: str) -> tuple[str, str]:
    """Part a long interface name into its kind and its numbers."""
    kind = name.rstrip("0123456789/.")
    return kind, name[len(kind) :]


def short_port(name: str) -> str:
    """Shorten an interface name as `show interfaces status` does."""
    kind, numbers = split_port(name)
    return (SPEEDS[kind][0] if kind in SPEEDS else kind[:2]) + numbers
