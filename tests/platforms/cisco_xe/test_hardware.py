"""Inventory, platform, module, redundancy, ISSU, clock, privilege, saving."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xe.parsers.platform import parse_show_module, parse_show_platform
from swimctl.platforms.cisco_xe.parsers.redundancy import parse_show_redundancy, parse_show_redundancy_states
from swimctl.platforms.cisco_xe.parsers.session import parse_show_clock, parse_show_privilege, parse_write_memory
from swimctl.platforms.facts import DeviceTime, InventoryItem, SaveOutcome, Slot
from swimctl.platforms.text import unread


def test_inventory() -> None:
    assert parse_show_inventory(sample("show_inventory/switch")) == (
        InventoryItem("c93xx Stack", "c93xx Stack", "C9300-48P", "FCW27010BB1"),
        InventoryItem("Switch 1 - Power Supply A", "Switch 1 - Power Supply A", "PWR-C1-715WAC", "LIT27010CC1"),
        InventoryItem("Te1/1/8", 'SFP-10GBase-SR "short" reach', "SFP-10G-SR", "N/A"),
        InventoryItem("module F0", "Forwarding processor", "", ""),
    )


def test_inventory_in_broken_lines() -> None:
    text = 'NAME: "Chassis",\nDESCR: "A chassis"\nPID: CISCO3945-CHASSIS , VID: V05 ,\nSN: FOX2707A0B1\n'
    assert parse_show_inventory(text) == (InventoryItem("Chassis", "A chassis", "CISCO3945-CHASSIS", "FOX2707A0B1"),)


def test_inventory_with_a_line_between_and_a_part_of_many_words() -> None:
    text = (
        'NAME: "SSD slot 1", DESCR: "A solid state disk"\nThe disk is being checked\n'
        "PID: Acme SSD 860 EVO 250GB , VID: RVT03B6Q, SN: S3Y9NX0M60A\n"
    )
    with unread() as told:
        assert parse_show_inventory(text) == (
            InventoryItem("SSD slot 1", "A solid state disk", "Acme SSD 860 EVO 250GB", "S3Y9NX0M60A"),
        )
    assert told == [("show inventory", "The disk is being checked")]


@pytest.mark.parametrize("odd", ['NAME: "Fan tray 2"', "PID: FAN-T1 , VID: V01", "PID: FAN-T1 , VID: V01 , SN: F1"])
def test_a_part_that_does_not_read_is_named(odd: str) -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_inventory(f"{sample('show_inventory/switch')}{odd}\n")
    assert caught.value.odd_line.startswith(odd[:11])


def test_a_field_behind_the_serial_number_is_none_of_it() -> None:
    text = 'NAME: "Chassis", DESCR: "A chassis"\nPID: C9500-24Y4C , VID: V01 , SN: FCW2710L0AB , CLEI: INM1A00ARA\n'
    assert parse_show_inventory(text) == (InventoryItem("Chassis", "A chassis", "C9500-24Y4C", "FCW2710L0AB"),)


def test_inventory_cut_off_inside_a_part() -> None:
    with pytest.raises(UnparsableOutput, match="PID line"):
        parse_show_inventory("\n".join(sample("show_inventory/switch").split("\n")[:4]))


def test_platform_of_a_chassis() -> None:
    assert parse_show_platform(sample("show_platform/chassis")) == (
        Slot("1", "C9600-LC-48YL", "ok"),
        Slot("1/0", "C9600-LC-48YL", "ok"),
        Slot("4", "", "unknown"),
        Slot("R0", "C9610-SUP-3", "ok, active"),
        Slot("P1", "C9600-PWR-2KWAC", "ps, f0, f1, fail"),
        Slot("P2", "Unknown", "N/A"),
        Slot("FT1", "C9610-FAN", "fan:1, fail"),
    )


def test_platform_without_a_table_of_firmware() -> None:
    assert parse_show_platform(sample("show_platform/virtual")) == (
        Slot("0", "C9800-CL-K9", "ok"),
        Slot("0/0", "VXE-4x1GE", "ok"),
        Slot("R0", "C9800-CL-K9", "ok, active"),
        Slot("F0", "C9800-CL-K9", "init, active"),
    )


@pytest.mark.parametrize(
    "odd",
    [
        "R1        A900-RSP3C-400-S    ok, sta",
        "R1        A900-RSP3C-400-S",
        "R1",
        "R0        A900-RSP3C-400-S    ok, active            5w5d",
    ],
)
def test_a_slot_that_does_not_read_or_stands_twice_is_named(odd: str) -> None:
    above = sample("show_platform/virtual")
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_platform(f"{above}{odd}\n")
    assert caught.value.odd_line == odd


@pytest.mark.parametrize(
    ("row", "slot"),
    [
        ("2                             empty", Slot("2", "", "empty")),
        ("PS2       C9400-PWR-3200AC    ps, fail            n.a.              left", None),
        ("PS2       C9400-PWR-3200AC    ps, fail            -", None),
    ],
)
def test_an_empty_cell_of_a_slot_refuses_nothing(row: str, slot: Slot | None) -> None:
    above = sample("show_platform/virtual")
    wanted = slot or Slot("PS2", "C9400-PWR-3200AC", "ps, fail")
    assert parse_show_platform(f"{above}{row}\n") == (*parse_show_platform(above), wanted)


def test_two_processors_of_which_one_forwarder_tells_no_type() -> None:
    slots = {slot.name: slot for slot in parse_show_platform(sample("show_platform/two_processors"))}
    assert (slots["R1"].state, slots["F1"].model, slots["F1"].state) == ("ok, standby", "", "ok, standby")
    assert (slots["P0"].state, slots["P1"].state) == ("incompatible", "empty")


def test_platform_of_a_stack() -> None:
    assert parse_show_platform(sample("show_platform/stack")) == (
        Slot("1", "C9300-48P", "Ready", "FCW27010BB1"),
        Slot("2", "", "Provisioned"),
    )


@pytest.mark.parametrize(
    ("row", "model", "serial"),
    [
        (" 2       N/A    C9300-48P             N/A          0011.22aa.0200  N/A           N/A", "C9300-48P", "N/A"),
        (" 2       -      C9300-48P                          0011.22aa.0200", "C9300-48P", ""),
        (" 2       0                                         0011.22aa.0200", "", ""),
    ],
)
def test_a_member_that_still_boots_does_not_fill_every_column(row: str, model: str, serial: str) -> None:
    stack = sample("show_platform/stack").replace("Provisioned", "Initializing")
    assert parse_show_platform(stack.replace("\nSwitch/Stack", f"\n{row}\nSwitch/Stack")) == (
        Slot("1", "C9300-48P", "Ready", "FCW27010BB1"),
        Slot("2", model, "Initializing", serial),
    )


def test_modules_of_two_chassis() -> None:
    assert parse_show_module(sample("show_module/two_chassis")) == (
        Slot("1/1", "C9400-LC-48U", "ok", "JAE27010DD1"),
        Slot("1/3", "C9400-SUP-1", "other"),
        Slot("1/4", "C9400-BLANK", "", "N/A"),
        Slot("2/1", "C9400-LC-48U", "ok", "JAE27010DD2"),
    )


def test_a_module_that_waits_tells_neither_model_nor_serial_number() -> None:
    assert parse_show_module(sample("show_module/waiting_supervisor"))[1] == Slot("3", "", "Other")


@pytest.mark.parametrize(
    ("name", "states", "versions"),
    [
        ("pair", ("sso", "ACTIVE", "STANDBY HOT"), ("17.9.4a", "17.9.4a")),
        ("alone", ("Non-redundant", "ACTIVE", "DISABLED"), ("17.9.4a", None)),
        ("asked_on_standby", ("sso", "ACTIVE", "STANDBY HOT"), (None, "17.9.4a")),
    ],
)
def test_redundancy(name: str, states: tuple[str, str, str], versions: tuple[str | None, str | None]) -> None:
    facts = parse_show_redundancy(sample(f"show_redundancy/{name}"))
    assert (facts.mode, facts.active_state, facts.peer_state) == states
    assert (facts.active_version, facts.peer_version) == versions
    assert facts.fields["Communications"] == "Up"


def test_redundancy_reason() -> None:
    assert parse_show_redundancy(sample("show_redundancy/pair")).last_switchover_reason == "active unit removed"


def test_redundancy_cut_off_before_the_peer() -> None:
    with pytest.raises(UnparsableOutput, match="both processors"):
        parse_show_redundancy(sample("show_redundancy/alone").rsplit("Peer", 1)[0])


@pytest.mark.parametrize("state", ["STANDBY", "STANDBY H", "Standby hot", "13", "ACTI"])
def test_a_state_of_a_processor_that_is_half_or_none(state: str) -> None:
    text = sample("show_redundancy/pair").replace("STANDBY HOT", state)
    with pytest.raises(UnparsableOutput, match="both processors"):
        parse_show_redundancy(text)


def test_redundancy_states() -> None:
    facts = parse_show_redundancy_states(sample("show_redundancy_states/pair"))
    assert (facts.mode, facts.active_state, facts.peer_state) == ("sso", "ACTIVE", "STANDBY HOT")
    with pytest.raises(UnparsableOutput):
        parse_show_redundancy_states("my state = 13 -ACTIVE\n")


def test_clock() -> None:
    assert parse_show_clock(sample("show_clock/synchronised")) == DeviceTime(
        "2024-03-09T18:56:04.554000", "CET", trusted=True
    )
    assert not parse_show_clock(sample("show_clock/not_set")).trusted
    with pytest.raises(UnparsableOutput, match="no date"):
        parse_show_clock("18:56:04.554 CET Sat Xxx 9 2024")


def test_privilege() -> None:
    assert parse_show_privilege(sample("show_privilege/fifteen")) == 15
    for text in ("Current privilege level is 16", "Current privilege level is", "level 15"):
        with pytest.raises(UnparsableOutput):
            parse_show_privilege(text)


def test_saving() -> None:
    assert parse_write_memory(sample("write_memory/good")) == SaveOutcome(saved=True)
    failed = parse_write_memory(sample("write_memory/failed"))
    assert failed == SaveOutcome(saved=False, reason="startup-config file open failed (Device or resource busy)")
    assert not parse_write_memory("Building configuration...\n% Configuration buffer full, save failed\n[OK]").saved
    with pytest.raises(UnparsableOutput):
        parse_write_memory("Building configuration...\n")
