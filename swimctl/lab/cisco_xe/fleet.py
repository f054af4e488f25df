"""A fleet of Catalyst 9000 switches, the same one each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from swimctl.lab.chassis_spec import RATE
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.faults import Fault

_PATTERN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("C9300-48P",), "17.06.05"),
    (("C9300-24P",), "17.06.05"),
    (("C9300-48P", "C9300-48P", "C9300-24P"), "17.06.05"),
    (("C9500-24Y4C",), "17.06.05"),
    (("C9200L-48P",), "17.06.05"),
    (("C9300-48UXM",), "17.09.05"),
    (("C9300-24P",), "17.06.05"),
    (("C9300-48P",), "17.09.05"),
)
_NETCONF = frozenset({2, 5})
"""Places of the pattern, from 0, whose switches offer NETCONF: a stack, and one of a newer release."""


def default_fleet(
    count: int, faults: Mapping[str, Sequence[Fault]] | None = None, rate: float = RATE
) -> tuple[SwitchSpec, ...]:
    """Make sw1 to swN, the same ones each time: of each eight the third is a stack of three, the fourth a C9500.

    `faults` are by name; `rate` is in bytes a lab second.
    """
    return tuple(_switch(number, faults or {}, rate) for number in range(1, count + 1))


def _switch(number: int, faults: Mapping[str, Sequence[Fault]], rate: float) -> SwitchSpec:
    models, version = _PATTERN[(number - 1) % len(_PATTERN)]
    members = tuple(
        MemberSpec(model, f"FLB{2600 + number // 100:04d}{number % 100:02d}{'ABC'[place]}Z", _mac(number, place))
        for place, model in enumerate(models)
    )
    name = f"sw{number}"
    netconf = (number - 1) % len(_PATTERN) in _NETCONF
    return SwitchSpec(name, members, version, faults=tuple(faults.get(name, ())), transfer=rate, netconf=netconf)


def _mac(number: int, place: int) -> str:
    return f"0c75.{0xBD00 + number // 256:04x}.{number % 256:02x}{place * 0x10:02x}"
