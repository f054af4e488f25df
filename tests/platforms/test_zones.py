"""A clock goes by whatever word somebody gave its zone."""

from __future__ import annotations

import pytest

from swimctl.errors import UnparsableOutput
from swimctl.platforms import commands_of

_NAMED_BY_HAND = ("cisco_xe", "cisco_ios", "cisco_nxos", "cisco_xr")


@pytest.mark.parametrize("name", _NAMED_BY_HAND)
@pytest.mark.parametrize("zone", ["CEST", "UTC+2", "GMT/BST", "PSTDST", "+03", "N.Y."])
def test_a_zone_is_any_word(name: str, zone: str) -> None:
    told = commands_of(name).parse("show clock", f"18:56:04.554 {zone} Sat Mar 9 2024\n")
    assert (told.moment, told.zone) == ("2024-03-09T18:56:04.554000", zone)


@pytest.mark.parametrize("name", _NAMED_BY_HAND)
def test_a_time_without_a_zone_is_none(name: str) -> None:
    with pytest.raises(UnparsableOutput):
        commands_of(name).parse("show clock", "18:56:04.554 Sat Mar 9 2024\n")


@pytest.mark.parametrize("zone", ["UTC", "CEST", "+0100"])
def test_a_package_was_built_in_any_zone(zone: str) -> None:
    text = (
        f"Model: cRPD\nJunos: 9.9R9.9\ncRPD package version : 9.9R9.9 built by builder on 2024-03-09 18:56:04 {zone}\n"
    )
    assert commands_of("juniper_junos").parse("show version", text).version == "9.9R9.9"
