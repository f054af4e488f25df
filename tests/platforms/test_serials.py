"""By which serial numbers each system says who it is: no part that is carried about, and no command too many."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from platforms.arista_eos.scripted_device import SAMPLE as ARISTA
from platforms.cisco_nxos.scripted_device import SAMPLE as NXOS
from platforms.cisco_nxos.scripted_device import SWITCH as NEXUS
from platforms.cisco_xe.scripted_device import CHASSIS, STACK
from platforms.cisco_xr.scripted_device import ROUTER
from platforms.juniper_junos.scripted_device import PAIR
from platforms.juniper_junos.scripted_device import SAMPLE as JUNOS
from platforms.scripted_device import Paper

from swimctl.config.settings import Settings
from swimctl.errors import SwimctlError
from swimctl.models import JobOptions
from swimctl.platforms import driver_factory
from swimctl.platforms.facts import InventoryItem
from swimctl.platforms.serials import of_parts, read_serials, serials

VERSION = "show version"


def of(platform: str, answers: Mapping[str, str], known: tuple[str, ...] = ()) -> tuple[tuple[str, ...], list[str]]:
    """Return the serial numbers and the commands that a driver took for them."""
    paper = Paper(answers)
    driver = driver_factory(platform)(paper, Settings(), JobOptions())
    return read_serials(driver.serials(), known), paper.asked


SWITCH = {
    VERSION: ARISTA("show_version/switch"),
    "show inventory": ARISTA("show_inventory/switch"),
}


@pytest.mark.parametrize(
    ("platform", "answers", "expected"),
    [
        ("cisco_xe", STACK, {"FLB27010AA1", "FLB27010AA2"}),
        ("cisco_xe", CHASSIS, {"FXE2703D0EF"}),
        ("cisco_nxos", NEXUS, {"FOX24100001"}),
        ("cisco_xr", ROUTER, {"FOX24100001", "FOC24100002"}),
        ("juniper_junos", PAIR, {"NX0000000001", "NX0000000002"}),
        ("arista_eos", SWITCH, {"JPE24100001"}),
    ],
)
def test_a_device_is_its_chassis_its_members_and_their_cards(
    platform: str, answers: Mapping[str, str], expected: set[str]
) -> None:
    assert expected <= set(of(platform, answers)[0])


@pytest.mark.parametrize(
    ("platform", "answers", "known", "asked"),
    [
        ("cisco_nxos", {VERSION: NXOS("show_version/one_image")}, "FDO24100001", VERSION),
        ("juniper_junos", PAIR, "NX0000000002", "show virtual-chassis"),
        ("arista_eos", SWITCH, "JPE24100001", VERSION),
        ("cisco_xr", ROUTER, "FOC24100002", "show inventory"),
    ],
)
def test_one_that_is_known_asks_no_more(platform: str, answers: Mapping[str, str], known: str, asked: str) -> None:
    found, commands = of(platform, answers, (known, "FOC0GONE"))
    assert known in found
    assert commands == [asked]


def test_what_was_read_to_choose_the_driver_says_who_it_is_and_serves_the_first_look_too() -> None:
    version = STACK[VERSION].replace("cisco C9300-48P", "Processor board ID FLB27010AA1\ncisco C9300-48P")
    paper = Paper({**STACK, VERSION: version})
    driver = driver_factory("cisco_xe")(paper, Settings(), JobOptions())
    assert read_serials(driver.serials(), ("FLB27010AA1",)) == ("FLB27010AA1",)
    driver.running()
    assert paper.asked.count(VERSION) == 1
    assert "show inventory" not in paper.asked


def test_a_serial_number_that_is_garbled_in_one_output_is_looked_for_in_the_other() -> None:
    garbled = ARISTA("show_version/switch").replace("JPE24100001", "JPE2~100001")
    assert "JPE24100001" in of("arista_eos", {**SWITCH, VERSION: garbled}, ("JPE24100001",))[0]


def test_a_router_of_junos_is_asked_for_its_chassis() -> None:
    answers = {
        "show virtual-chassis": "error: syntax error, expecting <command>.\n",
        "show chassis hardware": JUNOS("show_chassis_hardware/router"),
    }
    found, _ = of("juniper_junos", answers)
    assert set(found) == {"JN0000000001", "EXA00001", "9000000001", "EXA00004", "EXA00009"}  # no PEM, MIC or optics


def test_a_container_has_none() -> None:
    inventory = ARISTA("show_inventory/virtual").replace("A0123456789", "           ")
    assert of("arista_eos", {VERSION: ARISTA("show_version/container"), "show inventory": inventory})[0] == ()


def test_what_stands_for_no_serial_number_is_none() -> None:
    assert serials("BUILTIN", "N/A", "NA", "", None, "0000", " foc1a ", "FOC1A", "None") == ("FOC1A",)


@pytest.mark.parametrize("odd", ["????????", "FOC\x00\x001A", "FOC~{}1A", "********", "<not read>", "FOC2701…"])
def test_what_is_garbled_or_masked_is_none(odd: str) -> None:
    assert serials(odd) == ()
    assert serials(odd, "FOC2701-A/1") == ("FOC2701-A/1",)


REFUSED = "% Invalid input detected at '^' marker.\n"


def test_before_the_upgrade_one_output_is_enough_and_afterwards_another_number_alone_proves_nothing() -> None:
    answers = {**SWITCH, "show inventory": REFUSED}
    assert of("arista_eos", answers)[0] == ("JPE24100001",)
    with pytest.raises(SwimctlError):
        of("arista_eos", answers, ("JPE24109999",))


def test_what_two_switches_name_and_what_is_carried_about_is_nobody() -> None:
    parts = [
        InventoryItem("FEX 106 CHASSIS", "N2K-C2248TP-E-1GE  CHASSIS", "N2K-C2248TP-E-1GE", "FOX2129PR99"),
        InventoryItem("Slot 38", "Nexus7700 C7706 (6 Slot) Chassis Fan Module", "N77-C7706-FAN", "DCH212300ZZ"),
        InventoryItem("Power Supply 1", "Nexus9000 C9396PX Chassis Power Supply", "N9K-PAC-650W", "DCB1809X0ZZ"),
        InventoryItem("Slot 1", "1/10G SFP+ Ethernet Module", "N9K-C9396PX", "SAL1819S6ZZ"),
    ]
    assert of_parts(parts, re.compile(r"Slot \d+")) == ("SAL1819S6ZZ",)
